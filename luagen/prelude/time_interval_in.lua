-- The text input of intervals: "1 year 2 mons", "1 02:03:04", "P1Y2MT3H". What goes wrong is returned as "format" or "range", because
-- a text that is no list of fields may still be ISO 8601.

--- span_micros(sum, count, fraction, unit): adds count + fraction units of that many microseconds to sum; false when it does
-- not fit.
local function span_micros(sum, count, fraction, unit)
  local whole = wide_mul(count, unit)
  local micros = whole and wide_add(sum.micros, whole)
  if micros and fraction ~= 0 then
    local part = fraction * unit
    local rounded = truncate(part)
    if part - rounded > 0.5 then
      rounded = rounded + 1
    elseif part - rounded < -0.5 then
      rounded = rounded - 1
    end
    micros = wide_add(micros, rounded)
  end
  if not micros then
    return false
  end
  sum.micros = micros
  return true
end

--- span_days(sum, count, fraction, unit): adds count + fraction units of that many days to sum; false when it does not fit.
local function span_days(sum, count, fraction, unit)
  count = tonumber(count)
  local part = fraction * unit
  local days = truncate(part)
  local whole = count * unit
  local between = sum.days + whole
  local total = between + days
  if count > 2147483647 or count < -2147483648 or whole > 2147483647 or whole < -2147483648 or between > 2147483647
    or between < -2147483648 or total > 2147483647 or total < -2147483648 then
    return false
  end
  sum.days = total
  return span_micros(sum, 0, part - days, 86400000000)
end

--- span_months(sum, name, count, fraction, unit): adds count units of months or years to sum[name]; a fraction of a year becomes
-- months, one of a month days. false when it does not fit.
local function span_months(sum, name, count, fraction, unit)
  count = tonumber(count)
  local whole = count * unit
  local total = sum[name] + whole
  if count > 2147483647 or count < -2147483648 or whole > 2147483647 or whole < -2147483648 or total > 2147483647
    or total < -2147483648 then
    return false
  end
  sum[name] = total
  if name == "months" then
    return span_days(sum, 0, fraction, 30)
  end
  local months = sum.months + dround(fraction * unit * 12)
  if months > 2147483647 or months < -2147483648 then
    return false
  end
  sum.months = months + 0
  return true
end

--- span_add(sum, unit, count, fraction): adds count + fraction of a unit to sum; false when it does not fit, nil for a unit that
-- intervals have not.
local function span_add(sum, unit, count, fraction)
  local size = unit_micros[unit]
  if size then
    return span_micros(sum, count, fraction, size)
  elseif unit == "day" then
    return span_days(sum, count, 0, 1) and span_micros(sum, 0, fraction, 86400000000)
  elseif unit == "week" then
    return span_days(sum, count, fraction, 7)
  elseif unit == "month" then
    return span_months(sum, "months", count, fraction, 1)
  end
  local years = ({year = 1, decade = 10, century = 100, millennium = 1000})[unit]
  if years then
    return span_months(sum, "years", count, fraction, years)
  end
end

--- integer_text(digits): the wide integer that signed digits spell; nil when it is outside of bigint.
local function integer_text(digits)
  local sign, number = digits:match("^([+-]?)0*(%d*)$")
  if number == "" then
    return 0
  elseif #number > 19 or #number == 19 and bytes_cmp(number, sign == "-" and "9223372036854775808" or "9223372036854775807") > 0 then
    return nil
  end
  return wide_parse((sign == "-" and "-" or "") .. number)
end

--- span_clock(sum, text): sets the time of sum to h:m:s; returns "format" or "range" when it is none.
local function span_clock(sum, text)
  local hours, minutes, seconds, micros = clock_decode(text)
  if not hours then
    return minutes
  end
  local total = integer_text(text:match("^%d*"))
  if text:find("^%d*:%d*%.") then
    total = 0
  end
  total = total and wide_mul(total, 3600000000)
  total = total and wide_add(total, (minutes * 60 + seconds) * 1000000 + micros)
  if not total then
    return "range"
  end
  sum.micros = total
