-- EXTRACT, whose results are numeric, and date_part, whose results are double precision.

--- special_fields: the fields that are no units of date_trunc.
local special_fields = {
  dow = "dow", doy = "doy", epoch = "epoch", isodow = "isodow", isoyear = "isoyear", j = "julian", jd = "julian", julian = "julian",
  mm = "minute",
}

--- field_of(word): the field that a word means, nil when none; the word as messages have it.
local function field_of(word)
  local unit, name = unit_of(word)
  local field = unit or special_fields[name:sub(1, 10)]
  return field, name
end

--- reserved_words: words that date_part knows without having a field for them.
local reserved_words = {
  now = true, today = true, tomorrow = true, yesterday = true, infinity = true, ["-infinity"] = true, allballs = true,
}

--- endless_fields: the fields that are infinite in an infinite date; the others are NULL there.
local endless_fields = {
  year = true, decade = true, century = true, millennium = true, julian = true, isoyear = true, epoch = true,
}

--- year_field(field, year): the year, decade, century or millennium by number, without a year 0.
local function year_field(field, year)
  if field == "year" then
    return year > 0 and year or year - 1
  elseif field == "decade" then
    return math.floor(year / 10)
  end
  local size = field == "century" and 100 or 1000
  if year > 0 then
    return math.floor((year + size - 1) / size)
  end
  return 0 - math.floor((size - year) / size)
end

--- day_field(field, days): a field of a day, nil for fields of the clock and unknown ones.
local function day_field(field, days)
  if field == "dow" then
    return weekday(days)
  elseif field == "isodow" then
    return (days + 5) % 7 + 1
  elseif field == "julian" then
    return days + 2451545
  elseif field == "week" or field == "isoyear" then
    local iso_year, week = iso_week(days)
    if field == "week" then
      return week
    end
    return iso_year > 0 and iso_year or iso_year - 1
  end
  local year, month, day = civil_from_days(days)
  if field == "day" then
    return day
  elseif field == "month" then
    return month
  elseif field == "quarter" then
    return math.floor((month - 1) / 3) + 1
  elseif field == "doy" then
    return days - days_from_civil(year, 1, 1) + 1
  elseif field == "year" or field == "decade" or field == "century" or field == "millennium" then
    return year_field(field, year)
  end
end

--- clock_field(field, micros): a field of a clock with non-negative or negative microseconds below an hour's worth of fields: the
-- number of microseconds it counts and the digits it has after the point; nil for other fields.
local function clock_field(field, micros)
  if field == "hour" then
    return div_toward_zero(micros, 3600000000), 0
  elseif field == "minute" then
    return div_toward_zero(math.fmod(micros, 3600000000), 60000000), 0
  elseif field == "second" then
    return math.fmod(micros, 60000000) + 0, 6
  elseif field == "milliseconds" then
    return math.fmod(micros, 60000000) + 0, 3
  elseif field == "microseconds" then
    return math.fmod(micros, 60000000) + 0, 0
  end
end

