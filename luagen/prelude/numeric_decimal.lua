-- Decimals: numerics of which the program knows the number of digits behind the point, their scale, when it is compiled. A decimal is a
-- number of units of the last digit while that has at most 15 digits, and the numeric itself, as text, beyond that and for NaN. So sums
-- and products are those of numbers. A text is told from a number by that it never equals itself plus 0.

--- decimal_units: the units in one, for as many digits behind the point as the index says.
local decimal_units = {[0] = 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}

--- decimal_of(s, unit): the decimal that a numeric of a scale is; unit is 10 ^ scale.
local function decimal_of(s, unit)
  local x = s * unit -- off by less than a fourth below 10^15
  if x < 1e15 and x > -1e15 then -- and not NaN
    return x + 6755399441055744 - 6755399441055744 -- 3 * 2^51: the nearest whole number
  end
  return s
end

--- decimal_text(x, scale): the numeric that a decimal is.
local function decimal_text(x, scale)
  if x == x + 0 then
    return numeric_formats[scale]:format(x / decimal_units[scale]) -- exact: 15 digits
  end
  return x
end

--- decimal_add(a, b, scale): a + b, both of a scale.
local function decimal_add(a, b, scale)
  local sum = a + b
  if sum < 1e15 and sum > -1e15 and a == a + 0 and b == b + 0 then
    return sum
  end
  return decimal_of(numeric_add(decimal_text(a, scale), decimal_text(b, scale)), decimal_units[scale])
end

--- decimal_sub(a, b, scale): a - b, both of a scale.
local function decimal_sub(a, b, scale)
  local difference = a - b
  if difference < 1e15 and difference > -1e15 and a == a + 0 and b == b + 0 then
    return difference
  end
  return decimal_of(numeric_sub(decimal_text(a, scale), decimal_text(b, scale)), decimal_units[scale])
end

--- decimal_mul(a, b, scale, other): a * b, of the scales given.
local function decimal_mul(a, b, scale, other)
  local product = a * b
  if product < 1e15 and product > -1e15 and a == a + 0 and b == b + 0 then
    return product + 0 -- not -0
  end
  return decimal_of(numeric_mul(decimal_text(a, scale), decimal_text(b, other)), decimal_units[scale + other])
end

--- decimal_eq(a, b, scale): a = b, both of a scale.
local function decimal_eq(a, b, scale)
  return a == b or (a ~= a + 0 or b ~= b + 0) and numeric_eq(decimal_text(a, scale), decimal_text(b, scale))
end

--- decimal_lt(a, b, scale): a < b, both of a scale.
local function decimal_lt(a, b, scale)
  if a == a + 0 and b == b + 0 then
    return a < b
  end
  return numeric_lt(decimal_text(a, scale), decimal_text(b, scale))
end

--- decimal_fit(x, scale, limit, typmod): the decimal of a scale as a value of numeric(p,s) of that scale, whose units are below limit, 10 ^ p;
-- typmod is p * 2^16 + s + 4. Raises 22003.
local function decimal_fit(x, scale, limit, typmod)
  if x == x + 0 and x < limit and x > -limit then
    return x
  end
  return decimal_of(numeric(decimal_text(x, scale), typmod), decimal_units[scale])
end

--- decimal_tally(state, x, scale): the state of a sum of numerics (see numeric_tally) after a decimal of a scale.
-- A nil state is that of no rows; the table is changed in place. Raises 22003.
local function decimal_tally(state, x, scale)
  if not state then
    state = {scale = scale, unit = decimal_units[scale], part = 0}
  end
  local sum = state.part + x
  if sum < 1e15 and sum > -1e15 and x == x + 0 and state.scale == scale then
    state.part = sum
    return state
  end
  return numeric_tally(state, decimal_text(x, scale))
end