end

--- span_number(sum, text, unit): adds a number of units, or years-months; returns "format" or "range" when it cannot, then what
-- it set for the check of repetition.
local function span_number(sum, text, unit)
  local sign, digits, rest = text:match("^([+-]?)(%d*)(.*)$")
  local count = integer_text(sign .. digits)
  if not count then
    return "range"
  end
  local fraction = 0
  if rest:sub(1, 1) == "-" then
    local months, junk = rest:match("^%-(%d*)(.*)$")
    months = digits_value(months)
    local total = wide_mul(count, 12)
    if months >= 12 then
      return "range"
    elseif junk ~= "" then
      return "format"
    end
    total = total and wide_add(total, sign == "-" and 0 - months or months)
    if not total then
      return "range"
    end
    count = total
    unit = "month"
  elseif rest:sub(1, 1) == "." then
    if not rest:find("^%.%d*$") then
      return "format"
    end
    fraction = rest == "." and 0 or tonumber("0" .. rest)
    if sign == "-" then
      fraction = 0 - fraction
    end
  elseif rest ~= "" then
    return "format"
  end
  local added = span_add(sum, unit, count, fraction)
  if added == nil then
    return "format"
  elseif not added then
    return "range"
  end
  if unit == "second" and fraction ~= 0 then
    return nil, {"second", "milliseconds", "microseconds"}
  end
  return nil, {unit}
end

--- span_fields(s): the sum of the fields of an interval's text; or nil and "format" or "range".
local function span_fields(s)
  local fields = datetime_split(s, 256)
  if not fields then
    return nil, "format"
  end
  local sum = {years = 0, months = 0, days = 0, micros = 0}
  local seen, any, unit, negate = {}, false, nil, false
  for i = fields.n, 1, -1 do -- units stand behind their numbers
    local kind, field = fields.kinds[i], fields[i]
    local problem, set
    local clock = kind == "clock" and field or kind == "signed" and field:find(":", 1, true) and field:sub(2)
    if clock then
      problem = span_clock(sum, clock)
    end
    if clock and (not problem or kind == "clock") then
      if not problem and field:sub(1, 1) == "-" then
        sum.micros = wide_sub(0, sum.micros)
      end
      unit = "day"
      set = {"hour", "minute", "second", "milliseconds", "microseconds"}
    elseif kind == "word" or kind == "special" then
      if field == "ago" then
        negate = true
        unit = "ago"
      elseif field ~= "@" then
        unit = unit_of(field)
        if not unit then
          return nil, "format"
        end
      end
    else
      problem, set = span_number(sum, field, unit or "second")
      if unit == "hour" then
        unit = "day"
      elseif not unit then
        unit = "second"
      end
      if field:find("^[+-]?%d+%-") then
        unit = "month"
      end
    end
    if problem then
      return nil, problem
    end
    for _, name in ipairs(set or {}) do
      if seen[name] then
        return nil, "format"
      end
    end
    for _, name in ipairs(set or {}) do
      seen[name] = true
      any = true
    end
  end
  if not any then
    return nil, "format"
  end
  if negate then
    sum.micros = wide_sub(0, sum.micros)
    sum.days = 0 - sum.days
    sum.months = 0 - sum.months
    sum.years = 0 - sum.years
    if not sum.micros or sum.days > 2147483647 or sum.months > 2147483647 or sum.years > 2147483647 then
      return nil, "range"
    end
  end
  return sum
end

