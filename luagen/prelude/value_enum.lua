-- Enums: ordinals from 1. The number of labels is passed by the caller.

--- enum_first(value, count): the first label, whatever the value. Takes NULLs.
local function enum_first(value, count)
  return 1
end

--- enum_last(value, count): the last label, whatever the value. Takes NULLs.
local function enum_last(value, count)
  return count
end

--- enum_range_bounds(from, to, count): the array of the labels from one to another, a NULL being no bound. Takes NULLs.
local function enum_range_bounds(from, to, count)
  local out = {n = 0}
  for ordinal = from or 1, to or count do
    out.n = out.n + 1
    out[out.n] = ordinal
  end
  return out
end

--- enum_range_all(value, count): the array of all labels, whatever the value. Takes NULLs.
local function enum_range_all(value, count)
  return enum_range_bounds(1, count, count)
end

--- enum_larger(a, b): the later label.
local function enum_larger(a, b)
  return a > b and a or b
end

--- enum_smaller(a, b): the earlier label.
local function enum_smaller(a, b)
  return a < b and a or b
end
