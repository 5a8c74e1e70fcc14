-- Dates and times from their fields, ages, and zones of a fixed offset.

--- timestamp_age(a, b): a - b in years, months, days and time. PostgreSQL 15 takes infinity for the timestamp that its bits are.
-- Raises 22008, for -infinity too.
local function timestamp_age(a, b)
  if a == "-9223372036854775808" or b == "-9223372036854775808" then
    raise("22008", "timestamp out of range")
  end
  local swapped = wide_lt(a, b)
  local late_days, late_micros = ts_split(swapped and b or a)
  local early_days, early_micros = ts_split(swapped and a or b)
  local year, month, day = civil_from_days(late_days)
  local early_year, early_month, early_day = civil_from_days(early_days)
  local micros = late_micros - early_micros
  -- a day borrowed is one of the month of b, or of a when that is the earlier
  local borrowed = days_in_month(early_year, early_month)
  day = day - early_day
  month = month - early_month
  year = year - early_year
  if micros < 0 then
    micros = micros + 86400000000
    day = day - 1
  end
  while day < 0 do
    day = day + borrowed
    month = month - 1
  end
  local months = year * 12 + month
  if swapped then
    return interval_make(0 - months, 0 - day, 0 - micros)
  end
  return interval_make(months, day, micros)
end

--- timestamptz_age(a, b): timestamp_age in UTC. Raises 22008.
local timestamptz_age = timestamp_age

--- civil_check(year, month, day): the days of that date, a negative year being BC; nil when there is no such date, and false
-- when it is outside of PostgreSQL's calendar.
local function civil_check(year, month, day)
  if year == 0 or year == -2147483648 then -- the latter has no positive counterpart
    return nil
  elseif year < 0 then
    year = year + 1
  end
  if month < 1 or month > 12 or day < 1 or day > days_in_month(year, month) then
    return nil
  elseif year < -4713 or year == -4713 and month < 11 or year > 5874898 or year == 5874898 and month > 5 then
    return false
  end
  return days_from_civil(year, month, day)
end

--- make_date(year, month, day): that date, a negative year being BC. Raises 22008.
local function make_date(year, month, day)
  local days = civil_check(year, month, day)
  if year < 0 and year > -2147483648 then
    year = year + 1 -- messages have the year PostgreSQL computes with
  end
  if days == nil then
    raise("22008", ("date field value out of range: %.0f-%02.0f-%02.0f"):format(year, month, day))
  elseif not days or days < -2451545 or days >= 2145031949 then
    raise("22008", ("date out of range: %.0f-%02.0f-%02.0f"):format(year, month, day))
  end
  return days
end

--- clock_check(hour, minute, seconds): the microseconds from midnight, nil when there is no such time.
local function clock_check(hour, minute, seconds)
  local rounded = dround(seconds * 1000000)
  if hour < 0 or hour > 24 or minute < 0 or minute > 59 or not (rounded >= 0 and rounded <= 60000000) then
    return nil
  end
  local micros = (hour * 60 + minute) * 60000000 + rounded
  return micros <= 86400000000 and micros or nil
end

--- seconds_text(seconds): seconds as messages have them: %02g.
local function seconds_text(seconds)
  if seconds ~= seconds or seconds == 1 / 0 or seconds == -1 / 0 then
    return seconds ~= seconds and "NaN" or seconds > 0 and "Infinity" or "-Infinity"
  end
  local text = float_short(seconds)
  return #text < 2 and "0" .. text or text
end

--- make_time(hour, minute, seconds): that time. Raises 22008.
local function make_time(hour, minute, seconds)
  return clock_check(hour, minute, seconds)
    or raise("22008", ("time field value out of range: %.0f:%02.0f:"):format(hour, minute) .. seconds_text(seconds))
end

--- make_timestamp(year, month, day, hour, minute, seconds): that timestamp, a negative year being BC. Raises 22008.
local function make_timestamp(year, month, day, hour, minute, seconds)
  local days = civil_check(year, month, day)
  if days == nil then
    raise("22008", ("date field value out of range: %.0f-%02.0f-%02.0f"):format(year, month, day))
  elseif not days then
    raise("22008", ("date out of range: %.0f-%02.0f-%02.0f"):format(year, month, day))
  end
  local micros = clock_check(hour, minute, seconds)
  if not micros then
    raise("22008", ("time field value out of range: %.0f:%02.0f:"):format(hour, minute) .. seconds_text(seconds))
  end
  if micros == 86400000000 then
    days = days + 1
    micros = 0
  end
  if days < -2451545 or days >= 106751983 then
    raise("22008", ("timestamp out of range: %.0f-%02.0f-%02.0f %.0f:%02.0f:"):format(year, month, day, hour, minute)
      .. seconds_text(seconds))
  end
  return ts_join(days, micros)