--- shifted_text(w, digits): the wide integer w divided by 10^digits, as numeric with that many digits.
local function shifted_text(w, digits)
  local text = wide_text(w)
  if digits == 0 then
    return text
  end
  local sign, number = text:match("^(-?)(.*)$")
  number = ("0"):rep(digits + 1 - #number) .. number
  return sign .. number:sub(1, -digits - 1) .. "." .. number:sub(-digits)
end

--- epoch_text(seconds, micros): seconds and microseconds, of any signs, as numeric with six digits after the point.
local function epoch_text(seconds, micros)
  local more = math.floor(micros / 1000000)
  seconds = seconds + more
  micros = micros - more * 1000000
  local sign = ""
  if seconds < 0 then
    sign, seconds, micros = "-", 0 - seconds, 0 - micros
    if micros < 0 then
      seconds = seconds - 1
      micros = micros + 1000000
    end
  end
  return ("%s%.0f.%06.0f"):format(sign, seconds, micros)
end

--- day_fraction(micros): the digits after the point of microseconds divided by a day, as many as division of numerics gives.
local function day_fraction(micros)
  -- PostgreSQL wants 16 significant digits by an estimate in base 10000
  local groups = micros >= 8650000 and 5 or micros >= 865 and 6 or 7
  local digits, rest = {}, micros
  for i = 1, groups do
    rest = rest * 10000
    digits[i] = math.floor(rest / 86400000000)
    rest = rest - digits[i] * 86400000000
  end
  local carry = rest * 2 >= 86400000000 and 1 or 0
  for i = groups, 1, -1 do
    local group = digits[i] + carry
    carry = group == 10000 and 1 or 0
    digits[i] = ("%04.0f"):format(group - carry * 10000)
  end
  return table.concat(digits)
end

--- ts_field(word, t, type_name, zoned): the field of a timestamp as w, digits with the value w / 10^digits, or as a numeric's text
-- and nil for a Julian day and an epoch, or as "Infinity"; NULL where an infinity has no such field. Raises 0A000, 22023.
local function ts_field(word, t, type_name, zoned)
  local field, name = field_of(word)
  if not field then
    unit_refuse(reserved_words[name:sub(1, 10)], name, type_name)
  end
  if ts_infinite(t) then
    if endless_fields[field] then
      return t == "9223372036854775807" and "Infinity" or "-Infinity"
    end
    return nil
  elseif field == "timezone" or field == "timezone_hour" or field == "timezone_minute" then
    if not zoned then
      unit_refuse(true, name, type_name)
    end
    return 0, 0
  end
  local days, micros = ts_split(t)
  if field == "epoch" then
    if not wide_add(t, 946684800000000) then -- PostgreSQL then divides numerics, to four digits
      micros = math.floor((micros + 50) / 100) * 100
    end
    return epoch_text((days + 10957) * 86400, micros)
  elseif field == "julian" then
    return ("%.0f."):format(days + 2451545) .. day_fraction(micros)
  end
  local count, digits = clock_field(field, micros)
  if count then
    return count, digits
  end
  return day_field(field, days), 0
end

--- extract_timestamp(word, t): EXTRACT. NULL for what an infinity has not. Raises 0A000, 22023.
local function extract_timestamp(word, t)
  local w, digits = ts_field(word, t, "timestamp without time zone", false)
  return digits and shifted_text(w, digits) or w
end

--- extract_timestamptz(word, t): EXTRACT in UTC. NULL for what an infinity has not. Raises 0A000, 22023.
local function extract_timestamptz(word, t)
  local w, digits = ts_field(word, t, "timestamp with time zone", true)
  return digits and shifted_text(w, digits) or w
end

--- ts_part(word, t, type_name, zoned): the field of a timestamp as double precision.
local function ts_part(word, t, type_name, zoned)
  local w, digits = ts_field(word, t, type_name, zoned)
  if w == nil then
    return nil
  elseif digits == nil then
    if ts_infinite(t) then
      return w == "Infinity" and 1 / 0 or -1 / 0
    elseif field_of(word) == "epoch" then
      return tonumber(wide_add(t, 946684800000000) or t + 946684800000000) / 1000000
    end
    local days, micros = ts_split(t) -- a Julian day
    local seconds = math.floor(micros / 1000000)
    return days + 2451545 + (seconds + (micros - seconds * 1000000) / 1000000) / 86400
  elseif digits == 0 then
    return tonumber(w)
  end
  local rest = w % 1000000
  local seconds = (w - rest) / 1000000
  if digits == 3 then
    return seconds * 1000 + rest / 1000
  end
  return seconds + rest / 1000000
end

--- timestamp_part(word, t): date_part. NULL for what an infinity has not. Raises 0A000, 22023.
local function timestamp_part(word, t)
  return ts_part(word, t, "timestamp without time zone", false)
end

--- timestamptz_part(word, t): date_part in UTC. NULL for what an infinity has not. Raises 0A000, 22023.
local function timestamptz_part(word, t)
  return ts_part(word, t, "timestamp with time zone", true)
end

--- extract_date(word, d): EXTRACT. NULL for what an infinity has not. Raises 0A000, 22023.
local function extract_date(word, d)
  local field, name = field_of(word)
  if not field then
    unit_refuse(reserved_words[name:sub(1, 10)], name, "date")
  end
  if date_infinite(d) then
    if endless_fields[field] then
      return d > 0 and "Infinity" or "-Infinity"
    elseif unit_micros[field] or field:sub(1, 8) == "timezone" then
      unit_refuse(true, name, "date")
    end
    return nil
  end
  if field == "epoch" then
    return ("%.0f"):format((d + 10957) * 86400)
  end
  local n = day_field(field, d)
  if not n then
    unit_refuse(true, name, "date")
  end
  return ("%.0f"):format(n)
end

--- time_field(word, t): the field of a time as w, digits with the value w / 10^digits. Raises 0A000, 22023.
local function time_field(word, t)
  local field, name = field_of(word)
  if field == "epoch" then
    return t, 6
  end
  local w, digits = clock_field(field, t)
  if not w then
    unit_refuse(field ~= nil, name, "time without time zone")
  end
  return w, digits
end

--- extract_time(word, t): EXTRACT. Raises 0A000, 22023.
local function extract_time(word, t)
  return shifted_text(time_field(word, t))
end

--- time_part(word, t): date_part. Raises 0A000, 22023.
local function time_part(word, t)
  local w, digits = time_field(word, t)
  local unit = field_of(word)
  if digits == 0 then
    return w
  elseif unit == "epoch" then
    return w / 1000000
  end
  local rest = w % 1000000
  local seconds = (w - rest) / 1000000
  if digits == 3 then
    return seconds * 1000 + rest / 1000
  end
  return seconds + rest / 1000000
end

--- interval_field(word, span): the field of an interval as w, digits with the value w / 10^digits, or as a numeric's text and nil
-- for an epoch. Raises 0A000, 22023.
local function interval_field(word, span)
  local field, name = field_of(word)
  local months, days, micros = interval_parts(span)
  if field == "hour" or field == "minute" or field == "second" or field == "milliseconds" or field == "microseconds" then
    local whole, rest = split_toward_zero(micros)
    local w, digits = clock_field(field, rest)
    return field == "hour" and w + whole * 24 or w, digits
  elseif field == "day" then
    return days, 0
  elseif field == "month" then
    return math.fmod(months, 12) + 0, 0
  elseif field == "quarter" then
    return div_toward_zero(math.fmod(months, 12), 3) + 1, 0
  end
  local size = ({year = 12, decade = 120, century = 1200, millennium = 12000})[field]
  if size then
    return div_toward_zero(months, size), 0
  elseif field ~= "epoch" then
    unit_refuse(field ~= nil, name, "interval")
  end
  local years = div_toward_zero(months, 12)
  local whole, rest = split_toward_zero(micros)
  -- years of 365.25 days; the seconds are below 2^53
  return epoch_text(years * 31557600 + (months - years * 12) * 2592000 + (days + whole) * 86400, rest)
end

--- extract_interval(word, span): EXTRACT. Raises 0A000, 22023.
local function extract_interval(word, span)
  local w, digits = interval_field(word, span)
  return digits and shifted_text(w, digits) or w
end

--- interval_part(word, span): date_part. Raises 0A000, 22023.
local function interval_part(word, span)
  local w, digits = interval_field(word, span)
  if digits == 0 then
    return tonumber(w)
  end
  if not digits then
    local months, days, micros = interval_parts(span)
    local years = div_toward_zero(months, 12)
    return tonumber(micros) / 1000000 + 31557600 * years + 2592000 * (months - years * 12) + 86400 * days
  end
  local rest = math.fmod(w, 1000000)
  local seconds = (w - rest) / 1000000
  if digits == 3 then
    return seconds * 1000 + rest / 1000
  end
  return seconds + rest / 1000000
end
