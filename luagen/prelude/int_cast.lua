-- Integers to and from text and each other.

--- int_in(s, type_name): the digits and sign that s spells without leading zeros. Raises 22P02.
local function int_in(s, type_name)
  local sign, digits = s:match("^[ \t\n\r\f\v]*([-+]?)0*([0-9]*)")
  if digits == "" and not s:find("^[ \t\n\r\f\v]*[-+]?0") then
    raise("22P02", "invalid input syntax for type " .. type_name .. ': "' .. s .. '"')
  end
  return sign == "-" and digits ~= "" and "-" .. digits or digits == "" and "0" or digits
end

--- int_in_end(s, type_name): checks that only digits and white space stand in s after its sign. Raises 22P02.
-- It runs after the range check: PostgreSQL reports a number that is out of range even if text follows it.
local function int_in_end(s, type_name)
  if not s:find("^[ \t\n\r\f\v]*[-+]?[0-9]+[ \t\n\r\f\v]*$") then
    raise("22P02", "invalid input syntax for type " .. type_name .. ': "' .. s .. '"')
  end
end

--- int_in_range(s, limit, type_name): the number that s spells, from -limit - 1 to limit. Raises 22P02, 22003.
local function int_in_range(s, limit, type_name)
  local text = int_in(s, type_name)
  local n = #text < 16 and tonumber(text)
  if not n or n > limit or n < -limit - 1 then
    raise("22003", 'value "' .. s .. '" is out of range for type ' .. type_name)
  end
  int_in_end(s, type_name)
  return n
end

--- int2in(s): the smallint that s spells. Raises 22P02, 22003.
local function int2in(s)
  return int_in_range(s, 32767, "smallint")
end

--- int4in(s): the integer that s spells. Raises 22P02, 22003.
local function int4in(s)
  return int_in_range(s, 2147483647, "integer")
end

--- int8in(s): the bigint that s spells. Raises 22P02, 22003.
local function int8in(s)
  local text = int_in(s, "bigint")
  if #text > 18 then -- 18 digits always fit
    local limit = text:byte(1) == 45 and "-9223372036854775808" or "9223372036854775807"
    if #text > #limit or #text == #limit and bytes_lt(limit, text) then
      raise("22003", 'value "' .. s .. '" is out of range for type bigint')
    end
  end
  int_in_end(s, "bigint")
  return wide_parse(text)
end

--- int4out(n): the text of an integer.
local function int4out(n)
  return ("%.0f"):format(n)
end

--- int2out(n): the text of a smallint.
local int2out = int4out

--- int8out(w): the text of a bigint.
local int8out = wide_text

--- i2toi4(n): n, which fits.
local function i2toi4(n)
  return n
end

--- int28(n): n, which fits.
local int28 = i2toi4

--- int48(n): n, which fits.
local int48 = i2toi4

--- i4toi2(n): n as a smallint. Raises 22003.
local function i4toi2(n)
  if n > 32767 or n < -32768 then
    raise("22003", "smallint out of range")
  end
  return n
end

--- int84(w): w as an integer. Raises 22003.
local function int84(w)
  if w ~= w + 0 or w > 2147483647 or w < -2147483648 then
    raise("22003", "integer out of range")
  end
  return w
end

--- int82(w): w as a smallint. Raises 22003.
local function int82(w)
  if w ~= w + 0 or w > 32767 or w < -32768 then
    raise("22003", "smallint out of range")
  end
  return w
end

--- to_hex32(n): an integer in hexadecimal, negatives in two's complement.
local function to_hex32(n)
  return ("%x"):format(n % 4294967296)
end

--- to_hex64(w): a bigint in hexadecimal, negatives in two's complement.
local function to_hex64(w)
  local hi, lo = wide_halves(w)
  return hi > 0 and ("%x%08x"):format(hi, lo) or ("%x"):format(lo)
end
