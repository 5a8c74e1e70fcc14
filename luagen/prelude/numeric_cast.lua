-- numeric to and from text, integers and floats.

--- numeric_in(s): the numeric that s spells. Raises 22P02, 22003.
local function numeric_in(s)
  local body = trim_space(s)
  local sign, whole, point, fraction, tail = body:match("^([-+]?)([0-9]*)(%.?)([0-9]*)(.*)$")
  local exponent = 0
  if tail ~= "" then
    local word = float_words[body:lower()]
    if word and (word == word or body:byte(1) > 57) then -- NaN has no sign
      return float_special(word)
    end
    local e = tail:match("^[eE]([-+]?[0-9]+)$")
    if e then
      tail = ""
      exponent = #e < 12 and tonumber((e:gsub("^+", ""))) or 1e12
    end
  end
  if tail ~= "" or whole .. fraction == "" then
    raise("22P02", 'invalid input syntax for type numeric: "' .. s .. '"')
  elseif exponent >= 1073741823 or exponent <= -1073741823 then
    numeric_overflow()
  end
  local digits, scale = whole .. fraction, #fraction - exponent
  if scale < 0 then
    if not digits:find("[1-9]") then
      return "0"
    elseif #digits - scale > 140000 + #digits:match("^0*") then
      numeric_overflow()
    end
    digits = digits .. ("0"):rep(-scale)
    scale = 0
  elseif scale > 16383 then
    numeric_overflow()
  end
  return numeric_make(sign == "-", digits, scale)
end

--- numeric_out(s): the text of a numeric, which it already is.
local function numeric_out(s)
  return s
end

--- int4_numeric(n): an integer as numeric.
local int4_numeric = int4out

--- int2_numeric(n): a smallint as numeric.
local int2_numeric = int4out

--- int8_numeric(w): a bigint as numeric.
local int8_numeric = wide_text

--- numeric_to_integer(s, type_name): the digits of s rounded to an integer, halves away from 0. Raises 0A000.
local function numeric_to_integer(s, type_name)
  if s:byte(-1) > 57 then
    raise("0A000", "cannot convert " .. (s == "NaN" and "NaN" or "infinity") .. " to " .. type_name)
  end
  return numeric_cut(s, 0, true)
end

--- numeric_int4(s): s as integer, halves away from 0. Raises 22003, 0A000.
local function numeric_int4(s)
  local text = numeric_to_integer(s, "integer")
  local n = #text < 12 and tonumber(text)
  if not n or n > 2147483647 or n < -2147483648 then
    raise("22003", "integer out of range")
  end
  return n
end

--- numeric_int2(s): s as smallint, halves away from 0. Raises 22003, 0A000.
local function numeric_int2(s)
  local text = numeric_to_integer(s, "smallint")
  local n = #text < 7 and tonumber(text)
  if not n or n > 32767 or n < -32768 then
    raise("22003", "smallint out of range")
  end
  return n
end

--- numeric_int8(s): s as bigint, halves away from 0. Raises 22003, 0A000.
local function numeric_int8(s)
  local text = numeric_to_integer(s, "bigint")
  if #text > 18 then
    local limit = text:byte(1) == 45 and "-9223372036854775808" or "9223372036854775807"
    if #text > #limit or #text == #limit and bytes_lt(limit, text) then
      raise("22003", "bigint out of range")
    end
  end
  return wide_parse(text)
end

--- numeric_from_float(x, digits): a float as numeric, by way of that many significant digits.
local function numeric_from_float(x, digits)
  if x - x ~= 0 then
    return float_special(x)
  end
  return numeric_in(("%." .. digits .. "g"):format(x))
end

--- float8_numeric(x): a double precision as numeric, of 15 significant digits.
local function float8_numeric(x)
  return numeric_from_float(x, 15)
end

--- float4_numeric(x): a real as numeric, of 6 significant digits.
local function float4_numeric(x)
  return numeric_from_float(x, 6)
end

--- numeric_float8(s): s as double precision. Raises 22003.
local numeric_float8 = float8in

--- numeric_float4(s): s as real. Raises 22003.
local numeric_float4 = float4in
