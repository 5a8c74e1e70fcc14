-- The words for date and time units, and what is done by them: date_trunc and date_bin.

--- unit_words: PostgreSQL's words for units, cut to ten letters as its input does.
local unit_words = {
  c = "century", cent = "century", centuries = "century", century = "century",
  d = "day", day = "day", days = "day",
  dec = "decade", decade = "decade", decades = "decade", decs = "decade",
  h = "hour", hour = "hour", hours = "hour", hr = "hour", hrs = "hour",
  m = "minute", min = "minute", mins = "minute", minute = "minute", minutes = "minute",
  microsecon = "microseconds", us = "microseconds", usec = "microseconds", usecond = "microseconds", useconds = "microseconds",
  usecs = "microseconds",
  mil = "millennium", millennia = "millennium", millennium = "millennium", mils = "millennium",
  millisecon = "milliseconds", ms = "milliseconds", msec = "milliseconds", msecond = "milliseconds", mseconds = "milliseconds",
  msecs = "milliseconds",
  mon = "month", mons = "month", month = "month", months = "month",
  qtr = "quarter", quarter = "quarter",
  s = "second", sec = "second", second = "second", seconds = "second", secs = "second",
  timezone = "timezone", timezone_h = "timezone_hour", timezone_m = "timezone_minute",
  w = "week", week = "week", weeks = "week",
  y = "year", year = "year", years = "year", yr = "year", yrs = "year",
}

--- unit_of(word): the unit that a word means, nil when none; and the word as PostgreSQL's messages have it.
local function unit_of(word)
  local name = lower(word):sub(1, 63)
  return unit_words[name:sub(1, 10)], name
end

--- unit_refuse(known, name, type_name): never returns; refuses a unit a type has no meaning for. Raises 0A000, or 22023 when it
-- is not known.
local function unit_refuse(known, name, type_name)
  if known then
    raise("0A000", 'unit "' .. name .. '" not supported for type ' .. type_name)
  end
  raise("22023", 'unit "' .. name .. '" not recognized for type ' .. type_name)
end

--- unit_micros: the units of a clock in microseconds.
local unit_micros = {hour = 3600000000, minute = 60000000, second = 1000000, milliseconds = 1000, microseconds = 1}

--- trunc_year(unit, year): the first year of its decade, century or millennium.
local function trunc_year(unit, year)
  if unit == "decade" then
    return year - year % 10
  end
  local size = unit == "century" and 100 or 1000
  -- 1 to 100 are a century, and so are 0 to -99, that is 1 to 100 BC
  return math.floor((year - 1) / size) * size + 1
end

--- trunc_days(unit, days): the first day of the unit, day or longer, that holds the day; nil for other units.
local function trunc_days(unit, days)
  if not unit then
    return nil
  elseif unit == "day" then
    return days
  elseif unit == "week" then
    return days - (days + 5) % 7
  end
  local year, month = civil_from_days(days)
  if unit == "month" then
    return days_from_civil(year, month, 1)
  elseif unit == "quarter" then
    return days_from_civil(year, month - (month - 1) % 3, 1)
  elseif unit == "year" then
    return days_from_civil(year, 1, 1)
  elseif unit == "decade" or unit == "century" or unit == "millennium" then
    return days_from_civil(trunc_year(unit, year), 1, 1)
  end
end

--- ts_trunc(word, t, offset, type_name): t cut to the unit that word means, in a zone offset microseconds east of Greenwich.
-- Raises 0A000, 22023, 22008.
local function ts_trunc(word, t, offset, type_name)
  if ts_infinite(t) then
    return t
  end
  local unit, name = unit_of(word)
  local days, micros = ts_split(offset == 0 and t or wide_add(t, offset))
  local size = unit_micros[unit]
  if size then
    micros = micros - micros % size
  else
    days = trunc_days(unit, days)
    micros = 0
    if not days then
      unit_refuse(unit ~= nil, name, type_name)
    end
  end
  if offset == 0 then
    return ts_make(days, micros)
  end
  return ts_check(wide_sub(ts_join(days, micros), offset))
end

--- timestamp_trunc(word, t): date_trunc. Raises 0A000, 22023, 22008.
local function timestamp_trunc(word, t)
  return ts_trunc(word, t, 0, "timestamp without time zone")
end

--- timestamptz_trunc(word, t): date_trunc in UTC. Raises 0A000, 22023, 22008.
local function timestamptz_trunc(word, t)
  return ts_trunc(word, t, 0, "timestamp with time zone")
end

--- timestamptz_trunc_zone(word, t, zone): date_trunc in a zone of a fixed offset. Raises 0A000, 22023, 22008.
local function timestamptz_trunc_zone(word, t, zone)
  return ts_trunc(word, t, zone_offset(zone), "timestamp with time zone")
end

--- interval_trunc(word, span): date_trunc. Raises 0A000, 22023.
local function interval_trunc(word, span)
  local unit, name = unit_of(word)
  if not unit then
    unit_refuse(false, name, "interval")
  end
  local months, days, micros = interval_parts(span)
  local size = unit_micros[unit]
  if size then
    local _, rest = wide_divmod(micros, size)
    return interval_make(months, days, wide_sub(micros, rest))
  elseif unit == "day" then
    return interval_make(months, days, 0)
  end
  local whole = ({month = 1, quarter = 3, year = 12, decade = 120, century = 1200, millennium = 12000})[unit]
  if not whole then
    if unit == "week" then
      raise("0A000", 'unit "' .. name .. '" not supported for type interval', {detail = "Months usually have fractional weeks."})
    end
    unit_refuse(true, name, "interval")
  end
  return interval_make(months - math.fmod(months, whole) + 0, 0, 0)
end

--- timestamp_bin(stride, t, origin): date_bin: the start of the stride, counted from origin, that holds t. Raises 22008, 0A000.
local function timestamp_bin(stride, t, origin)
  if ts_infinite(t) then
    return t
  elseif ts_infinite(origin) then
    raise("22008", "origin out of range")
  end
  local months, days, micros = interval_parts(stride)
  if months ~= 0 then
    raise("0A000", "timestamps cannot be binned into intervals containing months or years")
  end
  local day_micros = ts_join(days, 0)
  local size = day_micros and wide_add(day_micros, micros)
  if not size then
    raise("22008", "interval out of range")
  elseif not wide_lt(0, size) then
    raise("22008", "stride must be greater than zero")
  end
  local difference = wide_sub(t, origin)
  if not difference then
    raise("22008", "interval out of range")
  end
  local _, rest = wide_divmod(difference, size)
  local start = wide_sub(t, rest)
  if wide_lt(rest, 0) then
    return ts_check(wide_sub(start, size))
  end
  return start
end

--- timestamptz_bin(stride, t, origin): timestamp_bin.
local timestamptz_bin = timestamp_bin
