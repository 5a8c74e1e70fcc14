-- numeric: roots, exponentials, logarithms, powers. The scales of results are PostgreSQL's (numeric.c); the values are
-- computed with at least ten digits more than the result shows, then rounded, halves away from 0. Fixed-point numbers
-- are natural numbers in units of 10^-places, places a multiple of seven so that rescaling drops whole limbs.

--- numeric_double(s): the double nearest to a finite numeric; infinite or 0 beyond the range of doubles.
local function numeric_double(s)
  local x = tonumber(s:find(".", 1, true) and s or s .. ".0")
  return x or s:byte(1) == 45 and -1 / 0 or 1 / 0
end

--- numeric_root(s, scale): the square root of a finite numeric that is not negative, rounded to scale.
local function numeric_root(s, scale)
  local _, digits, have = numeric_split(s)
  local root = nat_sqrt(nat_shift(nat_parse(digits), 2 * (scale + 1) - have))
  return numeric_make(false, nat_text(nat_round(root, 1)), scale)
end

--- numeric_sqrt(s): the square root, with at least 16 significant digits. Raises 2201F.
local function numeric_sqrt(s)
  if s:byte(1) == 45 then
    raise("2201F", "cannot take square root of a negative number")
  elseif s:byte(-1) > 57 then
    return s
  end
  local weight = numeric_lead(s)
  return numeric_root(s, numeric_clamp_scale(math.max(15 - 2 * weight, numeric_scale(s))))
end

--- fixed_atanh(z, places): the inverse hyperbolic tangent of z, which is below 1/4, both in units of 10^-places.
local function fixed_atanh(z, places)
  local square = nat_shift(nat_mul(z, z), -places)
  local sum, power, k = z, z, 1
  while #power > 0 do
    power = nat_shift(nat_mul(power, square), -places)
    k = k + 2
    sum = nat_add(sum, (nat_div_small(power, k)))
  end
  return sum
end

--- fixed_ln_ratio(n, places): the natural logarithm of (n + 1) / (n - 1), that is 2 atanh(1/n), in units of 10^-places, for a
-- small integer n.
local function fixed_ln_ratio(n, places)
  local power, k = nat_div_small(nat_shift({2}, places), n), 1
  local sum = power
  while #power > 0 do
    power = nat_div_small(power, n * n)
    k = k + 2
    sum = nat_add(sum, (nat_div_small(power, k)))
  end
  return sum
end

--- fixed_ln2_ln10(places): the natural logarithms of 2 and of 10 in units of 10^-places.
local function fixed_ln2_ln10(places)
  local ln2 = fixed_ln_ratio(3, places)
  return ln2, nat_add(nat_mul_small(ln2, 3), fixed_ln_ratio(9, places)) -- 10 = 2^3 * 10/8
end

