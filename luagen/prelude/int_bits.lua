-- Bitwise operators. The engines share no bit library, so 32-bit words are combined four bits at a time from a table.

--- nibble_and: the bitwise and of two four-bit numbers a and b at index a * 16 + b.
local nibble_and = (function()
  local t = {}
  for a = 0, 15 do
    for b = 0, 15 do
      local r = 0
      for bit = 0, 3 do
        local p = 2 ^ bit
        if math.floor(a / p) % 2 == 1 and math.floor(b / p) % 2 == 1 then
          r = r + p
        end
      end
      t[a * 16 + b] = r
    end
  end
  return t
end)()

--- u32_and(a, b): the bitwise and of two numbers from 0 to 2^32 - 1.
local function u32_and(a, b)
  local r, place = 0, 1
  while a > 0 and b > 0 do
    local x, y = a % 16, b % 16
    r = r + nibble_and[x * 16 + y] * place
    a, b, place = (a - x) / 16, (b - y) / 16, place * 16
  end
  return r
end

--- int4and(a, b): the bitwise and.
local function int4and(a, b)
  local r = u32_and(a % 4294967296, b % 4294967296)
  return r >= 2147483648 and r - 4294967296 or r
end

--- int4or(a, b): the bitwise or.
local function int4or(a, b)
  return a + b - int4and(a, b)
end

--- int4xor(a, b): the bitwise exclusive or.
local function int4xor(a, b)
  return a + b - 2 * int4and(a, b)
end

--- int4not(a): the bitwise complement.
local function int4not(a)
  return -1 - a
end

--- int4shl(a, n): a shifted left by n modulo 32 bits.
local function int4shl(a, n)
  local bits = n % 32
  local r = a % 2 ^ (32 - bits) * 2 ^ bits
  return r >= 2147483648 and r - 4294967296 or r
end

--- int4shr(a, n): a shifted right by n modulo 32 bits, keeping the sign.
local function int4shr(a, n)
  return math.floor(a / 2 ^ (n % 32))
end

--- int2and(a, b): the bitwise and.
local int2and = int4and

--- int2or(a, b): the bitwise or.
local int2or = int4or

--- int2xor(a, b): the bitwise exclusive or.
local int2xor = int4xor

--- int2not(a): the bitwise complement.
local int2not = int4not

--- int2shl(a, n): a shifted left by n modulo 32 bits, of which the lower 16 stay.
local function int2shl(a, n)
  local r = int4shl(a, n) % 65536
  return r >= 32768 and r - 65536 or r
end

--- int2shr(a, n): a shifted right by n modulo 32 bits, keeping the sign.
local int2shr = int4shr

--- u32_signed(hi): hi, from 0 to 2^32 - 1, as a signed 32-bit number.
local function u32_signed(hi)
  return hi >= 2147483648 and hi - 4294967296 or hi
end

--- int8and(a, b): the bitwise and of two bigint.
local function int8and(a, b)
  local ah, al = wide_halves(a)
  local bh, bl = wide_halves(b)
  return wide_from_halves(u32_signed(u32_and(ah, bh)), u32_and(al, bl))
end

--- int8or(a, b): the bitwise or of two bigint.
local function int8or(a, b)
  local ah, al = wide_halves(a)
  local bh, bl = wide_halves(b)
  return wide_from_halves(u32_signed(ah + bh - u32_and(ah, bh)), al + bl - u32_and(al, bl))
end

--- int8xor(a, b): the bitwise exclusive or of two bigint.
local function int8xor(a, b)
  local ah, al = wide_halves(a)
  local bh, bl = wide_halves(b)
  return wide_from_halves(u32_signed(ah + bh - 2 * u32_and(ah, bh)), al + bl - 2 * u32_and(al, bl))
end

--- int8not(a): the bitwise complement of a bigint.
local function int8not(a)
  return wide_sub(-1, a)
end

--- int8shl(a, n): a bigint shifted left by n modulo 64 bits.
local function int8shl(a, n)
  local hi, lo = wide_halves(a)
  local bits = n % 64
  if bits >= 32 then
    hi = lo
    lo = 0
    bits = bits - 32
  end
  local kept = 2 ^ (32 - bits)
  local low = lo % kept
  hi = hi % kept * 2 ^ bits + (lo - low) / kept
  return wide_from_halves(u32_signed(hi), low * 2 ^ bits)
end

--- int8shr(a, n): a bigint shifted right by n modulo 64 bits, keeping the sign.
local function int8shr(a, n)
  local hi, lo = wide_halves(a)
  local bits = n % 64
  hi = u32_signed(hi)
  if bits >= 32 then
    lo = hi % 4294967296
    hi = hi < 0 and -1 or 0
    bits = bits - 32
  end
  local place = 2 ^ bits
  local low = hi % place
  return wide_from_halves((hi - low) / place, math.floor(lo / place) + low * 2 ^ (32 - bits))
end
