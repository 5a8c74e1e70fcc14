-- Intervals: "months/days/microseconds". PostgreSQL keeps the three apart, and compares them by their length with months
-- of 30 days.

--- interval_parts(span): the months, days and microseconds, the last a wide integer.
local function interval_parts(span)
  local months, days, micros = span:match("^(.-)/(.-)/(.*)$")
  return tonumber(months), tonumber(days), wide_parse(micros)
end

--- interval_clock(span): the microseconds beside the months and days, as a number, which rounds those beyond 2^53.
local function interval_clock(span)
  local _, _, micros = interval_parts(span)
  return tonumber(wide_text(micros))
end

--- interval_make(months, days, micros): the interval of these; micros is a wide integer.
local function interval_make(months, days, micros)
  return ("%.0f/%.0f/"):format(months, days) .. wide_text(micros)
end

--- interval_fit(months, days, micros): interval_make within the range of intervals; micros is nil when outside of bigint.
-- Raises 22008.
local function interval_fit(months, days, micros)
  if months > 2147483647 or months < -2147483648 or days > 2147483647 or days < -2147483648 or not micros then
    raise("22008", "interval out of range")
  end
  return interval_make(months, days, micros)
end

--- split_toward_zero(micros): the whole days of a wide integer of microseconds and the rest, both of its sign.
local function split_toward_zero(micros)
  local days, rest = ts_split(micros)
  if days < 0 and rest > 0 then
    return days + 1, rest - 86400000000
  end
  return days, rest
end

--- div_toward_zero(a, b): a / b without its fraction; never -0.
local function div_toward_zero(a, b)
  return (a - math.fmod(a, b)) / b + 0
end

--- interval_out(span): the text of an interval, IntervalStyle postgres.
local function interval_out(span)
  local months, days, micros = interval_parts(span)
  local text, before = "", false
  local years = div_toward_zero(months, 12)
  for _, part in ipairs({{years, "year"}, {months - years * 12, "mon"}, {days, "day"}}) do
    local n = part[1]
    if n ~= 0 then
      text = text .. (text == "" and "" or " ") .. ((before and n > 0) and "+" or "") .. ("%.0f "):format(n) .. part[2]
        .. (n == 1 and "" or "s")
      before = n < 0
    end
  end
  if micros == 0 and text ~= "" then
    return text
  end
  local day, rest = ts_split(micros)
  local negative = day < 0
  if negative then
    day = -day
    if rest > 0 then
      day = day - 1
      rest = 86400000000 - rest
    end
  end
  local clock = clock_text(rest)
  if day > 0 then
    clock = ("%02.0f"):format(day * 24 + tonumber(clock:sub(1, 2))) .. clock:sub(3)
  end
  return text .. (text == "" and "" or " ") .. (negative and "-" or before and "+" or "") .. clock
end

--- interval_total(span): the interval's length as days and microseconds of a day, with months of 30 days.
local function interval_total(span)
  local months, days, micros = interval_parts(span)
  local more, rest = ts_split(micros)
  return months * 30 + days + more, rest
end

--- interval_cmp(a, b): -1, 0 or 1 as a is shorter than, as long as or longer than b.
local function interval_cmp(a, b)
  if a == b then
    return 0
  end
  local a_days, a_rest = interval_total(a)
  local b_days, b_rest = interval_total(b)
  if a_days ~= b_days then
    return a_days < b_days and -1 or 1
  end
  return a_rest < b_rest and -1 or a_rest > b_rest and 1 or 0
end

--- interval_eq(a, b): a = b.
local function interval_eq(a, b)
  return interval_cmp(a, b) == 0
end

--- interval_ne(a, b): a <> b.
local function interval_ne(a, b)
  return interval_cmp(a, b) ~= 0
end

--- interval_lt(a, b): a < b.
local function interval_lt(a, b)
  return interval_cmp(a, b) < 0
end

--- interval_le(a, b): a <= b.
local function interval_le(a, b)
  return interval_cmp(a, b) <= 0
end

--- interval_gt(a, b): a > b.
local function interval_gt(a, b)
  return interval_cmp(a, b) > 0
end

--- interval_ge(a, b): a >= b.
local function interval_ge(a, b)
  return interval_cmp(a, b) >= 0
end

--- interval_larger(a, b): the longer of a and b, b when they are equal.
local function interval_larger(a, b)
  return interval_cmp(a, b) > 0 and a or b
end

--- interval_smaller(a, b): the shorter of a and b, b when they are equal.
local function interval_smaller(a, b)
  return interval_cmp(a, b) < 0 and a or b
end

--- interval_finite(span): true; PostgreSQL 15 has no infinite intervals.
local function interval_finite(span)
  return true
end

--- interval_um(span): -span. Raises 22008.
local function interval_um(span)
  local months, days, micros = interval_parts(span)
  return interval_fit(0 - months, 0 - days, wide_sub(0, micros))
end

--- interval_pl(a, b): a + b. Raises 22008.
local function interval_pl(a, b)
  local a_months, a_days, a_micros = interval_parts(a)
  local b_months, b_days, b_micros = interval_parts(b)
  return interval_fit(a_months + b_months, a_days + b_days, wide_add(a_micros, b_micros))
end

