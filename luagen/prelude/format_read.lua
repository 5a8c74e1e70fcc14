-- to_date and to_timestamp: text read by a template, as loosely as PostgreSQL reads it.

--- roman_lower: the months in Roman figures, December first: a longer figure stands before its beginning.
local roman_lower = {"xii", "xi", "x", "ix", "viii", "vii", "vi", "v", "iv", "iii", "ii", "i"}

--- iso_words: the patterns of the ISO week calendar. They do not mix with those of civil_words.
local iso_words = {iddd = true, id = true, iw = true, iyyy = true, iyy = true, iy = true, i = true}

--- civil_words: the patterns of the Gregorian calendar.
local civil_words = {
  ddd = true, dd = true, d = true, mm = true, month = true, mon = true, rm = true, ww = true, w = true, ["y,yyy"] = true,
  yyyy = true, yyy = true, yy = true, y = true,
}

--- verbal_words: the patterns that are not read as figures alone.
local verbal_words = {
  ["a.d."] = true, ["a.m."] = true, ad = true, am = true, ["b.c."] = true, bc = true, ["p.m."] = true, pm = true, day = true,
  dy = true, month = true, mon = true, rm = true, fx = true, of = true, tz = true, tzh = true,
}

--- integer_fields: where the patterns go that are a plain number.
local integer_fields = {
  hh24 = "hour", hh12 = "hour", hh = "hour", mi = "minute", ss = "second", ssss = "day_second", sssss = "day_second",
  mm = "month", ddd = "year_day", iddd = "year_day", dd = "day", d = "weekday", id = "weekday", ww = "week", iw = "week",
  q = "quarter", cc = "century", w = "month_week", j = "julian", yyyy = "year", yyy = "year", yy = "year", y = "year",
  iyyy = "year", iyy = "year", iy = "year", i = "year",
}

--- integer_sizes: how many characters a pattern takes that is not as long as its number.
local integer_sizes = {hh24 = 2, hh12 = 2, iddd = 3, id = 1, ms = 3, us = 6, tzh = 2, tzm = 2}

--- read_refuse(message, detail): never returns; refuses a text. Raises 22007.
local function read_refuse(message, detail)
  raise("22007", message, detail and {detail = detail} or nil)
end

--- read_set(fields, name, n, part): puts a field, which must not have another value yet; 0 counts as none. Raises 22007.
local function read_set(fields, name, n, part)
  if fields[name] ~= 0 and fields[name] ~= n then
    read_refuse('conflicting values for "' .. part.written .. '" field in formatting string',
      "This value contradicts a previous setting for the same field type.")
  end
  fields[name] = n
end

--- ends_in_text(parts, i): whether no figure can follow the number that the i-th part stands for.
local function ends_in_text(parts, i)
  local after = parts[i + 1]
  if parts[i].th or not after then
    return true
  elseif after.word then
    return verbal_words[after.word] or false
  end
  return not after.text:find("^%d$")
end

