-- Cutting the text of a date, time or interval into fields, and reading one field.

--- datetime_split(s, size): the fields of s, in lower case, as {kinds = {...}, ...}; nil when s cannot be cut up.
-- A kind is "number", "date" (digits or letters with punctuation), "clock" (with colons), "signed", "word" or "special" (a
-- signed word). size is that of PostgreSQL's buffer, which limits the text.
local function datetime_split(s, size)
  local fields, kinds = {}, {}
  local n, pos, used = 0, 1, 0
  s = lower(s)
  while pos <= #s do
    local char = s:sub(pos, pos)
    local stop, kind
    if char:find("%d") then
      stop = s:find("[^%d]", pos) or #s + 1
      local mark = s:sub(stop, stop)
      kind = "number"
      if mark == ":" then
        kind = "clock"
        stop = s:find("[^%d:.]", stop) or #s + 1
      elseif mark == "-" or mark == "/" or mark == "." then
        if s:find("^%d", stop + 1) then
          kind = mark == "." and "number" or "date"
          stop = s:find("[^%d]", stop + 1) or #s + 1
          if s:sub(stop, stop) == mark then
            kind = "date"
            stop = s:find("[^%d%" .. mark .. "]", stop) or #s + 1
          end
        else
          kind = "date"
          stop = s:find("[^a-z%d%" .. mark .. "]", stop + 1) or #s + 1
        end
      end
    elseif char == "." then
      kind = "number"
      stop = s:find("[^%d]", pos + 1) or #s + 1
    elseif char:find("[a-z]") then
      kind = "word"
      stop = s:find("[^a-z]", pos) or #s + 1
      local mark = s:sub(stop, stop)
      local word = s:sub(pos, stop - 1):sub(1, 10)
      if mark:find("^[-/.]") or mark:find("^[+%d]") and not datetime_words[word] and not month_words[word] then
        kind = "date"
        stop = s:find("[^-+/_.:a-z%d]", stop) or #s + 1
      end
    elseif char == "+" or char == "-" then
      local rest = s:find("[^ \t\n\r\f\v]", pos + 1) or #s + 1
      if s:find("^%d", rest) then
        kind = "signed"
        stop = s:find("[^%d:.-]", rest) or #s + 1
      elseif s:find("^[a-z]", rest) then
        kind = "special"
        stop = s:find("[^a-z]", rest) or #s + 1
      else
        return nil
      end
      s = s:sub(1, pos) .. s:sub(rest) -- white space behind the sign does not count
      stop = stop - (rest - pos - 1)
    elseif char:find("[ \t\n\r\f\v]") or char:find("%p") then
      stop = pos + 1
    else
      return nil
    end
    if kind then
      if n == 25 then
        return nil
      end
      n = n + 1
      fields[n] = s:sub(pos, stop - 1)
      kinds[n] = kind
      used = used + stop - pos
      if used >= size then
        return nil
      end
      used = used + 1
    end
    pos = stop
  end
  fields.n = n
  fields.kinds = kinds
  return fields
end

--- digits_value(digits): the number that decimal digits spell, 0 for none. gopher-lua's tonumber wants a point in what is beyond
-- bigint.
local function digits_value(digits)
  return tonumber(digits .. ".") or 0
end

--- fraction_micros(text): the microseconds of a fraction of a second, ".5"; nil when text is none.
local function fraction_micros(text)
  if text == "." then
    return 0
  elseif not text:find("^%.%d+$") then
    return nil
  end
  return dround(tonumber("0" .. text) * 1000000)
end

--- clock_decode(text): hours, minutes, seconds and microseconds of h:m, h:m:s.f or m:s.f; or nil and "format" or "range".
local function clock_decode(text)
  local hours, minutes, mark, rest = text:match("^(%d*):(%d*)([:.]?)(.*)$")
  if not hours then
    return nil, "format"
  end
  hours = digits_value(hours)
  minutes = digits_value(minutes)
  local seconds, micros = 0, 0
  if hours > 9223372036854775807 or minutes > 2147483647 then
    return nil, "range"
  end
  if mark == "." then
    micros = fraction_micros("." .. rest)
    seconds = minutes
    minutes = hours
    hours = 0
  elseif mark == ":" then
    local whole, fraction = rest:match("^(%d*)(.*)$")
    seconds = digits_value(whole)
    if seconds > 2147483647 then
      return nil, "range"
    end
    micros = fraction == "" and 0 or fraction_micros(fraction)
  elseif rest ~= "" then
    return nil, "format"
  end
  if not micros then
    return nil, "format"
  elseif minutes > 59 or seconds > 60 then
    return nil, "range"
  end
  return hours, minutes, seconds, micros
end

--- signed_prefix(text): the number that text begins with, 0 when it begins with none, and the rest.
local function signed_prefix(text)
  local digits, rest = text:match("^(%-?%d+)(.*)$")
  if not digits then
    return 0, text
  end
  return digits_value(digits) + 0, rest
end

--- zone_decode(text): the seconds east of Greenwich of +h, +hhmm or +h:m:s; or nil and "format" or "zone".
local function zone_decode(text)
  local sign, hours, rest = text:match("^([+-])(%d*)(.*)$")
  if not sign then
    return nil, "format"
  elseif rest:find("^%-%d") and hours == "" then -- the sign of a negative hour
    return nil, "zone"
  end
  local minutes, seconds = 0, 0
  hours = digits_value(hours)
  if rest:sub(1, 1) == ":" then
    minutes, rest = signed_prefix(rest:sub(2))
    if rest:sub(1, 1) == ":" then
      seconds, rest = signed_prefix(rest:sub(2))
    end
  elseif rest == "" and #text > 3 then
    minutes = hours % 100
    hours = (hours - minutes) / 100
  end
  if hours > 15 or minutes < 0 or minutes > 59 or seconds < 0 or seconds > 59 then
    return nil, "zone"
  elseif rest ~= "" then
    return nil, "format"
  end
  local offset = (hours * 60 + minutes) * 60 + seconds
  return sign == "+" and offset or 0 - offset
end
