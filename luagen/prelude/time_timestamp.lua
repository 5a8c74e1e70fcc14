-- Timestamps: comparison, arithmetic with intervals, casts. The time zone is UTC, so timestamp and timestamptz are the same
-- microseconds and share their functions.

--- timestamp_pl_interval(t, span): t + span: first the months, to the month's last day where the day is missing, then the
-- days, then the time. Raises 22008.
local function timestamp_pl_interval(t, span)
  if ts_infinite(t) then
    return t
  end
  local months, days, micros = interval_parts(span)
  local sum
  if months == 0 and days == 0 then
    sum = wide_add(t, micros)
  else
    local day, clock = ts_split(t)
    if months ~= 0 then
      day = add_months(day, months)
      if day < -2451545 or day >= 106751983 then
        raise("22008", "timestamp out of range")
      end
    end
    sum = wide_add(ts_make(day + days, clock), micros)
  end
  if type(sum) == "number" then
    return sum
  end
  return ts_check(sum)
end

--- ts_check(t): t, which may be nil for what is outside of bigint. Raises 22008 outside of the range of timestamps.
local function ts_check(t)
  if t == nil or wide_lt(t, "-211813488000000000") or not wide_lt(t, "9223371331200000000") then
    raise("22008", "timestamp out of range")
  end
  return t
end

--- timestamp_shift(t, micros): t + so many microseconds, below 2^53. Raises 22008.
local function timestamp_shift(t, micros)
  local sum = t + micros
  if sum < 9007199254740992 and sum > -9007199254740992 and t == t + 0 then
    return sum
  elseif ts_infinite(t) then
    return t
  end
  sum = wide_add(t, micros)
  return type(sum) == "number" and sum or ts_check(sum)
end

--- timestamp_mi_interval(t, span): t - span. Raises 22008.
local function timestamp_mi_interval(t, span)
  if ts_infinite(t) then
    return t
  end
  local months, days, micros = interval_parts(span)
  local negated = wide_sub(0, micros)
  if not negated then
    raise("22008", "timestamp out of range")
  end
  return timestamp_pl_interval(t, interval_make(0 - months, 0 - days, negated))
end

--- timestamptz_pl_interval(t, span): t + span in UTC. Raises 22008.
local timestamptz_pl_interval = timestamp_pl_interval

--- timestamptz_mi_interval(t, span): t - span in UTC. Raises 22008.
local timestamptz_mi_interval = timestamp_mi_interval

--- timestamp_mi(a, b): a - b as days and time. Raises 22008.
local function timestamp_mi(a, b)
  if ts_infinite(a) or ts_infinite(b) then
    raise("22008", "cannot subtract infinite timestamps")
  end
  local micros = wide_sub(a, b)
  if not micros then
    raise("22008", "interval out of range")
  end
  local days, rest = split_toward_zero(micros)
  return interval_make(0, days, rest)
end

--- timestamp_eq(a, b): a = b.
local function timestamp_eq(a, b)
  return a == b
end

--- timestamp_ne(a, b): a <> b.
local function timestamp_ne(a, b)
  return a ~= b
end

--- timestamp_lt(a, b): a < b.
local timestamp_lt = wide_lt

--- timestamp_le(a, b): a <= b.
local timestamp_le = wide_le

--- timestamp_gt(a, b): a > b.
local function timestamp_gt(a, b)
  return wide_lt(b, a)
end

--- timestamp_ge(a, b): a >= b.
local function timestamp_ge(a, b)
  return wide_le(b, a)
end

--- timestamp_cmp(a, b): -1, 0 or 1 as a is before, at or after b.
local timestamp_cmp = wide_cmp

--- timestamp_larger(a, b): the later of a and b.
local function timestamp_larger(a, b)
  return wide_lt(b, a) and a or b
end

--- timestamp_smaller(a, b): the earlier of a and b.
local function timestamp_smaller(a, b)
  return wide_lt(a, b) and a or b
end

--- timestamp_cmp_timestamptz(a, b): timestamp_cmp in UTC.
local timestamp_cmp_timestamptz = wide_cmp

--- timestamp_eq_timestamptz(a, b): a = b in UTC.
local timestamp_eq_timestamptz = timestamp_eq

--- timestamp_ne_timestamptz(a, b): a <> b in UTC.
local timestamp_ne_timestamptz = timestamp_ne

--- timestamp_lt_timestamptz(a, b): a < b in UTC.
local timestamp_lt_timestamptz = wide_lt

--- timestamp_le_timestamptz(a, b): a <= b in UTC.
local timestamp_le_timestamptz = wide_le

--- timestamp_gt_timestamptz(a, b): a > b in UTC.
local timestamp_gt_timestamptz = timestamp_gt

--- timestamp_ge_timestamptz(a, b): a >= b in UTC.
local timestamp_ge_timestamptz = timestamp_ge

--- timestamptz_cmp_timestamp(a, b): timestamp_cmp in UTC.
local timestamptz_cmp_timestamp = wide_cmp

--- timestamptz_eq_timestamp(a, b): a = b in UTC.
local timestamptz_eq_timestamp = timestamp_eq

--- timestamptz_ne_timestamp(a, b): a <> b in UTC.
local timestamptz_ne_timestamp = timestamp_ne

--- timestamptz_lt_timestamp(a, b): a < b in UTC.
local timestamptz_lt_timestamp = wide_lt

--- timestamptz_le_timestamp(a, b): a <= b in UTC.
local timestamptz_le_timestamp = wide_le

