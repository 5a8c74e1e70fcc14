-- Order of arrays and search in them. The elements' three-way comparison is passed by the caller.

--- array_cmp(a, b, cmp): -1, 0 or 1 as a is less than, equal to or greater than b: by the first elements that differ, then by length;
-- NULL elements equal one another and are greatest.
local function array_cmp(a, b, cmp)
  for i = 1, a.n < b.n and a.n or b.n do
    local x, y = a[i], b[i]
    local sign = 0
    if x ~= nil and y ~= nil then
      sign = cmp(x, y)
    elseif x ~= nil then
      sign = -1
    elseif y ~= nil then
      sign = 1
    end
    if sign ~= 0 then
      return sign
    end
  end
  return a.n < b.n and -1 or a.n > b.n and 1 or 0
end

--- btarraycmp(a, b, cmp): array_cmp.
local btarraycmp = array_cmp

--- array_eq(a, b, cmp): a = b.
local function array_eq(a, b, cmp)
  return a.n == b.n and array_cmp(a, b, cmp) == 0
end

--- array_ne(a, b, cmp): a <> b.
local function array_ne(a, b, cmp)
  return a.n ~= b.n or array_cmp(a, b, cmp) ~= 0
end

--- array_lt(a, b, cmp): a < b.
local function array_lt(a, b, cmp)
  return array_cmp(a, b, cmp) < 0
end

--- array_le(a, b, cmp): a <= b.
local function array_le(a, b, cmp)
  return array_cmp(a, b, cmp) <= 0
end

--- array_gt(a, b, cmp): a > b.
local function array_gt(a, b, cmp)
  return array_cmp(a, b, cmp) > 0
end

--- array_ge(a, b, cmp): a >= b.
local function array_ge(a, b, cmp)
  return array_cmp(a, b, cmp) >= 0
end

--- array_larger(a, b, cmp): the greater of a and b, b when they are equal.
local function array_larger(a, b, cmp)
  return array_cmp(a, b, cmp) > 0 and a or b
end

--- array_smaller(a, b, cmp): the lesser of a and b, b when they are equal.
local function array_smaller(a, b, cmp)
  return array_cmp(a, b, cmp) < 0 and a or b
end

--- array_is(x, value, cmp): whether an element is not distinct from value; NULLs are equal.
local function array_is(x, value, cmp)
  if x == nil or value == nil then
    return x == value
  end
  return cmp(x, value) == 0
end

--- array_remove(list, value, cmp): list without the elements that equal value. Takes NULLs.
local function array_remove(list, value, cmp)
  if list == nil then
    return nil
  end
  local out = {n = 0}
  for i = 1, list.n do
    if not array_is(list[i], value, cmp) then
      out.n = out.n + 1
      out[out.n] = list[i]
    end
  end
  return out
end

--- array_replace(list, from, to, cmp): list with to in place of the elements that equal from. Takes NULLs.
local function array_replace(list, from, to, cmp)
  if list == nil then
    return nil
  end
  local out = {n = list.n}
  for i = 1, list.n do
    if array_is(list[i], from, cmp) then
      out[i] = to
    else
      out[i] = list[i]
    end
  end
  return out
end

--- array_find(list, value, start, cmp): the subscript of the first element from start on that equals value; nil when there is none.
local function array_find(list, value, start, cmp)
  for i = start, list.n do
    if array_is(list[i], value, cmp) then
      return i
    end
  end
  return nil
end

--- array_position(list, value, cmp): array_position(). Takes NULLs.
local function array_position(list, value, cmp)
  return list and array_find(list, value, 1, cmp)
end

--- array_position_start(list, value, start, cmp): array_position() from a subscript on. Takes NULLs. Raises 22004.
local function array_position_start(list, value, start, cmp)
  if list == nil then
    return nil
  elseif start == nil then
    raise("22004", "initial position must not be null")
  end
  return array_find(list, value, start < 1 and 1 or start, cmp)
end

--- array_positions(list, value, cmp): the subscripts of all elements that equal value. Takes NULLs.
local function array_positions(list, value, cmp)
  if list == nil then
    return nil
  end
  local out = {n = 0}
  for i = 1, list.n do
    if array_is(list[i], value, cmp) then
      out.n = out.n + 1
      out[out.n] = i
    end
  end
  return out
end

--- array_has(list, value, cmp): whether an element equals value; NULLs equal nothing.
local function array_has(list, value, cmp)
  return value ~= nil and array_find(list, value, 1, cmp) ~= nil
end

--- arraycontained(a, b, cmp): a <@ b: whether every element of a is one of b.
local function arraycontained(a, b, cmp)
  for i = 1, a.n do
    if not array_has(b, a[i], cmp) then
      return false
    end
  end
  return true
end

--- arraycontains(a, b, cmp): a @> b.
local function arraycontains(a, b, cmp)
  return arraycontained(b, a, cmp)
end

--- arrayoverlap(a, b, cmp): a && b: whether they have an element in common.
local function arrayoverlap(a, b, cmp)
  for i = 1, a.n do
    if array_has(b, a[i], cmp) then
      return true
    end
  end
  return false
end

--- width_bucket_array(value, thresholds, cmp): how many of the thresholds, in ascending order, are not above value. Raises 22004.
local function width_bucket_array(value, thresholds, cmp)
  for i = 1, thresholds.n do
    if thresholds[i] == nil then
      raise("22004", "thresholds array must not contain NULLs")
    end
  end
  local below, above = 0, thresholds.n
  while below < above do
    local middle = math.floor((below + above) / 2)
    if cmp(value, thresholds[middle + 1]) < 0 then
      above = middle
    else
      below = middle + 1
    end
  end
  return below
end
