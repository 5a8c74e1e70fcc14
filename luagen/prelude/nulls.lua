-- Counting NULLs.

--- pg_num_nulls(list): num_nulls(): how many of the booleans of list, which say that an argument is NULL, hold.
local function pg_num_nulls(list)
  local count = 0
  for i = 1, list.n do
    if list[i] then
      count = count + 1
    end
  end
  return count
end

--- pg_num_nonnulls(list): num_nonnulls(): how many of the booleans of list, which say that an argument is NULL, do not hold.
local function pg_num_nonnulls(list)
  return list.n - pg_num_nulls(list)
end
