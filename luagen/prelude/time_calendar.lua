-- The proleptic Gregorian calendar, in days from 2000-01-01 and microseconds of a day. Years are astronomical: year 0 is
-- 1 BC. A timestamp is taken apart into days and microseconds, which are exact in doubles over PostgreSQL's whole range.

--- days_from_civil(year, month, day): the days from 2000-01-01 to that date.
local function days_from_civil(year, month, day)
  local floor = math.floor
  if month <= 2 then -- years that begin in March end with the leap day
    year = year - 1
    month = month + 12
  end
  local era = floor(year / 400)
  local of_era = year - era * 400
  return era * 146097 + of_era * 365 + floor(of_era / 4) - floor(of_era / 100)
    + floor((153 * (month - 3) + 2) / 5) + day - 730426
end

--- civil_from_days(days): the year, month and day that lie that many days after 2000-01-01.
local function civil_from_days(days)
  local floor = math.floor
  days = days + 730425 -- from 0000-03-01
  local era = floor(days / 146097)
  local doe = days - era * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  local shifted = floor((5 * doy + 2) / 153)
  local day = doy - floor((153 * shifted + 2) / 5) + 1
  if shifted < 10 then
    return yoe + era * 400, shifted + 3, day
  end
  return yoe + era * 400 + 1, shifted - 9, day
end

--- days_in_month(year, month): 28 to 31.
local function days_in_month(year, month)
  if month == 2 then
    return (year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)) and 29 or 28
  end
  return (month == 4 or month == 6 or month == 9 or month == 11) and 30 or 31
end

--- add_months(days, months): the day that many months later, the last of its month where the month is too short.
local function add_months(days, months)
  local year, month, day = civil_from_days(days)
  month = month - 1 + months
  year = year + math.floor(month / 12)
  month = month % 12 + 1
  local last = days_in_month(year, month)
  return days_from_civil(year, month, day < last and day or last)
end

--- weekday(days): 0 for Sunday to 6.
local function weekday(days)
  return (days + 6) % 7
end

--- iso_week(days): the ISO 8601 year and week of a day.
local function iso_week(days)
  local monday = days - (days + 5) % 7
  local year = civil_from_days(monday + 3) -- the year that holds the week's Thursday
  return year, math.floor((monday + 3 - days_from_civil(year, 1, 1)) / 7) + 1
end

--- ts_infinite(t): whether a timestamp is infinity or -infinity.
local function ts_infinite(t)
  return t == "9223372036854775807" or t == "-9223372036854775808"
end

--- ts_split(t): the days and the microseconds of the day, 0 to 86400 * 10^6 - 1, of microseconds that count from 2000-01-01.
-- It serves for any wide integer: an interval's microseconds are split the same way, rounded down.
local function ts_split(t)
  if type(t) == "number" then
    local days = math.floor(t / 86400000000)
    return days, t - days * 86400000000
  end
  local high, low = tonumber(t:sub(1, -8)), tonumber(t:sub(-7)) -- a day is 8640 * 10^7
  if high < 0 then
    if low > 0 then
      high = high - 1
      low = 10000000 - low
    end
  end
  local days = math.floor(high / 8640)
  return days, (high - days * 8640) * 10000000 + low
end

--- ts_join(days, micros): days * 86400 * 10^6 + micros as a wide integer, nil when outside of bigint.
local function ts_join(days, micros)
  if days < 104249 and days > -104249 and micros >= 0 and micros <= 86400000000 then
    return days * 86400000000 + micros
  end
  local unit = days % 10
  return wide_join((days - unit) / 10 * 864, unit * 86400000000 + micros)
end

--- ts_make(days, micros): the timestamp of a day and microseconds of the day. Raises 22008 outside of PostgreSQL's range.
local function ts_make(days, micros)
  if days < -2451545 or days >= 106751983 then
    raise("22008", "timestamp out of range")
  end
  return ts_join(days, micros)
end

--- clock_text(micros): hh:mm:ss and the fraction without zeros at its end, of microseconds that are not negative.
local function clock_text(micros)
  local floor = math.floor
  local seconds = floor(micros / 1000000)
  local fraction = micros - seconds * 1000000
  local minutes = floor(seconds / 60)
  local hours = floor(minutes / 60)
  local text = ("%02.0f:%02.0f:%02.0f"):format(hours, minutes - hours * 60, seconds - minutes * 60)
  if fraction > 0 then
    text = text .. ("%.6f"):format(fraction / 1000000):sub(2):match("^(.-)0*$")
  end
  return text
end

--- civil_text(year, month, day): yyyy-mm-dd, and whether BC must follow.
local function civil_text(year, month, day)
  if year > 0 then
    return ("%04.0f-%02.0f-%02.0f"):format(year, month, day), false
  end
  return ("%04.0f-%02.0f-%02.0f"):format(1 - year, month, day), true
end

--- date_out(d): the text of a date.
local function date_out(d)
  if d == 2147483647 then
    return "infinity"
  elseif d == -2147483648 then
    return "-infinity"
  end
  local text, bc = civil_text(civil_from_days(d))
  return bc and text .. " BC" or text
end

--- ts_text(t, zone): the text of a timestamp, zone after its clock.
local function ts_text(t, zone)
  if t == "9223372036854775807" then
    return "infinity"
  elseif t == "-9223372036854775808" then
    return "-infinity"
  end
  local days, micros = ts_split(t)
  local text, bc = civil_text(civil_from_days(days))
  return text .. " " .. clock_text(micros) .. zone .. (bc and " BC" or "")
end

--- timestamp_out(t): the text of a timestamp.
local function timestamp_out(t)
  return ts_text(t, "")
end

--- timestamptz_out(t): the text of a timestamptz in UTC.
local function timestamptz_out(t)
  return ts_text(t, "+00")
end

--- time_out(t): the text of a time.
local function time_out(t)
  return clock_text(t)
end
