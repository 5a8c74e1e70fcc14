-- Wide integers: a number up to 2^53 in magnitude, the decimal text beyond. The form is canonical, so == compares them.
-- The slow paths split a value into hi * 10^9 + lo, both of the value's sign and both exact in a double.

--- wide_parse(s): the wide integer that decimal text stands for; s has no plus sign and no leading zeros.
local function wide_parse(s)
  local n = tonumber(s)
  if n < 9007199254740992 and n > -9007199254740992 then
    return n
  elseif s == "9007199254740992" or s == "-9007199254740992" then
    return n
  end
  return s
end

--- wide_text(w): the decimal text of a wide integer.
local function wide_text(w)
  return type(w) == "string" and w or ("%.0f"):format(w)
end

--- wide_split(w): hi, lo with w = hi * 10^9 + lo, |lo| < 10^9, both of w's sign or zero.
local function wide_split(w)
  if type(w) == "string" then
    local hi, lo = tonumber(w:sub(1, -10)), tonumber(w:sub(-9))
    if hi < 0 then
      lo = 0 - lo
    end
    return hi, lo
  end
  local lo = math.fmod(w, 1000000000) + 0
  return (w - lo) / 1000000000, lo
end

--- wide_join(hi, lo): hi * 10^9 + lo as a wide integer; nil when it is outside of bigint.
-- |hi| and |lo| are at most 2^53; their signs may differ.
local function wide_join(hi, lo)
  local carry = math.floor(lo / 1000000000)
  hi, lo = hi + carry, lo - carry * 1000000000
  if hi < 9007199 and hi > -9007199 then
    return hi * 1000000000 + lo
  end
  local sign, limit = "", 854775807
  if hi < 0 then
    if lo > 0 then
      hi, lo = hi + 1, lo - 1000000000
    end
    sign, limit, hi, lo = "-", 854775808, 0 - hi, 0 - lo
  end
  if hi > 9223372036 or hi == 9223372036 and lo > limit then
    return nil
  end
  if hi < 9007199 or hi == 9007199 and lo <= 254740992 then
    local n = hi * 1000000000 + lo
    return sign == "" and n or 0 - n
  end
  return ("%s%.0f%09.0f"):format(sign, hi, lo)
end

--- wide_cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local function wide_cmp(a, b)
  if a == b then
    return 0
  end
  local d = a - b -- text becomes the nearest double: a difference that is not 0 has the right sign
  if d ~= 0 then
    return d < 0 and -1 or 1
  end
  local ah, al = wide_split(a)
  local bh, bl = wide_split(b)
  if ah == bh then
    return al < bl and -1 or 1
  end
  return ah < bh and -1 or 1
end

--- int8_key(x): x as a table key, the same as that of an equal integer: a number x of at most 32 bits as x + 0.5, so that it
-- never is an index of a table's array part (see docs/values.md).
local function int8_key(x)
  if type(x) == "number" and x >= -2147483648 and x <= 2147483647 then
    return x + 0.5
  end
  return x
end

--- wide_lt(a, b): a < b.
local function wide_lt(a, b)
  local d = a - b
  if d ~= 0 then
    return d < 0
  end
  return wide_cmp(a, b) < 0
end

--- wide_le(a, b): a <= b.
local function wide_le(a, b)
  local d = a - b
  if d ~= 0 then
    return d < 0
  end
  return wide_cmp(a, b) <= 0
end

--- wide_add(a, b): a + b; nil when it is outside of bigint.
local function wide_add(a, b)
  local sum = a + b
  if sum < 9007199254740992 and sum > -9007199254740992 and a == a + 0 and b == b + 0 then
    return sum -- both are numbers: a text never equals one
  end
  local ah, al = wide_split(a)
  local bh, bl = wide_split(b)
  return wide_join(ah + bh, al + bl)
end

--- wide_sub(a, b): a - b; nil when it is outside of bigint.
local function wide_sub(a, b)
  local difference = a - b
  if difference < 9007199254740992 and difference > -9007199254740992 and a == a + 0 and b == b + 0 then
    return difference
  end
  local ah, al = wide_split(a)
  local bh, bl = wide_split(b)
  return wide_join(ah - bh, al - bl)
