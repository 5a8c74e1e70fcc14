-- numeric: rounding, scales and the limits of numeric(p,s). All of it works on the text, digit by digit.

--- digits_increment(digits): the decimal digits plus one; one digit longer when all are nines.
local function digits_increment(digits)
  local i = #digits
  while digits:byte(i) == 57 and i > 0 do
    i = i - 1
  end
  local zeros = ("0"):rep(#digits - i)
  if i == 0 then
    return "1" .. zeros
  end
  return digits:sub(1, i - 1) .. string.char(digits:byte(i) + 1) .. zeros
end

--- numeric_cut(s, scale, half_up): a finite numeric cut off at scale, which may be negative; when half_up, rounded there with
-- halves away from 0.
local function numeric_cut(s, scale, half_up)
  local negative, digits, have = numeric_split(s)
  if have <= scale then
    return numeric_make(negative, digits .. ("0"):rep(scale - have), scale)
  end
  local keep = #digits - have + scale -- digits that stay; negative when a zero more than all goes
  if keep < 0 then
    return scale > 0 and "0." .. ("0"):rep(scale) or "0"
  end
  local kept = digits:sub(1, keep)
  if half_up and digits:byte(keep + 1) >= 53 then
    kept = digits_increment(kept)
  end
  if scale < 0 then
    return numeric_make(negative, kept .. ("0"):rep(-scale), 0)
  end
  return numeric_make(negative, kept, scale)
end

--- numeric_round(s, n): s rounded to n decimals, halves away from 0; n is 0 when nil, and may be negative.
local function numeric_round(s, n)
  if s:byte(-1) > 57 then
    return s
  end
  return numeric_cut(s, math.max(-131073, math.min(16383, n or 0)), true)
end

--- numeric_trunc(s, n): s cut off after n decimals; n is 0 when nil, and may be negative.
local function numeric_trunc(s, n)
  if s:byte(-1) > 57 then
    return s
  end
  return numeric_cut(s, math.max(-131073, math.min(16383, n or 0)), false)
end

--- numeric_floor(s): the greatest integer not greater than s.
local function numeric_floor(s)
  if s:byte(-1) > 57 then
    return s
  end
  local whole = numeric_cut(s, 0, false)
  if s:byte(1) == 45 and s:find("%.0*[1-9]") then
    return numeric_sub(whole, "1")
  end
  return whole
end

--- numeric_ceil(s): the least integer not less than s.
local function numeric_ceil(s)
  return numeric_uminus(numeric_floor(numeric_uminus(s)))
end

--- numeric_trim_scale(s): s without the zeros at the end of its fraction.
local function numeric_trim_scale(s)
  if not s:find(".", 1, true) then
    return s
  end
  s = trim_zeros(s)
  return s:byte(-1) == 46 and s:sub(1, -2) or s
end

--- numeric_min_scale(s): the least scale that holds s without loss; nil for NaN and the infinities.
local function numeric_min_scale(s)
  return numeric_scale(numeric_trim_scale(s))
end

--- numeric_fit(s, precision, scale): s as numeric(precision,scale), rounded; scale may be negative. Raises 22003.
local function numeric_fit(s, precision, scale)
  if s:byte(-1) > 57 then
    if s == "NaN" then
      return s
    end
    raise("22003", "numeric field overflow", {
      detail = ("A field with precision %.0f, scale %.0f cannot hold an infinite value."):format(precision, scale),
    })
  end
  if scale < 0 or s:byte(-1 - scale) ~= 46 or scale == 0 then -- not of this scale already
    s = numeric_cut(s, scale, true)
  end
  local most, size = precision - scale, 0
  local point = s:find(".", 1, true)
  local whole = point and point - 1 or #s
  if s:byte(1) == 45 then
    whole = whole - 1
  end
  -- The place of the first digit that is not zero, counted from the point.
  local first = s:find("[1-9]")
  if first and point and first > point then
    size = point + 1 - first
  elseif first then
    size = whole
  end
  if first and size > most then
    raise("22003", "numeric field overflow", {
      detail = ("A field with precision %.0f, scale %.0f must round to an absolute value less than %s%.0f."):format(precision, scale,
        most == 0 and "" or "10^", most == 0 and 1 or most),
    })
  end
  return s
end

--- numeric(s, typmod): s as numeric(p,s), the modifier being p * 65536 + s % 2048 + 4; any numeric when it is below 4. Raises 22003.
local function numeric(s, typmod)
  if typmod < 4 then
    return s
  end
  local scale = (typmod - 4) % 2048
  return numeric_fit(s, math.floor((typmod - 4) / 65536), scale >= 1024 and scale - 2048 or scale)
end
