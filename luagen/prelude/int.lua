-- smallint, integer and bigint as PostgreSQL computes them. smallint and integer are numbers, bigint is a wide integer, so
-- every operation with a bigint on either side is the bigint one. No result is ever -0, which would print as such.

--- int2pl(a, b): a + b for smallint. Raises 22003.
local function int2pl(a, b)
  local r = a + b
  if r > 32767 or r < -32768 then
    raise("22003", "smallint out of range")
  end
  return r
end

--- int2mi(a, b): a - b for smallint. Raises 22003.
local function int2mi(a, b)
  local r = a - b
  if r > 32767 or r < -32768 then
    raise("22003", "smallint out of range")
  end
  return r
end

--- int2mul(a, b): a * b for smallint. Raises 22003.
local function int2mul(a, b)
  local r = a * b
  if r > 32767 or r < -32768 then
    raise("22003", "smallint out of range")
  end
  return r + 0
end

--- int2div(a, b): a / b truncated toward zero, for smallint. Raises 22012, 22003.
local function int2div(a, b)
  if b == 0 then
    raise("22012", "division by zero")
  end
  local q = a / b
  if q > 32767 then
    raise("22003", "smallint out of range")
  end
  return (q < 0 and math.ceil(q) or math.floor(q)) + 0
end

--- int2um(a): -a for smallint. Raises 22003.
local function int2um(a)
  if a == -32768 then
    raise("22003", "smallint out of range")
  end
  return 0 - a
end

--- int2abs(a): the magnitude of a smallint. Raises 22003.
local function int2abs(a)
  if a == -32768 then
    raise("22003", "smallint out of range")
  end
  return a < 0 and 0 - a or a
end

--- int4pl(a, b): a + b for integer. Raises 22003.
local function int4pl(a, b)
  local r = a + b
  if r > 2147483647 or r < -2147483648 then
    raise("22003", "integer out of range")
  end
  return r
end

--- int4mi(a, b): a - b for integer. Raises 22003.
local function int4mi(a, b)
  local r = a - b
  if r > 2147483647 or r < -2147483648 then
    raise("22003", "integer out of range")
  end
  return r
end

--- int4mul(a, b): a * b for integer. Raises 22003.
local function int4mul(a, b)
  local r = a * b
  if r > 2147483647 or r < -2147483648 then
    raise("22003", "integer out of range")
  end
  return r + 0
end

--- int4div(a, b): a / b truncated toward zero, for integer. Raises 22012, 22003.
local function int4div(a, b)
  if b == 0 then
    raise("22012", "division by zero")
  end
  local q = a / b
  if q > 2147483647 then
    raise("22003", "integer out of range")
  end
  return (q < 0 and math.ceil(q) or math.floor(q)) + 0
end

--- int4um(a): -a for integer. Raises 22003.
local function int4um(a)
  if a == -2147483648 then
    raise("22003", "integer out of range")
  end
  return 0 - a
end

--- int4abs(a): the magnitude of a integer. Raises 22003.
local function int4abs(a)
  if a == -2147483648 then
    raise("22003", "integer out of range")
  end
  return a < 0 and 0 - a or a
end

--- int4mod(a, b): the remainder of a / b, with the sign of a. Raises 22012.
local function int4mod(a, b)
  if b == 0 then
    raise("22012", "division by zero")
  end
  return math.fmod(a, b) + 0
end

--- int2mod(a, b): the remainder of a / b for smallint.
local int2mod = int4mod

--- int8pl(a, b): a + b for bigint. Raises 22003.
local function int8pl(a, b)
  local r = a + b
  if r < 9007199254740992 and r > -9007199254740992 and a == a + 0 and b == b + 0 then
    return r
  end
  r = wide_add(a, b)
  if not r then
    raise("22003", "bigint out of range")
  end
  return r
end

--- int8mi(a, b): a - b for bigint. Raises 22003.
local function int8mi(a, b)
  local r = a - b
  if r < 9007199254740992 and r > -9007199254740992 and a == a + 0 and b == b + 0 then
    return r
  end
  r = wide_sub(a, b)
  if not r then
    raise("22003", "bigint out of range")
  end
  return r
