-- Functions of the C library ("libm"): a server linked with the C library that PostgreSQL runs on gives PostgreSQL's digits;
-- another one, and miniredis, may differ in the last.

--- dpow(a, b): a to the power b (libm). Raises 2201F, 22003.
local function dpow(a, b)
  if a ~= a then
    return b == 0 and 1 or a
  elseif b ~= b then
    return a == 1 and 1 or b
  elseif a == 0 and b < 0 then
    raise("2201F", "zero raised to a negative power is undefined")
  elseif a < 0 and b ~= math.floor(b) then
    raise("2201F", "a negative number raised to a non-integer power yields a complex result")
  elseif b - b ~= 0 then
    local magnitude = a < 0 and -a or a
    if magnitude == 1 then
      return 1
    end
    return (magnitude > 1) == (b > 0) and 1 / 0 or 0
  elseif a - a ~= 0 then
    if b == 0 then
      return 1
    end
    local odd = a < 0 and b / 2 ~= math.floor(b / 2)
    if b > 0 then
      return odd and a or 1 / 0
    end
    return odd and -1 / (1 / 0) or 0
  end
  return float_check(a ^ b, false, a == 0)
end

--- dexp(a): e to the power a (libm). Raises 22003.
local function dexp(a)
  if a ~= a then
    return a
  elseif a - a ~= 0 then
    return a > 0 and a or 0
  end
  return float_check(math.exp(a), false, false)
end

--- float_log_domain(a): checks that a has a logarithm. Raises 2201E.
local function float_log_domain(a)
  if a == 0 then
    raise("2201E", "cannot take logarithm of zero")
  elseif a < 0 then
    raise("2201E", "cannot take logarithm of a negative number")
  end
end

--- dlog1(a): the natural logarithm (libm). Raises 2201E.
local function dlog1(a)
  float_log_domain(a)
  return math.log(a)
end

--- dlog10(a): the decimal logarithm (libm). Raises 2201E.
local function dlog10(a)
  float_log_domain(a)
  return math.log10(a)
end

--- float_domain(inside): checks that an argument is inside of a function's domain. Raises 22003.
local function float_domain(inside)
  if not inside then
    raise("22003", "input is out of range")
  end
end

--- dsin(a): the sine (libm). Raises 22003.
local function dsin(a)
  float_domain(a - a == 0 or a ~= a)
  return math.sin(a)
end

--- dcos(a): the cosine (libm). Raises 22003.
local function dcos(a)
  float_domain(a - a == 0 or a ~= a)
  return math.cos(a)
end

--- dtan(a): the tangent (libm). Raises 22003.
local function dtan(a)
  float_domain(a - a == 0 or a ~= a)
  return math.tan(a)
end

--- dcot(a): the cotangent (libm). Raises 22003.
local function dcot(a)
  float_domain(a - a == 0 or a ~= a)
  return 1 / math.tan(a)
end

--- dasin(a): the arc sine (libm). Raises 22003.
local function dasin(a)
  float_domain(a ~= a or a >= -1 and a <= 1)
  return math.asin(a)
end

--- dacos(a): the arc cosine (libm). Raises 22003.
local function dacos(a)
  float_domain(a ~= a or a >= -1 and a <= 1)
  return math.acos(a)
end

--- datan(a): the arc tangent (libm).
local datan = math.atan

--- datan2(a, b): the angle of the point (b, a) (libm).
local datan2 = math.atan2

--- dsinh(a): the hyperbolic sine (libm).
local dsinh = math.sinh

--- dcosh(a): the hyperbolic cosine (libm).
local dcosh = math.cosh

--- dtanh(a): the hyperbolic tangent (libm).
local dtanh = math.tanh
