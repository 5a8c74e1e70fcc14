-- Dates: arithmetic, casts, and comparisons with timestamps.

--- date_infinite(d): whether a date is infinity or -infinity.
local function date_infinite(d)
  return d == 2147483647 or d == -2147483648
end

--- date_pli(d, n): d + n days. Raises 22008.
local function date_pli(d, n)
  if date_infinite(d) then
    return d
  end
  local sum = d + n
  if sum < -2451545 or sum >= 2145031949 then
    raise("22008", "date out of range")
  end
  return sum
end

--- date_mii(d, n): d - n days. Raises 22008.
local function date_mii(d, n)
  return date_pli(d, -n)
end

--- date_mi(a, b): a - b in days. Raises 22008.
local function date_mi(a, b)
  if date_infinite(a) or date_infinite(b) then
    raise("22008", "cannot subtract infinite dates")
  end
  return a - b
end

--- date_eq(a, b): a = b.
local function date_eq(a, b)
  return a == b
end

--- date_ne(a, b): a <> b.
local function date_ne(a, b)
  return a ~= b
end

--- date_lt(a, b): a < b.
local function date_lt(a, b)
  return a < b
end

--- date_le(a, b): a <= b.
local function date_le(a, b)
  return a <= b
end

--- date_gt(a, b): a > b.
local function date_gt(a, b)
  return a > b
end

--- date_ge(a, b): a >= b.
local function date_ge(a, b)
  return a >= b
end

--- date_cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local function date_cmp(a, b)
  return a < b and -1 or a > b and 1 or 0
end

--- date_larger(a, b): the later of a and b.
local function date_larger(a, b)
  return a > b and a or b
end

--- date_smaller(a, b): the earlier of a and b.
local function date_smaller(a, b)
  return a < b and a or b
end

--- date_finite(d): whether d is neither infinity nor -infinity.
local function date_finite(d)
  return not date_infinite(d)
end

--- date_timestamp(d): midnight of d. Raises 22008.
local function date_timestamp(d)
  if d == 2147483647 then
    return "9223372036854775807"
  elseif d == -2147483648 then
    return "-9223372036854775808"
  elseif d >= 106751983 then
    raise("22008", "date out of range for timestamp")
  end
  return ts_join(d, 0)
end

--- date_timestamptz(d): midnight of d in UTC. Raises 22008.
local date_timestamptz = date_timestamp

--- timestamp_date(t): the date of t.
local function timestamp_date(t)
  if t == "9223372036854775807" then
    return 2147483647
  elseif t == "-9223372036854775808" then
    return -2147483648
  end
  return (ts_split(t))
end

--- timestamptz_date(t): the date of t in UTC.
local timestamptz_date = timestamp_date

--- datetime_timestamp(d, time): that time on that day. Raises 22008.
local function datetime_timestamp(d, time)
  local t = date_timestamp(d)
  if date_infinite(d) then
    return t
  end
  if time == 86400000000 then
    return ts_make(d + 1, 0)
  end
  return ts_join(d, time)
end

--- date_pl_interval(d, span): d + span, a timestamp. Raises 22008.
local function date_pl_interval(d, span)
  return timestamp_pl_interval(date_timestamp(d), span)
end

--- date_mi_interval(d, span): d - span, a timestamp. Raises 22008.
local function date_mi_interval(d, span)
  return timestamp_mi_interval(date_timestamp(d), span)
end

--- date_cmp_timestamp(d, t): -1, 0 or 1 as d's midnight is before, at or after t.
local function date_cmp_timestamp(d, t)
  if d >= 106751983 and d ~= 2147483647 then -- after the last finite timestamp
    return t == "9223372036854775807" and -1 or 1
  end
  return wide_cmp(date_timestamp(d), t)
end

--- date_eq_timestamp(d, t): d = t.
local function date_eq_timestamp(d, t)
  return date_cmp_timestamp(d, t) == 0
end

--- date_ne_timestamp(d, t): d <> t.
local function date_ne_timestamp(d, t)
  return date_cmp_timestamp(d, t) ~= 0
end

--- date_lt_timestamp(d, t): d < t.
local function date_lt_timestamp(d, t)
  return date_cmp_timestamp(d, t) < 0
end

--- date_le_timestamp(d, t): d <= t.
local function date_le_timestamp(d, t)
  return date_cmp_timestamp(d, t) <= 0
end

--- date_gt_timestamp(d, t): d > t.
local function date_gt_timestamp(d, t)
  return date_cmp_timestamp(d, t) > 0
end

--- date_ge_timestamp(d, t): d >= t.
local function date_ge_timestamp(d, t)
  return date_cmp_timestamp(d, t) >= 0
end

--- timestamp_cmp_date(t, d): -1, 0 or 1 as t is before, at or after d's midnight.
local function timestamp_cmp_date(t, d)
  return 0 - date_cmp_timestamp(d, t)
end

--- timestamp_eq_date(t, d): t = d.
local function timestamp_eq_date(t, d)
  return date_cmp_timestamp(d, t) == 0
end

--- timestamp_ne_date(t, d): t <> d.
local function timestamp_ne_date(t, d)
  return date_cmp_timestamp(d, t) ~= 0
end

--- timestamp_lt_date(t, d): t < d.
local function timestamp_lt_date(t, d)
  return date_cmp_timestamp(d, t) > 0
end

--- timestamp_le_date(t, d): t <= d.
local function timestamp_le_date(t, d)
  return date_cmp_timestamp(d, t) >= 0
end

--- timestamp_gt_date(t, d): t > d.
local function timestamp_gt_date(t, d)
  return date_cmp_timestamp(d, t) < 0
end

--- timestamp_ge_date(t, d): t >= d.
local function timestamp_ge_date(t, d)
  return date_cmp_timestamp(d, t) <= 0
end

--- date_cmp_timestamptz(d, t): -1, 0 or 1 as d's midnight in UTC is before, at or after t.
local date_cmp_timestamptz = date_cmp_timestamp

--- date_eq_timestamptz(d, t): d = t.
local date_eq_timestamptz = date_eq_timestamp

--- date_ne_timestamptz(d, t): d <> t.
local date_ne_timestamptz = date_ne_timestamp

--- date_lt_timestamptz(d, t): d < t.
local date_lt_timestamptz = date_lt_timestamp

--- date_le_timestamptz(d, t): d <= t.
local date_le_timestamptz = date_le_timestamp

--- date_gt_timestamptz(d, t): d > t.
local date_gt_timestamptz = date_gt_timestamp

--- date_ge_timestamptz(d, t): d >= t.
local date_ge_timestamptz = date_ge_timestamp

--- timestamptz_cmp_date(t, d): -1, 0 or 1 as t is before, at or after d's midnight in UTC.
local timestamptz_cmp_date = timestamp_cmp_date

--- timestamptz_eq_date(t, d): t = d.
local timestamptz_eq_date = timestamp_eq_date

--- timestamptz_ne_date(t, d): t <> d.
local timestamptz_ne_date = timestamp_ne_date

--- timestamptz_lt_date(t, d): t < d.
local timestamptz_lt_date = timestamp_lt_date

--- timestamptz_le_date(t, d): t <= d.
local timestamptz_le_date = timestamp_le_date

--- timestamptz_gt_date(t, d): t > d.
local timestamptz_gt_date = timestamp_gt_date

--- timestamptz_ge_date(t, d): t >= d.
local timestamptz_ge_date = timestamp_ge_date