end

--- int8mul(a, b): a * b for bigint. Raises 22003.
local function int8mul(a, b)
  local r = wide_mul(a, b)
  if not r then
    raise("22003", "bigint out of range")
  end
  return r
end

--- wide_quotient(a, b): a / b truncated toward zero; b is not 0. nil when it is outside of bigint, which b = -1 alone can make it.
local function wide_quotient(a, b)
  if a == a + 0 and b == b + 0 then
    local q = a / b -- below 2^53 a quotient is never rounded to an integer that it is not
    return (q < 0 and math.ceil(q) or math.floor(q)) + 0 -- not -0
  end
  return (wide_divmod(a, b))
end

--- int8div(a, b): a / b truncated toward zero, for bigint. Raises 22012, 22003.
local function int8div(a, b)
  if b == 0 then
    raise("22012", "division by zero")
  end
  local q = wide_quotient(a, b)
  if not q then
    raise("22003", "bigint out of range")
  end
  return q
end

--- int8mod(a, b): the remainder of a / b, with the sign of a, for bigint. Raises 22012.
local function int8mod(a, b)
  if b == 0 then
    raise("22012", "division by zero")
  end
  local _, r = wide_divmod(a, b)
  return r
end

--- int8um(a): -a for bigint. Raises 22003.
local function int8um(a)
  return int8mi(0, a)
end

--- int8abs(a): the magnitude of a bigint. Raises 22003.
local function int8abs(a)
  return wide_lt(a, 0) and int8mi(0, a) or a
end

--- int8inc(a): a + 1 for bigint. Raises 22003.
local function int8inc(a)
  return int8pl(a, 1)
end

--- int8dec(a): a - 1 for bigint. Raises 22003.
local function int8dec(a)
  return int8mi(a, 1)
end

--- int4inc(a): a + 1 for integer. Raises 22003.
local function int4inc(a)
  return int4pl(a, 1)
end

--- int4up(a): a itself; also int2up and int8up.
local function int4up(a)
  return a
end

--- int2up(a): a itself.
local int2up = int4up

--- int8up(a): a itself.
local int8up = int4up

--- int4larger(a, b): the greater of a and b.
local function int4larger(a, b)
  return a > b and a or b
end

--- int4smaller(a, b): the lesser of a and b.
local function int4smaller(a, b)
  return a < b and a or b
end

--- int2larger(a, b): the greater of a and b.
local int2larger = int4larger

--- int2smaller(a, b): the lesser of a and b.
local int2smaller = int4smaller

--- int8larger(a, b): the greater of a and b, for bigint.
local function int8larger(a, b)
  return wide_lt(a, b) and b or a
end

--- int8smaller(a, b): the lesser of a and b, for bigint.
local function int8smaller(a, b)
  return wide_lt(b, a) and b or a
end

--- int4gcd(a, b): the greatest common divisor, never negative. Raises 22003.
local function int4gcd(a, b)
  while b ~= 0 do
    local rest = math.fmod(a, b)
    a = b
    b = rest
  end
  return int4abs(a + 0)
end

--- int4lcm(a, b): the least common multiple, never negative. Raises 22003.
local function int4lcm(a, b)
  if a == 0 or b == 0 then
    return 0
  end
  return int4abs(int4mul(a / int4gcd(a, b), b))
end

--- int8gcd(a, b): the greatest common divisor of two bigint, never negative. Raises 22003.
local function int8gcd(a, b)
  while b ~= 0 do
    local rest = int8mod(a, b)
    a = b
    b = rest
  end
  return int8abs(a)
end

--- int8lcm(a, b): the least common multiple of two bigint, never negative. Raises 22003.
local function int8lcm(a, b)
  if a == 0 or b == 0 then
    return 0
  end
  return int8abs(int8mul(int8div(a, int8gcd(a, b)), b))
end
