-- Times of day: microseconds from midnight, 24:00 included.

--- time_eq(a, b): a = b.
local function time_eq(a, b)
  return a == b
end

--- time_ne(a, b): a <> b.
local function time_ne(a, b)
  return a ~= b
end

--- time_lt(a, b): a < b.
local function time_lt(a, b)
  return a < b
end

--- time_le(a, b): a <= b.
local function time_le(a, b)
  return a <= b
end

--- time_gt(a, b): a > b.
local function time_gt(a, b)
  return a > b
end

--- time_ge(a, b): a >= b.
local function time_ge(a, b)
  return a >= b
end

--- time_cmp(a, b): -1, 0 or 1 as a is before, at or after b.
local function time_cmp(a, b)
  return a < b and -1 or a > b and 1 or 0
end

--- time_larger(a, b): the later of a and b.
local function time_larger(a, b)
  return a > b and a or b
end

--- time_smaller(a, b): the earlier of a and b.
local function time_smaller(a, b)
  return a < b and a or b
end

--- clock_shift(t, micros): the time of day that many microseconds after t, around the clock. Raises 22008 where PostgreSQL's
-- arithmetic overflows.
local function clock_shift(t, micros)
  local sum = micros and wide_add(t, micros)
  if not sum then
    raise("22008", "interval out of range")
  end
  local _, rest = ts_split(sum)
  return rest
end

--- time_pl_interval(t, span): t + span's time, around the clock. Raises 22008.
local function time_pl_interval(t, span)
  local _, _, micros = interval_parts(span)
  return clock_shift(t, micros)
end

--- time_mi_interval(t, span): t - span's time, around the clock. Raises 22008.
local function time_mi_interval(t, span)
  local _, _, micros = interval_parts(span)
  return clock_shift(t, wide_sub(0, micros))
end

--- time_mi_time(a, b): a - b, an interval.
local function time_mi_time(a, b)
  return interval_make(0, 0, a - b)
end

--- time_interval(t): the interval from midnight to t.
local function time_interval(t)
  return interval_make(0, 0, t)
end

--- interval_time(span): span's time, around the clock. Raises 22008 where PostgreSQL's arithmetic overflows.
local function interval_time(span)
  local _, _, micros = interval_parts(span)
  if wide_lt(micros, 0) then -- PostgreSQL adds whole days to it
    clock_shift(86400000000, wide_sub(0, micros))
  end
  return clock_shift(0, micros)
end

--- time_scale(t, digits): t rounded to that many digits of its seconds, 0 to 6; t itself when digits is negative.
local function time_scale(t, digits)
  if digits < 0 or digits >= 6 then
    return t
  end
  return round_micros(t, digits)
end