end

--- wide_mul(a, b): a * b; nil when it is outside of bigint.
local function wide_mul(a, b)
  local product = a * b
  if product < 9007199254740992 and product > -9007199254740992 and a == a + 0 and b == b + 0 then
    return product + 0 -- not -0
  elseif product > 9.3e18 or product < -9.3e18 then
    return nil
  end
  -- With |a * b| < 9.3e18, ah * bh is at most 9 and the mixed products at most 9.3e9; only al * bl needs splitting.
  local ah, al = wide_split(a)
  local bh, bl = wide_split(b)
  local b_low = math.fmod(bl, 100000)
  local middle = al * ((bl - b_low) / 100000) -- * 10^5, below 10^13
  local middle_low = math.fmod(middle, 10000) -- 10^4 * 10^5 = 10^9
  local hi = ah * bh * 1000000000 + ah * bl + al * bh + (middle - middle_low) / 10000
  return wide_join(hi, middle_low * 100000 + al * b_low)
end

--- wide_divmod(a, b): the quotient of a / b truncated toward zero and the remainder, which has the sign of a; b is not 0.
-- The quotient is nil when it is outside of bigint.
local function wide_divmod(a, b)
  if a == a + 0 and b == b + 0 then
    local r = math.fmod(a, b) + 0
    return (a - r) / b + 0, r
  elseif b == -1 then
    return wide_sub(0, a), 0
  elseif b == "-9223372036854775808" then -- its negation would be outside of bigint
    if a == b then
      return 1, 0
    end
    return 0, a
  end
  local quotient = 0
  while true do
    local estimate = a / b * (1 - 2 ^ -50) -- never beyond the true quotient
    local step = estimate < 0 and math.ceil(estimate) + 0 or math.floor(estimate)
    if step == 0 then
      break
    end
    step = wide_parse(("%.0f"):format(step))
    quotient = wide_add(quotient, step)
    a = wide_sub(a, wide_mul(step, b))
  end
  -- The estimate may have stopped one short.
  local sign = wide_lt(a, 0) == wide_lt(b, 0) and 1 or -1
  local rest = wide_sub(a, wide_mul(sign, b))
  if rest == 0 or wide_lt(rest, 0) == wide_lt(a, 0) and a ~= 0 then
    return wide_add(quotient, sign), rest
  end
  return quotient, a
end

--- wide_halves(w): the upper and lower 32 bits of w in two's complement, both 0 to 2^32 - 1.
local function wide_halves(w)
  local floor = math.floor
  if w == w + 0 then
    local hi = floor(w / 4294967296)
    local lo = w - hi * 4294967296
    return hi < 0 and hi + 4294967296 or hi, lo
  end
  local hi, lo = wide_split(w) -- |hi| < 2^34
  local negative = hi < 0
  if negative then
    hi, lo = -hi, -lo
  end
  -- hi * 10^9 = high * 2^16 + low16 * 10^9, each product exact.
  local low16 = hi % 65536
  local high = (hi - low16) / 65536 * 1000000000 -- * 2^16
  local high_low = high % 65536
  local rest = high_low * 65536 + low16 * 1000000000 + lo
  local carry = floor(rest / 4294967296)
  hi, lo = (high - high_low) / 65536 + carry, rest - carry * 4294967296
  if negative then -- two's complement
    if lo == 0 then
      return 4294967296 - hi, 0
    end
    return 4294967295 - hi, 4294967296 - lo
  end
  return hi, lo
end

--- wide_from_halves(hi, lo): the wide integer hi * 2^32 + lo; hi from -2^31 to 2^31 - 1, lo from 0 to 2^32 - 1.
local function wide_from_halves(hi, lo)
  if hi >= -2097152 and hi < 2097152 then
    return hi * 4294967296 + lo
  end
  -- In decimal: 2^48 = 281474 * 10^9 + 976710656 and 2^32 = 4 * 10^9 + 294967296.
  local low16 = hi % 65536
  local high16 = (hi - low16) / 65536
  return wide_join(high16 * 281474 + low16 * 4, high16 * 976710656 + low16 * 294967296 + lo)
end
