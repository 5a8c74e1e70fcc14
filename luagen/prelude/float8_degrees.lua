-- Trigonometry in degrees. As in PostgreSQL, every result is divided by the function's value where it is known, so that 30, 45, 60
-- and 90 degrees give exact answers.

--- radians_per_degree: pi / 180.
local radians_per_degree = 0.0174532925199432957692

--- sind_to_30(x): the sine of x from 0 to 30 degrees (libm).
local function sind_to_30(x)
  return math.sin(x * radians_per_degree) / math.sin(30 * radians_per_degree) / 2
end

--- cosd_to_60(x): the cosine of x from 0 to 60 degrees (libm).
local function cosd_to_60(x)
  local rest = 1 - math.cos(x * radians_per_degree)
  return 1 - rest / (1 - math.cos(60 * radians_per_degree)) / 2
end

--- sind_to_90(x): the sine of x from 0 to 90 degrees (libm).
local function sind_to_90(x)
  return x <= 30 and sind_to_30(x) or x > 30 and cosd_to_60(90 - x) or x
end

--- cosd_to_90(x): the cosine of x from 0 to 90 degrees (libm).
local function cosd_to_90(x)
  return x <= 60 and cosd_to_60(x) or x > 60 and sind_to_30(90 - x) or x
end

--- degree_turn(a): the magnitude of an angle in degrees below a full turn, -0 as it is, and whether it is negative. Raises 22003.
local function degree_turn(a)
  float_domain(a - a == 0 or a ~= a)
  a = math.fmod(a, 360)
  if a < 0 then
    return -a, true
  end
  return a, false
end

--- dsind(a): the sine of a in degrees (libm). Raises 22003.
local function dsind(a)
  local x, negative = degree_turn(a)
  if x > 180 then
    x, negative = 360 - x, not negative
  end
  x = sind_to_90(x > 90 and 180 - x or x)
  return negative and -x or x
end

--- dcosd(a): the cosine of a in degrees (libm). Raises 22003.
local function dcosd(a)
  local x = degree_turn(a)
  if x > 180 then
    x = 360 - x
  end
  if x > 90 then
    return -cosd_to_90(180 - x)
  end
  return cosd_to_90(x)
end

--- degree_ratio(a, above, below): above / below of a in degrees, both functions from 0 to 90 degrees, divided by what it is at 45. Raises
-- 22003.
local function degree_ratio(a, above, below)
  local x, negative = degree_turn(a)
  if x > 180 then
    x, negative = 360 - x, not negative
  end
  if x > 90 then
    x, negative = 180 - x, not negative
  end
  x = above(x) / below(x) / (above(45) / below(45))
  if x == 0 then
    return 0
  end
  return negative and -x or x
end

--- dtand(a): the tangent of a in degrees (libm). Raises 22003.
local function dtand(a)
  return degree_ratio(a, sind_to_90, cosd_to_90)
end

--- dcotd(a): the cotangent of a in degrees (libm). Raises 22003.
local function dcotd(a)
  return degree_ratio(a, cosd_to_90, sind_to_90)
end

--- asind_to_90(x): the arc sine in degrees of x from 0 to 1 (libm).
local function asind_to_90(x)
  if x <= 0.5 then
    return math.asin(x) / math.asin(0.5) * 30
  end
  return 90 - math.acos(x) / math.acos(0.5) * 60
end

--- dasind(a): the arc sine in degrees (libm). Raises 22003.
local function dasind(a)
  float_domain(a ~= a or a >= -1 and a <= 1)
  if a ~= a then
    return a
  end
  return a >= 0 and asind_to_90(a) or -asind_to_90(-a)
end

--- dacosd(a): the arc cosine in degrees (libm). Raises 22003.
local function dacosd(a)
  float_domain(a ~= a or a >= -1 and a <= 1)
  if a ~= a then
    return a
  elseif a < 0 then
    return 90 + asind_to_90(-a)
  elseif a <= 0.5 then
    return 90 - math.asin(a) / math.asin(0.5) * 30
  end
  return math.acos(a) / math.acos(0.5) * 60
end

--- datand(a): the arc tangent in degrees (libm).
local function datand(a)
  return math.atan(a) / math.atan(1) * 45
end

--- datan2d(a, b): the angle of the point (b, a) in degrees (libm).
local function datan2d(a, b)
  return math.atan2(a, b) / math.atan(1) * 45
end