--- iso_number(s, pos): the whole part and the fraction of the number at pos, and the position after it; or nil and "format" or
-- "range".
local function iso_number(s, pos)
  local text = s:match("^%-?%d+%.?%d*", pos) or s:match("^%-?%.%d+", pos)
  if not text then
    return nil, "format"
  end
  pos = pos + #text
  local exponent = s:match("^[eE][+-]?%d+", pos)
  pos = pos + #(exponent or "")
  local value = tonumber((text:find(".", 1, true) and text or text .. ".") .. (exponent or ""))
  if not value or value == 1 / 0 or value == -1 / 0 then
    return nil, "format"
  elseif value > 1e15 or value < -1e15 then
    return nil, "range"
  end
  local whole = truncate(value)
  return whole, value - whole, pos
end

--- span_iso(s): the sum of the parts of an ISO 8601 interval; or nil and "format" or "range".
local function span_iso(s)
  local sum = {years = 0, months = 0, days = 0, micros = 0}
  if #s < 2 or s:sub(1, 1) ~= "P" then
    return nil, "format"
  end
  local pos, of_date, any = 2, true, false
  -- adds a list of {unit, count, fraction}; false when one does not fit
  local function add(list)
    for _, part in ipairs(list) do
      if not span_add(sum, part[1], part[2], part[3]) then
        return false
      end
    end
    return true
  end
  while pos <= #s do
    if s:sub(pos, pos) == "T" then
      of_date, any = false, false
      pos = pos + 1
    else
      local start = pos
      local whole, fraction, stop = iso_number(s, pos)
      if not whole then
        return nil, fraction
      end
      local mark = s:sub(stop, stop)
      local digits = #s:match("^%-?(%d*)", start)
      local unit = (of_date and {Y = "year", M = "month", W = "week", D = "day"} or {H = "hour", M = "minute", S = "second"})[mark]
      local parts
      pos = stop + 1
      if unit then
        parts = {{unit, whole, fraction}}
      elseif of_date and (mark == "" or mark == "T") and digits == 8 and not any then -- yyyymmdd
        local years, rest = truncate(whole / 10000), math.fmod(whole, 10000)
        parts = {{"year", years, 0}, {"month", truncate(rest / 100), 0}, {"day", math.fmod(rest, 100) + 0, fraction}}
        pos = stop
      elseif not of_date and mark == "" and digits == 6 and not any then -- hhmmss
        local hours, rest = truncate(whole / 10000), math.fmod(whole, 10000)
        parts = {{"hour", hours, 0}, {"minute", truncate(rest / 100), 0}, {"second", math.fmod(rest, 100) + 0, 0}, {"microseconds", 0, fraction}}
      elseif any then
        return nil, "format"
      else -- yyyy-mm-dd or hh:mm:ss
        local units = of_date and {"year", "month", "day"} or {"hour", "minute", "second"}
        local separator = of_date and "-" or ":"
        if mark ~= "" and mark ~= separator and not (of_date and mark == "T") then
          return nil, "format"
        end
        local at = 1
        while true do
          if not add({{units[at], whole, fraction}}) then
            return nil, "range"
          end
          mark = s:sub(stop, stop)
          if mark == "" or of_date and mark == "T" then
            break
          elseif mark ~= separator or at == 3 then
            return nil, "format"
          end
          at = at + 1
          local problem
          whole, fraction, problem = iso_number(s, stop + 1)
          if not whole then
            return nil, fraction
          end
          stop = problem
        end
        parts = {}
        pos = stop
      end
      if not add(parts) then
        return nil, "range"
      end
      any = not (pos == stop)
    end
  end
  return sum
end

--- interval_in(s): the interval that s spells. Raises 22007, 22015, 22008.
local function interval_in(s)
  local sum, problem = span_fields(s)
  if problem == "format" then
    sum, problem = span_iso(s)
  end
  if problem == "range" then
    raise("22015", 'interval field value out of range: "' .. s .. '"')
  elseif problem then
    raise("22007", 'invalid input syntax for type interval: "' .. s .. '"')
  end
  return interval_fit(sum.years * 12 + sum.months, sum.days, sum.micros)
end
