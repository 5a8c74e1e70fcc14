-- to_char of timestamps and intervals.

--- month_names: the months in English.
local month_names = {
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
}

--- day_names: the days of the week from Sunday.
local day_names = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

--- roman_months: the months in Roman figures.
local roman_months = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"}

--- cased(name, written): name in the case that a pattern is written in.
local function cased(name, written)
  local second = written:sub(2, 2)
  if second ~= lower(second) then
    return upper(name)
  end
  local first = written:sub(1, 1)
  return first == lower(first) and lower(name) or name
end

--- zero_padded(n, width): n with zeros before it up to that width.
local function zero_padded(n, width)
  return ("%0" .. ("%.0f"):format(width) .. ".0f"):format(n)
end

--- named_pattern(f, part): the text of a pattern that is no number: names, halves of the day, eras, zones; nil for others.
local function named_pattern(f, part)
  local word, written = part.word, part.written
  if word == "am" or word == "pm" or word == "a.m." or word == "p.m." then
    local half = math.fmod(f.hour, 24) >= 12 and "pm" or "am"
    if #word == 4 then
      half = half:sub(1, 1) .. ".m."
    end
    return written == word and half or upper(half)
  elseif word == "rm" then
    if f.month == 0 and f.year == 0 then
      return ""
    end
    local month = f.month > 0 and f.month or f.month + 13
    if f.month == 0 then
      month = f.year >= 0 and 12 or 1
    end
    local text = cased(roman_months[month], written)
    return text .. (" "):rep(part.fill and 0 or 4 - #text)
  elseif word == "fx" then
    return ""
  end
  local era = word == "ad" or word == "bc" or word == "a.d." or word == "b.c."
  local month, day = word == "month" or word == "mon", word == "day" or word == "dy"
  local zone = word == "tz" or word == "tzh" or word == "tzm" or word == "of"
  if not (era or month or day or zone) then
    return nil
  elseif f.span then
    raise("22007", "invalid format specification for an interval value")
  elseif era then
    local name = f.year > 0 and "ad" or "bc"
    if #word == 4 then
      name = name:sub(1, 1) .. "." .. name:sub(2) .. "."
    end
    return written == word and name or upper(name)
  elseif zone then
    if word == "tz" then
      return f.zone and (written == word and lower(f.zone) or f.zone) or ""
    elseif word == "tzm" then
      return "00"
    end
    return part.fill and word == "of" and "+0" or "+00"
  end
  local name = month and month_names[f.month] or day_names[f.weekday + 1]
  if word == "mon" or word == "dy" then
    return cased(name:sub(1, 3), written)
  end
  return cased(name .. (" "):rep((part.fill or part.translate) and 0 or 9 - #name), written)
end

--- iso_pattern(f, word): the number of a pattern that counts ISO weeks; its width. Raises 0A000 for intervals, which lie in
-- none.
local function iso_pattern(f, word)
  if f.span then
    raise("0A000", "pattern \"" .. upper(word) .. "\" of to_char is not supported for intervals")
  elseif word == "j" then
    return f.days + 2451545, 0
  end
  local year, week = iso_week(f.days)
  if word == "iw" then
    return week, 2
  elseif word == "iddd" then
    return (week - 1) * 7 + (f.days + 5) % 7 + 1, 3
  end
  local digits = #word -- iyyy to i
  local shown = year > 0 and year or 1 - year
  return digits == 4 and shown or shown % 10 ^ digits, digits
end

--- clock_pattern(f, word): the number of a pattern of the clock; its width; nil for other patterns.
local function clock_pattern(f, word)
  local signed = {hh24 = f.hour, mi = f.minute, ss = f.second}
  if word == "hh" or word == "hh12" then
    local hour = math.fmod(f.hour, 12) + 0
    return hour == 0 and 12 or hour, f.hour >= 0 and 2 or 3
  elseif signed[word] then
    return signed[word], signed[word] >= 0 and 2 or 3
  elseif word == "ssss" or word == "sssss" then
    return f.hour * 3600 + f.minute * 60 + f.second, 0
  end
end

--- date_pattern(f, word): the number of a pattern of the calendar; its width.
local function date_pattern(f, word)
  local year = (f.span or f.year > 0) and f.year or 1 - f.year
  if word == "mm" then
    return f.month, f.month >= 0 and 2 or 3
  elseif word == "dd" then
    return f.day, 2
  elseif word == "ddd" then
    return f.year_day, 3
  elseif word == "ww" then
    return div_toward_zero(f.year_day - 1, 7) + 1, 2
  elseif word == "w" then
    return div_toward_zero(f.day - 1, 7) + 1, 0
  elseif word == "d" or word == "id" then
    if f.span then
      raise("22007", "invalid format specification for an interval value")
    end
    return word == "d" and f.weekday + 1 or (f.weekday + 6) % 7 + 1, 0
  elseif word == "cc" then
    local century = div_toward_zero(f.year, 100)
    if not f.span then
      century = f.year > 0 and div_toward_zero(f.year - 1, 100) + 1 or century - 1
    end
    return century, math.abs(century) > 99 and 0 or century >= 0 and 2 or 3
  elseif word == "y" then
    return math.fmod(year, 10) + 0, 1
  end
  local digits = #word -- yyyy, yyy, yy
  if digits < 4 then
    year = math.fmod(year, 10 ^ digits) + 0
  end
  return year, year >= 0 and digits or digits + 1
end

--- fraction_digits(word): how many digits of the second's fraction a pattern shows; nil for other patterns.
local function fraction_digits(word)
  local digits = word:match("^ff(%d)$")
  return word == "us" and 6 or word == "ms" and 3 or digits and tonumber(digits)
end

--- number_pattern(f, part): the text of a pattern that is a number, without its ordinal suffix.
local function number_pattern(f, part)
  local word = part.word
  local digits = fraction_digits(word)
  if digits then
    return zero_padded(div_toward_zero(f.micros, 10 ^ (6 - digits)), digits)
  elseif word == "q" then
    return f.month == 0 and "" or ("%.0f"):format(div_toward_zero(f.month - 1, 3) + 1)
  elseif word == "y,yyy" then
    local year = (f.span or f.year > 0) and f.year or 1 - f.year
    local thousands = div_toward_zero(year, 1000)
    return ("%.0f,%03.0f"):format(thousands, year - thousands * 1000)
  end
  local n, width = clock_pattern(f, word)
  if not n then
    if word ~= "id" and word:find("^[ij]") then
      n, width = iso_pattern(f, word)
    else
      n, width = date_pattern(f, word)
    end
  end
  return part.fill and ("%.0f"):format(n) or zero_padded(n, width)
end

--- fields_to_char(f, template): the fields f by a template. Raises 22007.
local function fields_to_char(f, template)
  local out = {}
  for i, part in ipairs(template_parts(template, date_words)) do
    local text = part.text or named_pattern(f, part)
    if not text then
      text = number_pattern(f, part)
      if part.th and text ~= "" then
        text = text .. ordinal_suffix(text, part.th)
      end
    end
    out[i] = text
  end
  return bytes_join(out, #out)
end

--- ts_to_char(t, template, zone): to_char; NULL for the infinities and the empty template. Raises 22007.
local function ts_to_char(t, template, zone)
  if template == "" or ts_infinite(t) then
    return nil
  end
  local days, micros = ts_split(t)
  local year, month, day = civil_from_days(days)
  return fields_to_char({
    days = days, year = year, month = month, day = day, hour = math.floor(micros / 3600000000),
    minute = math.floor(micros / 60000000) % 60, second = math.floor(micros / 1000000) % 60, micros = micros % 1000000,
    weekday = weekday(days), year_day = days - days_from_civil(year, 1, 1) + 1, zone = zone,
  }, template)
end

--- timestamp_to_char(t, template): to_char; NULL for the infinities and the empty template. Raises 22P02.
local function timestamp_to_char(t, template)
  return ts_to_char(t, template, nil)
end

--- timestamptz_to_char(t, template): to_char in UTC; NULL for the infinities and the empty template. Raises 22P02.
local function timestamptz_to_char(t, template)
  return ts_to_char(t, template, "UTC")
end

--- interval_to_char(span, template): to_char; NULL for the empty template. Raises 22007, 22P02, and 0A000 for J and the
-- patterns of ISO weeks.
local function interval_to_char(span, template)
  if template == "" then
    return nil
  end
  local months, days, micros = interval_parts(span)
  local more, rest = split_toward_zero(micros)
  local years = div_toward_zero(months, 12)
  local hours = div_toward_zero(rest, 3600000000)
  rest = rest - hours * 3600000000
  local minutes = div_toward_zero(rest, 60000000)
  rest = rest - minutes * 60000000
  local seconds = div_toward_zero(rest, 1000000)
  return fields_to_char({
    year = years, month = months - years * 12, day = days, hour = more * 24 + hours, minute = minutes, second = seconds,
    micros = rest - seconds * 1000000, year_day = months * 30 + days, span = true,
  }, template)
end