--- read_integer(input, at, size, parts, i): the number that the i-th part reads there, and where it ends. Raises 22007,
-- 22008.
local function read_integer(input, at, size, parts, i)
  local part = parts[i]
  local start = input:match("^[ \t\n\v\f\r]*()", at)
  local copy = input:sub(start, start + size - 1)
  local text, stop
  if part.fill or ends_in_text(parts, i) then
    text, stop = input:match("^([+-]?%d+)()", start)
    stop = stop or at
  else
    if #copy < size then
      read_refuse('source string too short for "' .. part.written .. '" formatting field',
        ("Field requires %.0f characters, but only %.0f remain."):format(size, #copy))
    end
    text, stop = copy:match("^[ \t\n\v\f\r]*([+-]?%d+)()")
    if text and stop <= size then
      read_refuse('invalid value "' .. copy .. '" for "' .. part.written .. '"',
        ("Field requires %.0f characters, but only %.0f could be parsed."):format(size, stop - 1))
    end
    stop = text and start + stop - 1 or start
  end
  if stop == at then
    read_refuse('invalid value "' .. copy .. '" for "' .. part.written .. '"', "Value must be an integer.")
  end
  local n = text and tonumber((text:gsub("^%+", ""))) + 0 or 0
  if n > 2147483647 or n < -2147483648 then
    raise("22008", 'value for "' .. part.written .. '" in source string is out of range',
      {detail = "Value must be in the range -2147483648 to 2147483647."})
  end
  return n, stop
end

--- read_name(input, at, names, part): which of the names stands there, in any case, and where it ends. Raises 22007.
local function read_name(input, at, names, part)
  for i, name in ipairs(names) do
    if lower(input:sub(at, at + #name - 1)) == lower(name) then
      return i, at + #name
    end
  end
  read_refuse('invalid value "' .. input:match("^[^ \t\n\r\f]*", at) .. '" for "' .. part.written .. '"',
    "The given value did not match any of the allowed values for this field.")
end

--- short_names(names): the first three letters of each.
local function short_names(names)
  local out = {}
  for i, name in ipairs(names) do
    out[i] = name:sub(1, 3)
  end
  return out
end

--- near_2020(year): a year of fewer than four figures made the one nearest to 2020.
local function near_2020(year)
  if year < 70 then
    return year + 2000
  elseif year < 100 then
    return year + 1900
  elseif year < 520 then
    return year + 2000
  end
  return year < 1000 and year + 1000 or year
end

--- read_verbal(fields, input, at, part): reads a pattern that is a name; where it ends, nil for other patterns. Raises 22007.
local function read_verbal(fields, input, at, part)
  local word, n, stop = part.word, nil, nil
  if word == "am" or word == "pm" or word == "a.m." or word == "p.m." then
    n, stop = read_name(input, at, #word == 2 and {"am", "pm"} or {"a.m.", "p.m."}, part)
    read_set(fields, "afternoon", n - 1, part)
    fields.twelve = true
  elseif word == "ad" or word == "bc" or word == "a.d." or word == "b.c." then
    n, stop = read_name(input, at, #word == 2 and {"ad", "bc"} or {"a.d.", "b.c."}, part)
    read_set(fields, "before", n - 1, part)
  elseif word == "month" or word == "mon" then
    n, stop = read_name(input, at, word == "mon" and short_names(month_names) or month_names, part)
    read_set(fields, "month", n, part)
  elseif word == "rm" then
    n, stop = read_name(input, at, roman_lower, part)
    read_set(fields, "month", 13 - n, part)
  elseif word == "day" or word == "dy" then
    n, stop = read_name(input, at, word == "dy" and short_names(day_names) or day_names, part)
    read_set(fields, "weekday", n - 1, part)
    fields.weekday = n
  end
  return stop
end

--- read_thousands(fields, input, at, part): reads Y,YYY; where it ends. Raises 22007.
local function read_thousands(fields, input, at, part)
  local thousands, rest = input:match("^[ \t\n\v\f\r]*([+-]?%d+),[ \t\n\v\f\r]*()", at)
  local years = rest and (input:sub(rest, rest + 2):match("^[+-]?%d+"))
  if not years then
    read_refuse('invalid input string for "Y,YYY"')
  end
  read_set(fields, "year", (tonumber((thousands:gsub("^%+", ""))) * 1000 + tonumber((years:gsub("^%+", "")))) + 0, part)
  fields.year_digits = 4
  return rest + #years
end

--- skip_ordinal(input, at): the position two characters further, or at the end.
local function skip_ordinal(input, at)
  for _ = 1, 2 do
    at = input:match("^.[\128-\191]*()", at) or at
  end
  return at
end

--- read_number(fields, input, at, parts, i, skipped): reads the i-th part, a number; where it ends. skipped is the spaces
-- before it that the template has not. Raises 22007, 22008, 0A000.
local function read_number(fields, input, at, parts, i, skipped)
  local part = parts[i]
  local word = part.word
  local name = integer_fields[word]
  local n, stop
  if word == "tz" or word == "of" then
    raise("0A000", 'formatting field "' .. part.written .. '" is only supported in to_char')
  elseif word == "tzh" then
    local sign = input:sub(at, at)
    if sign == "+" or sign == "-" or sign == " " then
      at = at + 1
    else
      sign = skipped > 0 and input:sub(at - 1, at - 1) or "+"
    end
    fields.zone_sign = sign == "-" and -1 or 1
  elseif word == "tzm" then
    fields.zone_sign = fields.zone_sign or 1
  end
  if word == "tzh" or word == "tzm" then
    n, stop = read_integer(input, at, 2, parts, i)
    read_set(fields, word, n, part)
    return stop -- these take no suffix
  elseif word == "y,yyy" then
    stop = read_thousands(fields, input, at, part)
  elseif name then
    n, stop = read_integer(input, at, integer_sizes[word] or #word, parts, i)
    local length = stop - at
    if word ~= "q" then
      read_set(fields, name, n, part)
    end
    if name == "year" then
      fields.year_digits = #word
      if #word < 4 and length < 4 then
        fields.year = near_2020(n)
      end
    elseif word == "hh" or word == "hh12" then
      fields.twelve = true
    elseif word == "id" then -- Sunday is 1 in the other calendar
      fields.weekday = n + 1 > 7 and 1 or n + 1
    end
  else
    local digits = fraction_digits(word)
    n, stop = read_integer(input, at, digits, parts, i)
    local field = word == "ms" and "milliseconds" or "microseconds"
    read_set(fields, field, n, part)
    -- 25 behind the point is 250 thousandths
    local unit = word == "ms" and 3 or 6
    local length = stop - at
    fields[field] = length < unit and n * 10 ^ (unit - length) or n
    if word:sub(1, 2) == "ff" then
      fields.precision = digits
    end
  end
  return part.th and skip_ordinal(input, stop) or stop
end

--- read_template(input, template): the fields of a text by a template. Raises 22007, 22008, 0A000.
local function read_template(input, template)
  local fields = {
    hour = 0, minute = 0, second = 0, day_second = 0, month = 0, year_day = 0, day = 0, weekday = 0, week = 0, century = 0,
    month_week = 0, julian = 0, year = 0, year_digits = 0, afternoon = 0, before = 0, milliseconds = 0, microseconds = 0,
    tzh = 0, tzm = 0, precision = 0,
  }
  local parts = template_parts(template, date_words)
  local at, skipped, exact = 1, 0, false
  local function skip_space()
    local stop = input:match("^[ \t\n\v\f\r]*()", at)
    skipped = skipped + stop - at
    at = stop
  end
  for i, part in ipairs(parts) do
    if at > #input then
      break
    end
    if not exact and part.word ~= "fx" and (part.word or i == 1) then
      skip_space()
    end
    if not part.word then
      local stop = input:match("^.[\128-\191]*()", at) or at
      if exact then
        at = stop
      elseif part.kind == "char" then
        if skipped > 0 then -- what was skipped too much stood for this character
          skipped = skipped - 1
        else
          at = stop
        end
      else
        skipped = skipped - 1
        if input:find("^[ \t\n\v\f\r!-/:-@%[-`{-~]", at) then
          at = at + 1
          skipped = skipped + 1
        end
      end
    else
      local calendar = iso_words[part.word] and "iso" or civil_words[part.word] and "civil"
      if calendar and fields.calendar and fields.calendar ~= calendar then
        read_refuse("invalid combination of date conventions")
      end
      fields.calendar = fields.calendar or calendar or nil
      if part.word == "fx" then
        exact = true
      else
        at = read_verbal(fields, input, at, part) or read_number(fields, input, at, parts, i, skipped)
      end
      if not exact then
        skipped = 0
        skip_space()
      end
    end
  end
  return fields
end

--- read_year(f): the astronomical year of the fields; nil when none was given.
local function read_year(f)
  local century = f.before == 1 and -f.century or f.century
  if f.year == 0 then
    if f.century == 0 then
      return nil
    end
    return century >= 0 and (century - 1) * 100 + 1 or century * 100 + 1
  elseif f.century == 0 or f.year_digits > 2 then
    local year = f.before == 1 and -f.year or f.year
    return year < 0 and year + 1 or year
  end
  local year = math.fmod(f.year, 100)
  if year == 0 then
    return century * 100 + (century >= 0 and 0 or 1)
  elseif century >= 0 then
    return year + (century - 1) * 100
  end
  return (century + 1) * 100 - year + 1
end

--- iso_monday(year, week): the day on which a week of an ISO year begins.
local function iso_monday(year, week)
  local fourth = days_from_civil(year, 1, 4)
  return fourth - (fourth + 5) % 7 + (week - 1) * 7
end

--- read_date(f, input): the day of the fields. Raises 22007, 22008.
local function read_date(f, input)
  local function overflow()
    raise("22008", 'date/time field value out of range: "' .. input .. '"')
  end
  local year, month, day, whole = read_year(f), 1, 1, false
  local known = year ~= nil
  year = year or 0
  if f.julian ~= 0 then
    year, month, day = civil_from_days(f.julian - 2451545)
    known = true
    whole = true
  end
  local year_day = f.year_day
  if f.week ~= 0 then
    if f.calendar == "iso" then
      local monday = iso_monday(year, f.week)
      if f.weekday ~= 0 then
        monday = monday + (f.weekday > 1 and f.weekday - 2 or 6)
      end
      year, month, day = civil_from_days(monday)
      whole = true
    else
      year_day = (f.week - 1) * 7 + 1
    end
  end
  local month_day = f.month_week ~= 0 and (f.month_week - 1) * 7 + 1 or f.day
  local has_day, has_month = month_day ~= 0 or whole, f.month ~= 0 or whole
  day = month_day ~= 0 and month_day or day
  month = f.month ~= 0 and f.month or month
  if year_day ~= 0 and (month <= 1 or day <= 1) then
    if year == 0 and f.before == 0 then
      read_refuse("cannot calculate day of year without year information")
    elseif f.calendar == "iso" then
      year, month, day = civil_from_days(iso_monday(year, 1) - 1 + year_day)
      whole = true
    else
      local first, rest = 1, year_day
      while first < 13 and rest > days_in_month(year, first) do
        rest = rest - days_in_month(year, first)
        first = first + 1
      end
      month = month <= 1 and first or month
      day = day <= 1 and rest or day
      has_day = true
      has_month = true
    end
  end
  has_day = has_day or whole
  has_month = has_month or whole
  if has_month and (month < 1 or month > 12) or has_day and (day < 1 or day > 31)
    or (known or whole) and has_day and has_month and day > days_in_month(year, month) then
    overflow()
  end
  return year, month, day
end

--- read_clock(f, input): the microseconds from midnight of the fields. Raises 22007, 22008.
local function read_clock(f, input)
  local hour, minute, second = 0, 0, 0
  if f.day_second ~= 0 then
    hour = div_toward_zero(f.day_second, 3600)
    minute = div_toward_zero(math.fmod(f.day_second, 3600), 60)
    second = math.fmod(f.day_second, 60)
  end
  second = f.second ~= 0 and f.second or second
  minute = f.minute ~= 0 and f.minute or minute
  hour = f.hour ~= 0 and f.hour or hour
  if f.twelve then
    if hour < 1 or hour > 12 then
      read_refuse(('hour "%.0f" is invalid for the 12-hour clock'):format(hour))
    end
    hour = hour % 12 + (f.afternoon == 1 and 12 or 0)
  end
  return hour, minute, second, f.milliseconds * 1000 + f.microseconds
end

--- read_moment(input, template): the year, month, day and microseconds of the day that a text gives, and its fields. The
-- clock is read first and judged last. Raises 22007, 22008, 22009, 0A000.
local function read_moment(input, template)
  local f = read_template(input, template)
  local hour, minute, second, fraction = read_clock(f, input)
  local year, month, day = read_date(f, input)
  if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 59 or fraction < 0 or fraction > 999999 then
    raise("22008", 'date/time field value out of range: "' .. input .. '"')
  elseif f.zone_sign and (f.tzh < 0 or f.tzh > 15 or f.tzm < 0 or f.tzm > 59) then
    raise("22009", 'time zone displacement out of range: "' .. input .. '"')
  end
  return year, month, day, ((hour * 60 + minute) * 60 + second) * 1000000 + fraction, f
end

--- to_date(input, template): the date that a text gives. Raises 22007, 22008, 0A000.
local function to_date(input, template)
  local year, month, day = read_moment(input, template)
  local days = days_from_civil(year, month, day)
  if days < -2451545 or days >= 2145031949 then
    raise("22008", 'date out of range: "' .. input .. '"')
  end
  return days
end

--- to_timestamp(input, template): the timestamptz that a text gives, in UTC where it names no zone. Raises 22007, 22008,
-- 22009, 0A000.
local function to_timestamp(input, template)
  local year, month, day, micros, f = read_moment(input, template)
  local t = ts_join(days_from_civil(year, month, day), micros)
  if t and f.zone_sign then
    t = wide_sub(t, f.zone_sign * (f.tzh * 60 + f.tzm) * 60000000)
  end
  t = ts_check(t)
  return f.precision > 0 and timestamp_scale(t, f.precision) or t
end
