-- Fixed-width forms of docs/values.md, for rows and sort keys alike. enc_* makes the form, dec_*(s, i) reads it at byte
-- i of s. Integers are big-endian with the sign bit flipped, so that bytes order as numbers do.

--- enc_bool(b): 1 byte.
local function enc_bool(b)
  return b and "\1" or "\0"
end

--- dec_bool(s, i): the boolean in byte i of s.
local function dec_bool(s, i)
  return s:byte(i) == 1
end

--- enc_u1(n): 1 byte for 0 to 255: an enum's ordinal.
local function enc_u1(n)
  return string.char(n)
end

--- dec_u1(s, i): the number in byte i of s.
local function dec_u1(s, i)
  return s:byte(i)
end

--- enc_u2(n): 2 bytes for 0 to 65535: the ordinal of an enum of more than 255 labels.
local function enc_u2(n)
  return string.char(math.floor(n / 256), n % 256)
end

--- dec_u2(s, i): the number in bytes i and i + 1 of s.
local function dec_u2(s, i)
  local a, b = s:byte(i, i + 1)
  return a * 256 + b
end

--- enc_u4(n): 4 bytes, big-endian, for 0 to 2^32 - 1.
local function enc_u4(n)
  local floor = math.floor
  return string.char(floor(n / 16777216), floor(n / 65536) % 256, floor(n / 256) % 256, n % 256)
end

--- dec_u4(s, i): the number in bytes i to i + 3 of s, 0 to 2^32 - 1.
local function dec_u4(s, i)
  local a, b, c, d = s:byte(i, i + 3)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

--- enc_i2(n): 2 bytes for a smallint.
local function enc_i2(n)
  n = n + 32768
  return string.char(math.floor(n / 256), n % 256)
end

--- dec_i2(s, i): the smallint in bytes i and i + 1 of s.
local function dec_i2(s, i)
  local a, b = s:byte(i, i + 1)
  return a * 256 + b - 32768
end

--- enc_i4(n): 4 bytes for an integer or a date.
local function enc_i4(n)
  n = n + 2147483648
  local floor = math.floor
  return string.char(floor(n / 16777216), floor(n / 65536) % 256, floor(n / 256) % 256, n % 256)
end

--- dec_i4(s, i): the integer or date in bytes i to i + 3 of s.
local function dec_i4(s, i)
  local a, b, c, d = s:byte(i, i + 3)
  return ((a * 256 + b) * 256 + c) * 256 + d - 2147483648
end

--- enc_i8(w): 8 bytes for a wide integer.
local function enc_i8(w)
  local hi, lo = wide_halves(w)
  local floor = math.floor
  return string.char((floor(hi / 16777216) + 128) % 256, floor(hi / 65536) % 256, floor(hi / 256) % 256, hi % 256,
    floor(lo / 16777216), floor(lo / 65536) % 256, floor(lo / 256) % 256, lo % 256)
end

--- lex_after_i8(mark, w): lex_after of enc_i8(w).
local function lex_after_i8(mark, w)
  if w == w + 0 and w < 9007199254740991 then
    return mark .. enc_i8(w + 1)
  end
  return lex_after(mark, enc_i8(w))
end

--- dec_i8(s, i): the wide integer in bytes i to i + 7 of s.
local function dec_i8(s, i)
  local a, b, c, d, e, f, g, h = s:byte(i, i + 7)
  local hi = ((a * 256 + b) * 256 + c) * 256 + d - 2147483648
  local lo = ((e * 256 + f) * 256 + g) * 256 + h
  if hi >= -2097152 and hi < 2097152 then
    return hi * 4294967296 + lo
  end
  return wide_from_halves(hi, lo)
end

--- enc_f8(x): 8 bytes for a double; the row form, which keeps -0. There is one NaN.
local function enc_f8(x)
  local hi, lo
  local negative = x < 0 or x == 0 and 1 / x < 0
  if x ~= x then
    hi, lo = 2146959360, 0 -- 7ff80000 00000000
  elseif x - x ~= 0 then
    hi, lo = 2146435072, 0 -- 7ff00000 00000000
  else
    if negative then
      x = -x
    end
    local mantissa, exponent = math.frexp(x) -- x = mantissa * 2^exponent, mantissa in [0.5, 1)
    local fraction, biased
    if x < 2.2250738585072014e-308 then
      fraction, biased = x * 2 ^ 537 * 2 ^ 537, 0
    else
      fraction, biased = mantissa * 2 ^ 53 - 2 ^ 52, exponent + 1022
    end
    local high = math.floor(fraction / 4294967296)
    hi, lo = biased * 1048576 + high, fraction - high * 4294967296
  end
  if negative then
    return enc_u4(2147483647 - hi) .. enc_u4(4294967295 - lo)
  end
  return enc_u4(hi + 2147483648) .. enc_u4(lo)
end

--- enc_f8_key(x): 8 bytes for a double in a sort key, where -0 is 0.
local function enc_f8_key(x)
  return enc_f8(x == 0 and 0 or x)
end

--- dec_f8(s, i): the double in bytes i to i + 7 of s.
local function dec_f8(s, i)
  local a, b, c, d, e, f, g, h = s:byte(i, i + 7)
  local sign = 1
  if a >= 128 then
    a = a - 128
  else
    sign = -1
    a, b, c, d, e, f, g, h = 127 - a, 255 - b, 255 - c, 255 - d, 255 - e, 255 - f, 255 - g, 255 - h
  end
  local biased = a * 16 + math.floor(b / 16)
  local fraction = ((((((b % 16) * 256 + c) * 256 + d) * 256 + e) * 256 + f) * 256 + g) * 256 + h
  if biased == 2047 then
    return fraction == 0 and sign / 0 or 0 / 0
  end
  local x = biased == 0 and math.ldexp(fraction, -1074) or math.ldexp(fraction + 2 ^ 52, biased - 1075)
  return sign < 0 and -x or x -- -0 must come from a negation, see float_zero
end

--- enc_f4(x): 4 bytes for a real, given as a double that is exactly one; the row form, which keeps -0.
local function enc_f4(x)
  local bits
  local negative = x < 0 or x == 0 and 1 / x < 0
  if x ~= x then
    bits = 2143289344 -- 7fc00000
  elseif x - x ~= 0 then
    bits = 2139095040 -- 7f800000
  else
    if negative then
      x = -x
    end
    if x < 2 ^ -126 then
      bits = x * 2 ^ 149
    else
      local mantissa, exponent = math.frexp(x)
      bits = (exponent + 126) * 8388608 + mantissa * 16777216 - 8388608
    end
  end
  return enc_u4(negative and 2147483647 - bits or bits + 2147483648)
end

--- enc_f4_key(x): 4 bytes for a real in a sort key, where -0 is 0.
local function enc_f4_key(x)
  return enc_f4(x == 0 and 0 or x)
end

--- dec_f4(s, i): the real in bytes i to i + 3 of s.
local function dec_f4(s, i)
  local bits, sign = dec_u4(s, i), 1
  if bits >= 2147483648 then
    bits = bits - 2147483648
  else
    bits, sign = 2147483647 - bits, -1
  end
  local biased = math.floor(bits / 8388608)
  local fraction = bits - biased * 8388608
  if biased == 255 then
    return fraction == 0 and sign / 0 or 0 / 0
  end
  local x = biased == 0 and math.ldexp(fraction, -149) or math.ldexp(fraction + 8388608, biased - 150)
  return sign < 0 and -x or x
end
