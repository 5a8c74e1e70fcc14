-- The forms of codec_fixed.lua made and read by the struct library, which libraries of functions always have.

--- enc_u4(n): 4 bytes, big-endian, for 0 to 2^32 - 1.
local function enc_u4(n)
  return struct.pack(">I4", n)
end

--- dec_u4(s, i): the number in bytes i to i + 3 of s, 0 to 2^32 - 1.
local function dec_u4(s, i)
  return (struct.unpack(">I4", s, i))
end

--- enc_i4(n): 4 bytes for an integer or a date.
local function enc_i4(n)
  return struct.pack(">I4", n + 2147483648)
end

--- dec_i4(s, i): the integer or date in bytes i to i + 3 of s.
local function dec_i4(s, i)
  return struct.unpack(">I4", s, i) - 2147483648
end

--- enc_i8(w): 8 bytes for a wide integer.
local function enc_i8(w)
  if w == w + 0 then
    local lo = w % 4294967296
    return struct.pack(">I4I4", (w - lo) / 4294967296 + 2147483648, lo)
  end
  local hi, lo = wide_halves(w)
  return struct.pack(">I4I4", (hi + 2147483648) % 4294967296, lo)
end

--- dec_i8(s, i): the wide integer in bytes i to i + 7 of s.
local function dec_i8(s, i)
  local hi, lo = struct.unpack(">I4I4", s, i)
  hi = hi - 2147483648
  if hi >= -2097152 and hi < 2097152 then
    return hi * 4294967296 + lo
  end
  return wide_from_halves(hi, lo)
end