--- numeric_ln_to(s, scale): the natural logarithm of a finite numeric, rounded to scale, which may be any number. Raises 2201E.
local function numeric_ln_to(s, scale)
  local negative, digits, have = numeric_split(s)
  local first = digits:find("[1-9]")
  if not first then
    raise("2201E", "cannot take logarithm of zero")
  elseif negative then
    raise("2201E", "cannot take logarithm of a negative number")
  end
  digits = digits:sub(first)
  local tens = #digits - have - 1 -- s = u * 2^twos * 10^tens, u from 0.75 to 1.5 and digits 1 to 10 times u's
  local lead = tonumber((digits .. "00"):sub(1, 3)) / 100
  local twos = lead >= 6 and 3 or lead >= 3 and 2 or lead >= 1.5 and 1 or 0
  local places = math.ceil((scale + 20) / 7) * 7
  local one = nat_shift({1}, places)
  local u = nat_parse(digits .. ("0"):rep(places - #digits + 1))
  if #digits - 1 > places then -- more digits than count: keep the places that do
    u = nat_shift(u, places - #digits + 1)
  end
  u = nat_div_small(u, 2 ^ twos)
  local below = nat_cmp(u, one) < 0
  local z = nat_divmod(nat_shift(below and nat_sub(one, u) or nat_sub(u, one), places), nat_add(u, one))
  local rest = nat_mul_small(fixed_atanh(z, places), 2)
  local ln2, ln10 = fixed_ln2_ln10(places)
  local plus, minus = {}, {}
  if twos > 0 then
    plus = nat_mul_small(ln2, twos)
  end
  if below then
    minus = rest
  else
    plus = nat_add(plus, rest)
  end
  if tens > 0 then
    plus = nat_add(plus, nat_mul_small(ln10, tens))
  elseif tens < 0 then
    minus = nat_add(minus, nat_mul_small(ln10, -tens))
  end
  negative = nat_cmp(plus, minus) < 0
  local magnitude = negative and nat_sub(minus, plus) or nat_sub(plus, minus)
  return numeric_make(negative, nat_text(nat_round(magnitude, places - scale)), scale)
end

--- numeric_aligned(s): the base-10000 digits of a finite numeric as a table, the first and the last not zero, and the weight of
-- the first; {} and 0 for zero. It is the form PostgreSQL computes with.
local function numeric_aligned(s)
  local _, digits, scale = numeric_split(s)
  local whole = #digits - scale
  digits = ("0"):rep(-whole % 4) .. digits .. ("0"):rep(-scale % 4)
  local groups, n, weight = {}, 0, math.ceil(whole / 4) - 1
  for i = 1, #digits, 4 do
    local group = tonumber(digits:sub(i, i + 3))
    if n > 0 or group > 0 then
      n = n + 1
      groups[n] = group
    else
      weight = weight - 1
    end
  end
  nat_trim(groups, n)
  return groups, n == 0 and 0 or weight
end

--- numeric_groups(s, count): the first count base-10000 digits of a finite numeric as one number, and the power of ten of its
-- last decimal.
local function numeric_groups(s, count)
  local groups, weight = numeric_aligned(s)
  local n = #groups < count and #groups or count
  local value = 0
  for i = 1, n do
    value = value * 10000 + groups[i]
  end
  return value, (weight - n + 1) * 4
end

--- numeric_ln_weight(s): an estimate of the decimal weight of the natural logarithm of s; 0 where it has none.
local function numeric_ln_weight(s)
  if numeric_sign_of(s) <= 0 then
    return 0
  elseif numeric_cmp(s, "0.9") >= 0 and numeric_cmp(s, "1.1") <= 0 then -- ln(1 + x) is about x
    local weight, digit = numeric_lead(numeric_sub(s, "1"))
    return digit == 0 and 0 or weight * 4 + math.floor(math.log10(digit))
  end
  local value, exponent = numeric_groups(s, 2)
  return dtrunc(math.log10(math.abs(math.log(value) + exponent * 2.302585092994046)))
end

--- numeric_ln(s): the natural logarithm, with at least 16 significant digits. Raises 2201E.
local function numeric_ln(s)
  if s == "-Infinity" then
    raise("2201E", "cannot take logarithm of a negative number")
  elseif s:byte(-1) > 57 then
    return s
  end
  return numeric_ln_to(s, numeric_clamp_scale(math.max(16 - numeric_ln_weight(s), numeric_scale(s))))
end

--- numeric_log(base, s): the logarithm of s to that base, with at least 16 significant digits. Raises 2201E, 22012.
local function numeric_log(base, s)
  if base == "NaN" or s == "NaN" then
    return "NaN"
  end
  if numeric_special(base) or numeric_special(s) then
    local sign_base, sign = numeric_sign_of(base), numeric_sign_of(s)
    if sign_base < 0 or sign < 0 then
      raise("2201E", "cannot take logarithm of a negative number")
    elseif sign_base == 0 or sign == 0 then
      raise("2201E", "cannot take logarithm of zero")
    elseif base ~= "Infinity" then
      return s
    end
    return s == "Infinity" and "NaN" or "0"
  end
  local weight_base, weight = numeric_ln_weight(base), numeric_ln_weight(s)
  local scale = numeric_clamp_scale(math.max(16 - weight + weight_base, numeric_scale(base), numeric_scale(s)))
  local ln_base = numeric_ln_to(base, math.max(scale + weight - 2 * weight_base + 8, 0))
  return numeric_quotient(numeric_ln_to(s, math.max(scale - weight_base + 8, 0)), ln_base, scale)
end

--- numeric_exp_to(s, scale): e to the power s for a finite numeric, rounded to scale. Raises 22003.
local function numeric_exp_to(s, scale)
  local x = numeric_double(s)
  if x >= 6000 then
    numeric_overflow()
  elseif x <= -6000 then
    return numeric_layout(false, "0", scale)
  end
  -- s = tens * ln(10) + y with y from 0 to a little more than ln(10), so that e^s = 10^tens * e^y.
  local tens = math.floor(x / 2.302585092994046 - 1e-9)
  local places = math.max(scale + tens, 0)
  -- Halving y first shortens the series, squaring the sum afterwards undoes it; the root balances the two.
  local halvings = math.floor(math.sqrt(places)) + 5
  places = math.ceil((places + 20 + halvings / 3) / 7) * 7
  local negative, digits, have = numeric_split(s)
  local y = nat_shift(nat_parse(digits), places - have)
  if tens ~= 0 then
    local _, ln10 = fixed_ln2_ln10(places)
    local product = nat_mul_small(ln10, math.abs(tens))
    y = tens > 0 and nat_sub(y, product) or negative and nat_sub(product, y) or nat_add(product, y)
  end
  for done = 0, halvings - 1, 20 do
    y = nat_div_small(y, 2 ^ math.min(20, halvings - done))
  end
  local one = nat_shift({1}, places)
  local sum, term, k = nat_add(one, y), y, 1
  while #term > 0 do
    k = k + 1
    term = nat_div_small(nat_shift(nat_mul(term, y), -places), k)
    sum = nat_add(sum, term)
  end
  for _ = 1, halvings do
    sum = nat_shift(nat_mul(sum, sum), -places)
  end
  return numeric_make(false, nat_text(nat_round(sum, places - tens - scale)), scale)
end

--- numeric_exp(s): e to the power s, with at least 16 significant digits. Raises 22003.
local function numeric_exp(s)
  if s == "-Infinity" then
    return "0"
  elseif s:byte(-1) > 57 then
    return s
  end
  local weight = dtrunc(math.max(-2000, math.min(2000, numeric_double(s) * 0.434294481903252)))
  return numeric_exp_to(s, numeric_clamp_scale(math.max(16 - weight, numeric_scale(s))))
end

--- numeric_fac(w): the factorial. Beyond 2000 it is refused here, where others wait for a call to end. Raises 22003, 0A000.
local function numeric_fac(w)
  if wide_lt(w, 0) then
    raise("22003", "factorial of a negative number is undefined")
  elseif wide_lt(32177, w) then
    numeric_overflow()
  elseif wide_lt(2000, w) then
    raise("0A000", "factorials above that of 2000 are not supported")
  end
  local product = nat_parse("1")
  for i = 2, w do
    product = nat_mul_small(product, i)
  end
  return nat_text(product)
end