--- interval_mi(a, b): a - b. Raises 22008.
local function interval_mi(a, b)
  local a_months, a_days, a_micros = interval_parts(a)
  local b_months, b_days, b_micros = interval_parts(b)
  return interval_fit(a_months - b_months, a_days - b_days, wide_sub(a_micros, b_micros))
end

--- truncate(x): x without its fraction; never -0.
local function truncate(x)
  return (x < 0 and math.ceil(x) or math.floor(x)) + 0
end

--- interval_scaled(months, days, micros): the interval of the doubles months, days and micros: fractions of months become days,
-- fractions of days time. Raises 22008.
local function interval_scaled(months, days, micros)
  if not (months <= 2147483647 and months >= -2147483648 and days <= 2147483647 and days >= -2147483648) then
    raise("22008", "interval out of range") -- NaN too
  end
  local whole_months, whole_days = truncate(months), truncate(days)
  local month_days = dround((months - whole_months) * 30 * 1000000) / 1000000
  local seconds = dround((days - whole_days + month_days - truncate(month_days)) * 86400 * 1000000) / 1000000
  if seconds >= 86400 or seconds <= -86400 then
    local more = truncate(seconds / 86400)
    whole_days = whole_days + more
    seconds = seconds - more * 86400
  end
  whole_days = whole_days + truncate(month_days)
  local time = dround(micros + seconds * 1000000) + 0
  if not (time >= -9223372036854775808 and time < 9223372036854775808) then
    raise("22008", "interval out of range")
  end
  return interval_fit(whole_months, whole_days, wide_parse(("%.0f"):format(time)))
end

--- interval_mul(span, factor): span * factor. Raises 22008.
local function interval_mul(span, factor)
  local months, days, micros = interval_parts(span)
  return interval_scaled(months * factor, days * factor, tonumber(micros) * factor)
end

--- mul_d_interval(factor, span): factor * span. Raises 22008.
local function mul_d_interval(factor, span)
  return interval_mul(span, factor)
end

--- interval_div(span, divisor): span / divisor. Raises 22012, 22008.
local function interval_div(span, divisor)
  if divisor == 0 then
    raise("22012", "division by zero")
  end
  local months, days, micros = interval_parts(span)
  return interval_scaled(months / divisor, days / divisor, tonumber(micros) / divisor)
end

--- interval_justify_hours(span): span with its time below 24 hours, the rest added to its days. Raises 22008.
local function interval_justify_hours(span)
  local months, days, micros = interval_parts(span)
  local more, rest = split_toward_zero(micros)
  days = days + more
  if days > 0 and rest < 0 then
    rest = rest + 86400000000
    days = days - 1
  elseif days < 0 and rest > 0 then
    rest = rest - 86400000000
    days = days + 1
  end
  return interval_fit(months, days, rest)
end

--- interval_justify_days(span): span with its days below 30, the rest added to its months. Raises 22008.
local function interval_justify_days(span)
  local months, days, micros = interval_parts(span)
  local more = div_toward_zero(days, 30)
  days = days - more * 30
  months = months + more
  if months > 0 and days < 0 then
    days = days + 30
    months = months - 1
  elseif months < 0 and days > 0 then
    days = days - 30
    months = months + 1
  end
  return interval_fit(months, days, micros)
end

--- interval_justify_interval(span): span with days below 30, time below 24 hours, and all of one sign. Raises 22008.
local function interval_justify_interval(span)
  local months, days, micros = interval_parts(span)
  local more, rest = split_toward_zero(micros)
  days = days + more
  more = div_toward_zero(days, 30)
  days = days - more * 30
  months = months + more
  if months > 0 and (days < 0 or days == 0 and rest < 0) then
    days = days + 30
    months = months - 1
  elseif months < 0 and (days > 0 or days == 0 and rest > 0) then
    days = days - 30
    months = months + 1
  end
  if days > 0 and rest < 0 then
    rest = rest + 86400000000
    days = days - 1
  elseif days < 0 and rest > 0 then
    rest = rest - 86400000000
    days = days + 1
  end
  return interval_fit(months, days, rest)
end

--- interval_scale(span, typmod): span cut to the fields and rounded to the digits of interval's modifier, fields * 65536 +
-- digits; no fields means all, 65535 digits no rounding. Negative for no modifier. Raises 22008.
local function interval_scale(span, typmod)
  if typmod < 0 then
    return span
  end
  local digits = typmod % 65536
  local fields = (typmod - digits) / 65536 -- bits: 2 MONTH, 4 YEAR, 8 DAY, 1024 HOUR, 2048 MINUTE, 4096 SECOND
  local months, days, micros = interval_parts(span)
  if fields == 4 then
    return interval_make(months - math.fmod(months, 12) + 0, 0, 0)
  elseif fields == 2 or fields == 6 then
    return interval_make(months, 0, 0)
  elseif fields == 8 then
    return interval_make(months, days, 0)
  elseif fields > 0 and fields < 4096 then -- down to hours or minutes
    local _, rest = wide_divmod(micros, fields < 2048 and 3600000000 or 60000000)
    micros = wide_sub(micros, rest)
  end
  if digits < 6 then
    micros = round_micros(micros, digits)
  end
  return interval_fit(months, days, micros)
end

--- name_interval(span): the name form of an interval: its length in microseconds, with months of 30 days.
local function name_interval(span)
  local days, rest = interval_total(span)
  return numeric_add(numeric_mul(("%.0f"):format(days), "86400000000"), ("%.0f"):format(rest))
end