end

--- make_timestamptz(year, month, day, hour, minute, seconds): make_timestamp in UTC. Raises 22008.
local make_timestamptz = make_timestamp

--- int4_wrap(n): the integer that n, a whole number, becomes in 32 bits.
local function int4_wrap(n)
  return (n + 2147483648) % 4294967296 - 2147483648
end

--- make_interval(years, months, weeks, days, hours, minutes, seconds): the interval of these. As in PostgreSQL, months
-- and days beyond 32 bits wrap around. Raises 22008.
local function make_interval(years, months, weeks, days, hours, minutes, seconds)
  local micros = dround(seconds * 1000000)
  if not (micros >= -9223372036854775808 and micros < 9223372036854775808) then
    raise("22008", "interval out of range")
  end
  local clock = wide_add(wide_mul(hours, 3600000000), minutes * 60000000)
  local total = clock and wide_add(clock, wide_parse(("%.0f"):format(micros + 0)))
  return interval_fit(int4_wrap(years * 12 + months), int4_wrap(weeks * 7 + days), total)
end

--- zone_names: the names of UTC.
local zone_names = {
  utc = true, gmt = true, ut = true, uct = true, z = true, zulu = true, universal = true, greenwich = true, gmt0 = true,
  ["gmt+0"] = true, ["gmt-0"] = true, ["etc/utc"] = true, ["etc/gmt"] = true, ["etc/uct"] = true, ["etc/zulu"] = true,
  ["etc/universal"] = true, ["etc/greenwich"] = true, ["etc/gmt0"] = true, ["etc/gmt+0"] = true, ["etc/gmt-0"] = true,
}

--- zone_offset(zone): the microseconds east of Greenwich of a zone's name. Raises 0A000 for zones that need a zone table.
-- An offset in figures counts west, as POSIX has it and as PostgreSQL reads it here.
local function zone_offset(zone)
  local name = lower(zone)
  if zone_names[name] then
    return 0
  end
  local sign, hours, rest = name:match("^([+-]?)(%d%d?)(.*)$")
  if not hours then
    sign, hours = name:match("^etc/gmt([+-])(%d%d?)$")
    rest = ""
  end
  local minutes, seconds = 0, 0
  if hours and rest ~= "" then
    minutes, rest = rest:match("^:(%d%d?)(.*)$")
    if rest and rest ~= "" then
      seconds, rest = rest:match("^:(%d%d?)(.*)$")
    end
  end
  if hours and rest == "" and minutes and seconds then
    local total = ((hours * 60 + minutes) * 60 + seconds) * 1000000
    return sign == "-" and total or 0 - total
  end
  raise("0A000", 'time zone "' .. zone .. '" is not supported: only UTC and fixed offsets are')
end

--- timestamp_zone(zone, t): t AT TIME ZONE zone: the instant of that local time. Raises 0A000, 22008.
local function timestamp_zone(zone, t)
  if ts_infinite(t) then
    return t
  end
  return ts_check(wide_sub(t, zone_offset(zone)))
end

--- timestamptz_zone(zone, t): t AT TIME ZONE zone: the local time of that instant. Raises 0A000, 22008.
local function timestamptz_zone(zone, t)
  if ts_infinite(t) then
    return t
  end
  return ts_check(wide_add(t, zone_offset(zone)))
end

--- span_offset(span): the microseconds east of Greenwich that an interval stands for. Raises 22023.
local function span_offset(span)
  local months, days, micros = interval_parts(span)
  if months ~= 0 or days ~= 0 then
    raise("22023", 'interval time zone "' .. interval_out(span) .. '" must not include months or days')
  end
  local _, rest = wide_divmod(micros, 1000000) -- whole seconds count
  return wide_sub(micros, rest)
end

--- timestamp_izone(span, t): t AT TIME ZONE span. Raises 22023, 22008.
local function timestamp_izone(span, t)
  if ts_infinite(t) then
    return t
  end
  return ts_check(wide_sub(t, span_offset(span)))
end

--- timestamptz_izone(span, t): t AT TIME ZONE span. Raises 22023, 22008.
local function timestamptz_izone(span, t)
  if ts_infinite(t) then
    return t
  end
  return ts_check(wide_add(t, span_offset(span)))
end