--- timestamptz_gt_timestamp(a, b): a > b in UTC.
local timestamptz_gt_timestamp = timestamp_gt

--- timestamptz_ge_timestamp(a, b): a >= b in UTC.
local timestamptz_ge_timestamp = timestamp_ge

--- timestamp_finite(t): whether t is neither infinity nor -infinity.
local function timestamp_finite(t)
  return not ts_infinite(t)
end

--- timestamp_timestamptz(t): t in UTC.
local function timestamp_timestamptz(t)
  return t
end

--- timestamptz_timestamp(t): t in UTC.
local timestamptz_timestamp = timestamp_timestamptz

--- timestamp_time(t): the time of day of t; NULL for the infinities.
local function timestamp_time(t)
  if ts_infinite(t) then
    return nil
  end
  local _, micros = ts_split(t)
  return micros
end

--- timestamptz_time(t): the time of day of t in UTC; NULL for the infinities.
local timestamptz_time = timestamp_time

--- round_micros(t, digits): the wide integer t rounded to that many digits of its seconds, halves away from zero; nil where
-- half a unit more is outside of bigint.
local function round_micros(t, digits)
  local unit = 10 ^ (6 - digits)
  local rest
  if type(t) == "number" then
    rest = math.fmod(t, unit)
  else
    rest = tonumber(t:sub(-6)) % unit
    local negative = t:byte() == 45
    if negative then
      rest = 0 - rest
    end
    if not wide_add(t, negative and unit / -2 or unit / 2) then
      return nil
    end
  end
  if rest == 0 then
    return t
  end
  local adjust = 0 - rest
  if rest * 2 >= unit then
    adjust = unit - rest
  elseif rest * 2 <= 0 - unit then
    adjust = 0 - unit - rest
  end
  return wide_add(t, adjust)
end

--- timestamp_scale(t, digits): t rounded to that many digits of its seconds, 0 to 6; t itself when digits is -1. Raises 22023.
local function timestamp_scale(t, digits)
  if digits == -1 or digits == 6 or ts_infinite(t) then
    return t
  elseif digits < 0 or digits > 6 then
    raise("22023", ("timestamp(%d) precision must be between 0 and 6"):format(digits))
  end
  return round_micros(t, digits)
end

--- timestamptz_scale(t, digits): timestamp_scale.
local timestamptz_scale = timestamp_scale

--- float8_timestamptz(seconds): the timestamp that many seconds after 1970-01-01 00:00 UTC. Raises 22008.
local function float8_timestamptz(seconds)
  if seconds ~= seconds then
    raise("22008", "timestamp cannot be NaN")
  elseif seconds == 1 / 0 then
    return "9223372036854775807"
  elseif seconds == -1 / 0 then
    return "-9223372036854775808"
  end
  if seconds >= -210866803200 and seconds < 9224318016000 then
    local t = wide_parse(("%.0f"):format(dround((seconds - 946684800) * 1000000) + 0))
    if not wide_lt(t, "-211813488000000000") and wide_lt(t, "9223371331200000000") then
      return t
    end
  end
  raise("22008", 'timestamp out of range: "' .. float_short(seconds) .. '"')
end

--- float_short(x): x with six significant digits, as %g prints it.
local function float_short(x)
  local mantissa, exponent = ("%.5e"):format(x):match("^(.-)e(.*)$")
  exponent = tonumber(exponent)
  if exponent < -4 or exponent > 5 then
    if mantissa:find(".", 1, true) then
      mantissa = mantissa:match("^(.-)%.?0*$")
    end
    return ("%se%s%02d"):format(mantissa, exponent < 0 and "-" or "+", math.abs(exponent))
  end
  local text = ("%." .. ("%.0f"):format(5 - exponent) .. "f"):format(x)
  if text:find(".", 1, true) then
    text = text:match("^(.-)%.?0*$")
  end
  return text
end

--- overlap(start1, end1, start2, end2, less): whether two periods overlap, as SQL's OVERLAPS; NULL when that is unknown.
local function overlap(start1, end1, start2, end2, less)
  if start1 == nil then
    start1 = end1
    end1 = nil
  elseif end1 ~= nil and less(end1, start1) then
    local earlier = end1
    end1 = start1
    start1 = earlier
  end
  if start2 == nil then
    start2 = end2
    end2 = nil
  elseif end2 ~= nil and less(end2, start2) then
    local earlier = end2
    end2 = start2
    start2 = earlier
  end
  if start1 == nil or start2 == nil then
    return nil
  end
  local later, later_end, other_end
  if less(start2, start1) then
    later, later_end, other_end = start1, end1, end2
  elseif less(start1, start2) then
    later, later_end, other_end = start2, end2, end1
  else
    if end1 == nil or end2 == nil then
      return nil
    end
    return true
  end
  if other_end == nil then
    return nil
  elseif less(later, other_end) then
    return true
  elseif later_end == nil then
    return nil
  end
  return false
end

--- overlaps_timestamp(start1, end1, start2, end2): (start1, end1) OVERLAPS (start2, end2); takes NULLs.
local function overlaps_timestamp(start1, end1, start2, end2)
  return overlap(start1, end1, start2, end2, wide_lt)
end

--- overlaps_time(start1, end1, start2, end2): (start1, end1) OVERLAPS (start2, end2) for times of day; takes NULLs.
local function overlaps_time(start1, end1, start2, end2)
  return overlap(start1, end1, start2, end2, wide_lt)
end
