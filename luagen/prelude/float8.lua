-- double precision: arithmetic with PostgreSQL's overflow and underflow errors, and its order, in which NaN equals itself
-- and is greater than everything else.

--- float_negative(x): whether x has a minus sign, as -0 does.
local function float_negative(x)
  return x < 0 or x == 0 and 1 / x < 0
end

--- float_zero(negative): -0 or 0. gopher-lua makes 0 of every -0 that arithmetic yields, except by negation.
local function float_zero(negative)
  local zero = 0
  return negative and -zero or zero
end

--- float_key(x): a table key for x: NaN is none, and gopher-lua would make a small integer an index of an array.
local function float_key(x)
  if x ~= x then
    return "NaN"
  elseif x > 0 and x < 67108864 and x % 1 == 0 then
    return "" .. x
  end
  return x
end

--- float8pl(a, b): a + b. Raises 22003.
local function float8pl(a, b)
  local r = a + b
  if r - r ~= 0 then
    return float_check(r, a - a ~= 0 or b - b ~= 0, true)
  elseif r == 0 then
    return float_zero(float_negative(a) and float_negative(b))
  end
  return r
end

--- float8mi(a, b): a - b. Raises 22003.
local function float8mi(a, b)
  local r = a - b
  if r - r ~= 0 then
    return float_check(r, a - a ~= 0 or b - b ~= 0, true)
  elseif r == 0 then
    return float_zero(float_negative(a) and b == 0 and not float_negative(b))
  end
  return r
end

--- float8mul(a, b): a * b. Raises 22003.
local function float8mul(a, b)
  local r = a * b
  if r - r ~= 0 then
    return float_check(r, a - a ~= 0 or b - b ~= 0, true)
  elseif r == 0 then
    float_check(r, true, a == 0 or b == 0)
    return float_zero(float_negative(a) ~= float_negative(b))
  end
  return r
end

--- float8div(a, b): a / b. Raises 22012, 22003.
local function float8div(a, b)
  if b == 0 and a == a then
    raise("22012", "division by zero")
  end
  local r = a / b
  if r - r ~= 0 then
    return float_check(r, a - a ~= 0, true)
  elseif r == 0 then
    float_check(r, true, a == 0 or b - b ~= 0)
    return float_zero(float_negative(a) ~= float_negative(b))
  end
  return r
end

--- float8um(a): -a.
local function float8um(a)
  return -a
end

--- float8up(a): a itself.
local function float8up(a)
  return a
end

--- float8abs(a): the magnitude of a.
local float8abs = math.abs

--- float8eq(a, b): a = b.
local function float8eq(a, b)
  return a == b or a ~= a and b ~= b
end

--- float8ne(a, b): a <> b.
local function float8ne(a, b)
  return a ~= b and (a == a or b == b)
end

--- float8lt(a, b): a < b.
local function float8lt(a, b)
  return a < b or b ~= b and a == a
end

--- float8le(a, b): a <= b.
local function float8le(a, b)
  return a <= b or b ~= b
end

--- float8gt(a, b): a > b.
local function float8gt(a, b)
  return a > b or a ~= a and b == b
end

--- float8ge(a, b): a >= b.
local function float8ge(a, b)
  return a >= b or a ~= a
end

--- btfloat8cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local function btfloat8cmp(a, b)
  if a < b then
    return -1
  elseif a > b then
    return 1
  elseif a == b then
    return 0
  end
  return a == a and -1 or b == b and 1 or 0
end

--- float8larger(a, b): the greater of a and b, the second of equals.
local function float8larger(a, b)
  return float8gt(a, b) and a or b
end

--- float8smaller(a, b): the lesser of a and b, the second of equals.
local function float8smaller(a, b)
  return float8lt(a, b) and a or b
end

--- dround(a): a rounded to an integer, halves to even.
local dround = float_rint

--- dtrunc(a): a without its fraction.
local function dtrunc(a)
  return a < 0 and math.ceil(a) or math.floor(a)
end

--- dceil(a): the least integer not less than a.
local dceil = math.ceil

--- dfloor(a): the greatest integer not greater than a.
local dfloor = math.floor

--- dsign(a): -1, 0 or 1.
local function dsign(a)
  return a > 0 and 1 or a < 0 and -1 or 0
end

--- dsqrt(a): the square root. Raises 2201F.
local function dsqrt(a)
  if a < 0 then
    raise("2201F", "cannot take square root of a negative number")
  end
  return math.sqrt(a)
end

--- dpi(): pi.
local function dpi()
  return math.pi
end

--- degrees(a): radians as degrees. Raises 22003.
local function degrees(a)
  return float8div(a, 0.0174532925199432957692)
end

--- radians(a): degrees as radians. Raises 22003.
local function radians(a)
  return float8mul(a, 0.0174532925199432957692)
end

--- i4tod(n): an integer as double precision.
local function i4tod(n)
  return n
end

--- i2tod(n): a smallint as double precision.
local i2tod = i4tod

--- i8tod(w): a bigint as double precision, halves to even.
local function i8tod(w)
  return w + 0
end

--- dtoi4(a): a as integer, halves to even. Raises 22003.
local function dtoi4(a)
  local n = float_rint(a)
  if n >= -2147483648 and n <= 2147483647 then
    return n + 0
  end
  raise("22003", "integer out of range")
end

--- dtoi2(a): a as smallint, halves to even. Raises 22003.
local function dtoi2(a)
  local n = float_rint(a)
  if n >= -32768 and n <= 32767 then
    return n + 0
  end
  raise("22003", "smallint out of range")
end

--- dtoi8(a): a as bigint, halves to even. Raises 22003.
local function dtoi8(a)
  local n = float_rint(a)
  if n <= 9007199254740992 and n >= -9007199254740992 then
    return n + 0
  elseif n >= -9223372036854775808 and n < 9223372036854775808 then
    return ("%.0f"):format(n)
  end
  raise("22003", "bigint out of range")
end

--- ftoi4(a): a real as integer, halves to even. Raises 22003.
local ftoi4 = dtoi4

--- ftoi2(a): a real as smallint, halves to even. Raises 22003.
local ftoi2 = dtoi2

--- ftoi8(a): a real as bigint, halves to even. Raises 22003.
local ftoi8 = dtoi8

--- width_bucket_float8(x, low, high, count): the bucket, 0 to count + 1, of x in count equal buckets. Raises 2201G, 22003.
local function width_bucket_float8(x, low, high, count)
  if count <= 0 then
    raise("2201G", "count must be greater than zero")
  elseif x ~= x or low ~= low or high ~= high then
    raise("2201G", "operand, lower bound, and upper bound cannot be NaN")
  elseif low - low ~= 0 or high - high ~= 0 then
    raise("2201G", "lower and upper bounds must be finite")
  elseif low == high then
    raise("2201G", "lower bound cannot equal upper bound")
  end
  local outside = low < high and (x < low and 0 or x >= high and count + 1)
    or low > high and (x > low and 0 or x <= high and count + 1)
  if outside then
    if outside > 2147483647 then
      raise("22003", "integer out of range")
    end
    return outside
  end
  -- PostgreSQL 15 multiplies first, and converts what overflows as the processor does.
  local bucket
  if low < high then
    bucket = count * (x - low) / (high - low) + 1
  else
    bucket = count * (low - x) / (low - high) + 1
  end
  return bucket < 2147483648 and math.floor(bucket) or -2147483648
end
