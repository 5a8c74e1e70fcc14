-- The text input of dates, times and timestamps: DateStyle ISO, MDY, time zone UTC. It follows PostgreSQL's decoder field by
-- field, because what it accepts is defined by nothing else. Words that mean another value tomorrow and zones that need a
-- zone table are refused.

--- datetime_fail(state, problem): never returns; refuses the text that is being read: problem is "format", "range" or "zone".
local function datetime_fail(state, problem)
  if problem == "range" then
    raise("22008", 'date/time field value out of range: "' .. state.text .. '"')
  elseif problem == "zone" then
    raise("22009", 'time zone displacement out of range: "' .. state.text .. '"')
  end
  raise("22007", "invalid input syntax for type " .. state.type_name .. ': "' .. state.text .. '"')
end

--- field_integer(state, digits): the number that digits spell, within integer. Raises 22008.
local function field_integer(state, digits)
  local n = digits_value(digits)
  if n > 2147483647 then
    datetime_fail(state, "range")
  end
  return n
end

--- datetime_run(state, text, dated): takes yyyymmdd, hhmmss.f, hhmmss or hhmm; dated when the date is known. Returns what it
-- set: Y, M, D and T for year, month, day and time. Raises 22007.
local function datetime_run(state, text, dated)
  local whole, fraction = text:match("^(.-)(%..*)$")
  if whole then
    state.micros = fraction_micros(fraction) or datetime_fail(state, "format")
    text = whole
  elseif not dated and #text >= 6 then
    state.day = tonumber(text:sub(-2))
    state.month = tonumber(text:sub(-4, -3))
    state.year = field_integer(state, text:sub(1, -5))
    state.short = #text == 6 or nil
    return "YMD"
  end
  if not state.have.T and (#text == 6 or #text == 4) then
    state.hour = tonumber(text:sub(1, 2))
    state.minute = tonumber(text:sub(3, 4))
    state.second = #text == 6 and tonumber(text:sub(5, 6)) or 0
    return "T"
  end
  datetime_fail(state, "format")
end

--- datetime_number(state, text, named, have): takes a number by its place: a year, month, day, day of the year or a run. named
-- tells that a month's name came before. Returns what it set. Raises 22007, 22008.
local function datetime_number(state, text, named, have)
  local digits, rest = text:match("^(%d*)(.*)$")
  if digits == "" then
    datetime_fail(state, "format")
  end
  local n = field_integer(state, digits)
  if rest ~= "" then
    if #digits > 2 then
      return datetime_run(state, text, true)
    end
    state.micros = fraction_micros(rest) or datetime_fail(state, "format")
  end
  local set
  if #text == 3 and have.Y and not have.M and not have.D and n >= 1 and n <= 366 then
    state.yearday = n
    return "OMD"
  elseif have.Y and have.M and have.D then
    return datetime_run(state, text, true)
  elseif have.Y and have.M then
    if named and #text >= 3 and state.short then -- the first number was the day
      state.day = state.year
      state.year = n
      state.short = nil
      return "D"
    end
    set = "D"
  elseif have.M and have.D then
    set = "Y"
  elseif have.Y and have.D then
    datetime_fail(state, "format")
  elseif have.M then
    set = (named and #text >= 3) and "Y" or "D"
  elseif have.Y or have.D then
    set = "M"
  else
    set = #text >= 3 and "Y" or "M"
  end
  if set == "Y" then
    state.year = n
    state.short = #text <= 2 or nil
  elseif set == "M" then
    state.month = n
  else
    state.day = n
  end
  return set
end

--- datetime_date(state, text): takes a date with punctuation; returns what it set. Raises 22007, 22008.
local function datetime_date(state, text)
  local parts, n, pos = {}, 0, 1
  while pos <= #text do
    pos = text:find("%w", pos)
    if not pos then
      datetime_fail(state, "format")
    end
    local part = text:match("^%d+", pos) or text:match("^%a+", pos)
    n = n + 1
    parts[n] = part
    pos = pos + #part + 1 -- whatever follows counts as punctuation
  end
  local have = {}
  for name in pairs(state.have) do
    if name ~= "O" and name ~= "Z" then
      have[name] = true
    end
  end
  local named, all = false, ""
  local function mark(set)
    for name in set:gmatch(".") do
      if have[name] then
        datetime_fail(state, "format")
      end
      have[name] = true
    end
    all = all .. set
  end
  for i = 1, n do
    local word = parts[i]
    if word:find("^%a") then
      if month_words[word:sub(1, 10)] then
        state.month = month_words[word:sub(1, 10)]
        named = true
        mark("M")
        parts[i] = false
      elseif datetime_words[word:sub(1, 10)] ~= "filler" then
        datetime_fail(state, "format")
      end
    end
  end
  for i = 1, n do
    if parts[i] then
      mark(datetime_number(state, parts[i], named, have))
    end
  end
  for name in pairs(have) do -- only a zone may come before the date
    if name ~= "Y" and name ~= "M" and name ~= "D" and name ~= "O" then
      datetime_fail(state, "format")
    end
  end
  if not (have.Y and have.M and have.D) then
    datetime_fail(state, "format")
  end
  return all
end

--- datetime_zone(state, text): takes a signed offset; returns what it set. Raises 22007, 22009.
local function datetime_zone(state, text)
  local offset, problem = zone_decode(text)
  if not offset then
    datetime_fail(state, problem)
  end
  state.offset = offset
  return "Z"
end

--- datetime_named_zone(state, name): takes a zone's name that has punctuation; returns what it set. Raises 0A000, 22023.
local function datetime_named_zone(state, name)
  if zone_names[name] then
    state.offset = 0
    return "Z"
  elseif zone_areas[name:match("^(%a+)/")] or name:find("^%a+[-+]?%d+[%a%d:,./]*$") or name == "gb-eire" or name == "nz-chat" or name == "w-su" then
    raise("0A000", 'time zone "' .. name .. '" is not supported: only UTC and fixed offsets are')
  end
  raise("22023", 'time zone "' .. name .. '" not recognized')
end

--- datetime_julian(state, text): takes a Julian day with or without fraction; returns what it set. Raises 22007, 22008.
local function datetime_julian(state, text)
  local digits, fraction = text:match("^(%d+)(.*)$")
  if not digits then
    datetime_fail(state, "format")
  end
  local n = field_integer(state, digits)
  if fraction ~= "" and not fraction:find("^%.") then
    datetime_fail(state, "format")
  end
  state.julian = true
  state.year, state.month, state.day = civil_from_days(n - 2451545)
  if fraction == "" then
    return "YMD"
  elseif not fraction:find("^%.%d*$") then
    datetime_fail(state, "format")
  end
  local micros = math.floor((fraction == "." and 0 or tonumber("0" .. fraction)) * 86400000000)
  state.hour, state.minute, state.second = 0, 0, math.floor(micros / 1000000)
  state.micros = micros - state.second * 1000000
  return "YMDT"
end

--- datetime_word(state, word, i): takes a word; returns what it set. Raises 22007, 0A000.
local function datetime_word(state, word, i)
  local key = word:sub(1, 10)
  if zone_names[word] then
    state.offset = 0
    return "Z"
  elseif word:find("^%a") and table_zones:find("%s" .. word .. "%s") then
    raise("0A000", 'time zone "' .. word .. '" is not supported: only UTC and fixed offsets are')
  end
  local month, meaning = month_words[key], datetime_words[key]
  if month and state.time_only then
    datetime_fail(state, "format")
  elseif month then
    local set = "M"
    if state.have.M and not state.named and not state.have.D and state.month >= 1 and state.month <= 31 then
      state.day = state.month
      set = "D"
    end
    state.named = true
    state.month = month
    return set
  elseif meaning == "weekday" and not state.time_only then
    return "W"
  elseif meaning == "half" then
    state.half = key
    return "A"
  elseif meaning == "era" then
    state.bc = key == "bc"
    return "B"
  elseif meaning == "filler" then
    return ""
  elseif meaning == "moment" and not state.time_only then
    state.moment = key
    return "R"
  elseif meaning == "midnight" then
    state.hour, state.minute, state.second, state.micros, state.offset = 0, 0, 0, 0, 0
    return "TZ"
  elseif meaning == "dst" then
    state.offset = (state.offset or 0) + 3600
    return "X"
  elseif meaning == "clock" then
    local next_kind = state.fields.kinds[i + 1]
    if not state.time_only and not (state.have.Y and state.have.M and state.have.D)
      or next_kind ~= "number" and next_kind ~= "clock" and next_kind ~= "date" then
      datetime_fail(state, "format")
    end
    state.label = "clock"
    return ""
  elseif meaning == "julian" or meaning == "label" then
    state.label = meaning
    return ""
  elseif meaning == "relative" and (not state.time_only or key == "now") then
    raise("0A000", '"' .. key .. '" in the text of a ' .. state.type_name .. " is not supported: its value depends on the time")
  end
  datetime_fail(state, "format")
end

--- datetime_punctuated(state, text): takes a field of kind date where a timestamp is read; returns what it set.
-- Raises 22007, 22008, 22009, 0A000.
local function datetime_punctuated(state, text)
  local label = state.label
  if label == "julian" then
    local digits, zone = text:match("^(%d+)(.*)$")
    if not digits then
      datetime_fail(state, "format")
    end
    state.label = nil
    datetime_julian(state, digits)
    datetime_zone(state, zone)
    return "YMDTZ"
  elseif not label and not (state.have.M and state.have.D) then
    return datetime_date(state, text)
  end
  if label or text:find("^%d") then -- hhmmss-zz
    state.label = nil
    local digits, zone = text:match("^(.-)(%-.*)$")
    if label and label ~= "clock" or state.have.T or not digits then
      datetime_fail(state, "format")
    end
    datetime_zone(state, zone)
    return datetime_run(state, digits, state.have.Y and state.have.M and state.have.D) .. "Z"
  end
  return datetime_named_zone(state, text)
end

--- datetime_clock(state, text): takes h:m:s.f; returns what it set. Raises 22007, 22008.
local function datetime_clock(state, text)
  if state.label == "clock" then
    state.label = nil
  elseif state.label and not state.time_only then
    datetime_fail(state, "format")
  end
  local hour, minute, second, micros = clock_decode(text)
  if not hour then
    datetime_fail(state, minute)
  end
  state.hour, state.minute, state.second, state.micros = hour, minute, second, micros
  if hour > 2147483647 or not state.time_only and ((hour * 60 + minute) * 60 + second) * 1000000 + micros > 86400000000 then
    datetime_fail(state, "range")
  end
  return "T"
end

--- datetime_plain(state, text): takes a field of kind number where a timestamp is read; returns what it set.
-- Raises 22007, 22008.
local function datetime_plain(state, text)
  local label, have = state.label, state.have
  if label then
    state.label = nil
    if label == "julian" then
      return datetime_julian(state, text)
    elseif label == "label" then
      raise("0A000", "a labelled number in the text of a " .. state.type_name .. ' is not supported: "' .. state.text .. '"')
    end
    local digits, rest = text:match("^(%d*)(.*)$")
    if digits == "" and not rest:find("^%.") then
      datetime_fail(state, "format")
    end
    field_integer(state, digits == "" and "0" or digits)
    return datetime_run(state, text, true)
  end
  local dated = have.Y and have.M and have.D
  local point = text:find(".", 1, true)
  if point and not (have.Y or have.M or have.D) then
    return datetime_date(state, text)
  elseif point and point > 3 or not point and #text >= 6 and not (dated and have.T) and (not (have.Y or have.M or have.D) or not have.T) then
    return datetime_run(state, text, dated)
  end
  return datetime_number(state, text, state.named, have)
end

--- datetime_time_field(state, kind, text, i): takes a number or a date where a time is read; returns what it set.
-- Raises 22007, 22008, 22009, 0A000.
local function datetime_time_field(state, kind, text, i)
  local fields = state.fields
  local kinds, n = fields.kinds, fields.n
  local first = i == 1 and n >= 2
  if kind == "date" then
    if first and (kinds[n] == "date" or kinds[2] == "clock") then
      return datetime_date(state, text)
    elseif text:find("^%d") then
      local digits, zone = text:match("^(.-)(%-.*)$")
      if state.have.T or not digits then
        datetime_fail(state, "format")
      end
      datetime_zone(state, zone)
      return datetime_run(state, digits, true) .. "Z"
    end
    return datetime_named_zone(state, text)
  end
  if state.label then
    return datetime_plain(state, text)
  end
  local point = text:find(".", 1, true)
  if point then
    if first and kinds[n] == "date" then
      return datetime_date(state, text)
    elseif point > 3 then
      return datetime_run(state, text, true)
    end
    datetime_fail(state, "format")
  elseif #text > 4 then
    return datetime_run(state, text, true)
  end
  local have = {Y = true, M = true, D = true}
  return datetime_number(state, text, false, have)
end

--- datetime_settle(state): checks what the fields have said, and gives the year its century and era. Raises 22007, 22008.
local function datetime_settle(state)
  local have = state.have
  if have.Y and not state.julian then
    if state.bc then
      state.year = state.year <= 0 and datetime_fail(state, "range") or 1 - state.year
    elseif state.short then
      state.year = state.year + (state.year < 70 and 2000 or state.year < 100 and 1900 or 0)
    elseif state.year <= 0 then
      datetime_fail(state, "range")
    end
  end
  if have.O then
    state.year, state.month, state.day = civil_from_days(days_from_civil(state.year, 1, 1) + state.yearday - 1)
  end
  if have.M and (state.month < 1 or state.month > 12) or have.D and (state.day < 1 or state.day > 31) then
    datetime_fail(state, "range")
  elseif have.Y and have.M and have.D and state.day > days_in_month(state.year, state.month) then
    datetime_fail(state, "range")
  end
  if state.half and state.hour > 12 then
    datetime_fail(state, "range")
  elseif state.half == "am" and state.hour == 12 then
    state.hour = 0
  elseif state.half == "pm" and state.hour ~= 12 then
    state.hour = state.hour + 12
  end
end

--- datetime_parse(text, type_name, size, time_only): what the text of a date, time or timestamp says, as a table: moment, or year,
-- month, day, hour, minute, second, micros, and offset in seconds east when a zone was given. Raises 22007, 22008, 22009, 0A000.
local function datetime_parse(text, type_name, size, time_only)
  local state = {
    text = text, type_name = type_name, time_only = time_only, have = {}, hour = 0, minute = 0, second = 0, micros = 0,
  }
  local fields = datetime_split(text, size)
  if not fields then
    datetime_fail(state, "format")
  end
  state.fields = fields
  local have = state.have
  for i = 1, fields.n do
    local kind, field = fields.kinds[i], fields[i]
    local set
    if kind == "clock" then
      set = datetime_clock(state, field)
    elseif kind == "signed" then
      set = datetime_zone(state, field)
    elseif kind == "word" or kind == "special" then
      set = datetime_word(state, field, i)
    elseif time_only then
      set = datetime_time_field(state, kind, field, i)
    elseif kind == "date" then
      set = datetime_punctuated(state, field)
    else
      set = datetime_plain(state, field)
    end
    for name in set:gmatch(".") do
      if have[name] then
        datetime_fail(state, "format")
      end
    end
    for name in set:gmatch(".") do
      have[name] = true
    end
  end
  datetime_settle(state)
  if state.moment then
    return state
  end
  if time_only then
    if ((state.hour * 60 + state.minute) * 60 + state.second) * 1000000 + state.micros > 86400000000 or state.minute > 59
      or state.hour > 24 or state.second > 60 then
      datetime_fail(state, "range")
    end
  end
  if time_only and not have.T or not time_only and not (have.Y and have.M and have.D) or have.X and not have.Z then
    datetime_fail(state, "format")
  end
  return state
end

--- calendar_holds(year, month): whether PostgreSQL's calendar has that month.
local function calendar_holds(year, month)
  return (year > -4713 or year == -4713 and month >= 11) and (year < 5874898 or year == 5874898 and month < 6)
end

--- iso_days(year, month, day): the days of a date given by the digits of yyyy-mm-dd; nil when there is no such date.
local function iso_days(year, month, day)
  year, month, day = year + 0, month + 0, day + 0
  if year > 0 and month > 0 and month < 13 and day > 0 and day <= days_in_month(year, month) then
    return days_from_civil(year, month, day)
  end
end

--- iso_timestamp(s): the timestamp that s spells as yyyy-mm-dd hh:mm:ss.f, perhaps with +00 or Z; nil for any other form. It does what
-- datetime_parse does for the form that programs write, in a twentieth of the time.
local function iso_timestamp(s)
  local year, month, day, hour, minute, second, rest = s:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)[ T](%d%d):(%d%d):(%d%d)(.*)$")
  if not year then
    return nil
  end
  local days = iso_days(year, month, day)
  local fraction = rest:match("^(.-)%+00$") or rest:match("^(.-)Z$") or rest
  local micros = fraction == "" and 0 or fraction_micros(fraction)
  if not days or not micros or hour + 0 > 23 or minute + 0 > 59 or second + 0 > 59 then
    return nil
  end
  micros = ((hour * 60 + minute) * 60 + second) * 1000000 + micros
  if micros == 86400000000 then
    return ts_join(days + 1, 0)
  end
  return ts_join(days, micros)
end

--- date_in(s): the date that s spells. Raises 22007, 22008, 22009, 0A000.
local function date_in(s)
  local year, month, day = s:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  local iso = year and iso_days(year, month, day)
  if iso then
    return iso
  end
  local state = datetime_parse(s, "date", 129, false)
  if state.moment then
    return state.moment == "epoch" and -10957 or state.moment == "infinity" and 2147483647 or -2147483648
  end
  local days = days_from_civil(state.year, state.month, state.day)
  if not calendar_holds(state.year, state.month) or days < -2451545 or days >= 2145031949 then
    raise("22008", 'date out of range: "' .. s .. '"')
  end
  return days
end

--- time_in(s): the time that s spells. Raises 22007, 22008, 22009, 0A000.
local function time_in(s)
  local state = datetime_parse(s, "time", 129, true)
  return ((state.hour * 60 + state.minute) * 60 + state.second) * 1000000 + state.micros
end

--- ts_in(s, type_name, zoned): the timestamp that s spells; its zone counts when zoned. Raises 22007, 22008, 22009, 0A000.
local function ts_in(s, type_name, zoned)
  local iso = iso_timestamp(s)
  if iso then
    return iso
  end
  local state = datetime_parse(s, type_name, 153, false)
  if state.moment then
    return state.moment == "epoch" and -946684800000000 or state.moment == "infinity" and "9223372036854775807"
      or "-9223372036854775808"
  end
  local days = days_from_civil(state.year, state.month, state.day)
  local seconds = (state.hour * 60 + state.minute) * 60 + state.second
  if zoned and state.offset then
    seconds = seconds - state.offset
  end
  local more = math.floor(seconds / 86400)
  local micros = (seconds - more * 86400) * 1000000 + state.micros
  if micros == 86400000000 then
    more = more + 1
    micros = 0
  end
  days = days + more
  if not calendar_holds(state.year, state.month) or days < -2451545 or days >= 106751983 then
    raise("22008", 'timestamp out of range: "' .. s .. '"')
  end
  return ts_join(days, micros)
end

--- timestamp_in(s): the timestamp that s spells. Raises 22007, 22008, 22009, 0A000.
local function timestamp_in(s)
  return ts_in(s, "timestamp", false)
end

--- timestamptz_in(s): the timestamptz that s spells, UTC where it names no zone. Raises 22007, 22008, 22009, 0A000.
local function timestamptz_in(s)
  return ts_in(s, "timestamp with time zone", true)
end
