-- numeric: powers. The steps are rounded where PostgreSQL rounds them, so that the last digits agree.

--- numeric_product(a, b, scale): a * b for finite numerics, rounded or filled to scale, without a limit to its size.
-- Like PostgreSQL it ignores what stands more than two base-10000 digits beyond the scale, even where its carry counts.
local function numeric_product(a, b, scale)
  local x, weight_a = numeric_aligned(a)
  local y, weight_b = numeric_aligned(b)
  local weight = weight_a + weight_b
  local last = #x + #y - 2 -- the last column of the product, counted from 0
  local kept = weight + 2 + math.ceil(scale / 4)
  if kept < last then
    last = kept
  end
  local columns = {}
  for k = 0, last do
    local sum = 0
    for i = k < #y and 1 or k - #y + 2, k < #x and k + 1 or #x do
      sum = sum + x[i] * y[k - i + 2]
    end
    columns[k + 1] = sum
  end
  local carry = 0
  for k = last + 1, 1, -1 do
    local sum = columns[k] + carry
    local digit = sum % 10000
    carry = (sum - digit) / 10000
    columns[k] = ("%04.0f"):format(digit)
  end
  local digits = ("%.0f"):format(carry) .. bytes_join(columns, #columns)
  local excess = (last - weight) * 4 - scale
  if #x == 0 or #y == 0 or last < 0 then
    digits = "0"
    excess = 0
  elseif excess > 0 then
    digits = nat_text(nat_round(nat_parse(digits), excess))
  else
    digits = digits .. ("0"):rep(-excess)
  end
  return numeric_layout((a:byte(1) == 45) ~= (b:byte(1) == 45), digits, scale)
end

--- numeric_power_int(base, n, scale): base to the power n, an integer, rounded to scale. Raises 22012, 22003.
local function numeric_power_int(base, n, scale)
  if n == 0 then
    return numeric_layout(false, "1" .. ("0"):rep(scale), scale)
  elseif n == 1 then
    return numeric_cut(base, scale, true)
  elseif n == -1 then
    return numeric_quotient("1", base, scale)
  elseif n == 2 then
    return numeric_cut(numeric_product(base, base, scale), scale, false)
  elseif numeric_sign_of(base) == 0 then
    return numeric_layout(false, "0", scale)
  end
  local value, exponent = numeric_groups(base, 4)
  local weight = n * (math.log10(value) + exponent) -- the decimal weight of the result
  if weight > 393204 then
    numeric_overflow()
  elseif weight + 1 < -scale or weight + 1 < -1000 then
    return numeric_layout(false, "0", scale)
  end
  local significant = 1 + scale + dtrunc(weight) + math.floor(math.log(math.abs(n))) + 8
  local bits = math.abs(n)
  local square = base
  local result = bits % 2 == 1 and base or "1"
  bits = math.floor(bits / 2)
  while bits > 0 do
    local square_weight = numeric_lead(square)
    square = numeric_product(square, square,
      math.max(math.min(significant - 2 * square_weight * 4, 2 * numeric_scale(square)), 0))
    square_weight = numeric_lead(square)
    if bits % 2 == 1 then
      local result_weight = numeric_lead(result)
      result = numeric_product(square, result,
        math.max(math.min(significant - (square_weight + result_weight) * 4, numeric_scale(square) + numeric_scale(result)), 0))
    end
    local result_weight = numeric_lead(result)
    if square_weight > 32767 or result_weight > 32767 then
      if n > 0 then
        numeric_overflow()
      end
      return numeric_layout(false, "0", scale)
    end
    bits = math.floor(bits / 2)
  end
  if n < 0 then
    return numeric_quotient("1", result, scale)
  end
  return numeric_cut(result, scale, true)
end

--- numeric_integer(s): whether a finite numeric is an integer, and whether that is odd.
local function numeric_integer(s)
  local whole, fraction = s:match("^-?([0-9]*)%.?([0-9]*)$")
  if fraction:find("[1-9]") then
    return false, false
  end
  return true, whole:byte(-1) % 2 == 1
end

--- numeric_power_special(a, b): a to the power b where one of them is NaN or infinite. Raises 2201F.
local function numeric_power_special(a, b)
  if a == "NaN" then
    return b ~= "NaN" and numeric_sign_of(b) == 0 and "1" or "NaN"
  elseif b == "NaN" then
    return numeric_cmp(a, "1") == 0 and "1" or "NaN"
  end
  local sign_a, sign_b, finite_b = numeric_sign_of(a), numeric_sign_of(b), not numeric_special(b)
  local integer, odd = true, false
  if finite_b then
    integer, odd = numeric_integer(b)
  end
  if sign_a == 0 and sign_b < 0 then
    raise("2201F", "zero raised to a negative power is undefined")
  elseif sign_a < 0 and not integer then
    raise("2201F", "a negative number raised to a non-integer power yields a complex result")
  elseif numeric_cmp(a, "1") == 0 or sign_b == 0 then
    return "1"
  elseif sign_a == 0 then
    return "0"
  elseif not finite_b then
    local order = numeric_cmp(numeric_abs(a), "1")
    if order == 0 then
      return "1"
    end
    return (order > 0) == (sign_b > 0) and "Infinity" or "0"
  elseif sign_b < 0 then
    return "0"
  end
  return sign_a < 0 and odd and "-Infinity" or "Infinity"
end

--- numeric_power(a, b): a to the power b, with at least 16 significant digits. Raises 2201F, 22012, 22003.
local function numeric_power(a, b)
  if numeric_special(a) or numeric_special(b) then
    return numeric_power_special(a, b)
  end
  local sign = numeric_sign_of(a)
  if sign == 0 and numeric_sign_of(b) < 0 then
    raise("2201F", "zero raised to a negative power is undefined")
  end
  local integer, odd = numeric_integer(b)
  if integer then
    local n = numeric_double(b)
    if n >= -2147483648 and n <= 2147483647 then
      local r = numeric_power_int(a, n, numeric_clamp_scale(math.max(16, numeric_scale(a))))
      local negative, digits, scale = numeric_split(r)
      return numeric_make(negative, digits, scale)
    end
  end
  if sign == 0 then
    return "0.0000000000000000"
  elseif sign < 0 then
    if not integer then
      raise("2201F", "a negative number raised to a non-integer power yields a complex result")
    end
    a = numeric_abs(a)
  end
  local ln_weight = numeric_ln_weight(a)
  local rough = math.max(8 - ln_weight, 0)
  local x = numeric_double(numeric_product(numeric_ln_to(a, rough), b, rough))
  if math.abs(x) > 6020 then
    if x > 0 then
      numeric_overflow()
    end
    return numeric_layout(false, "0", 1000)
  end
  local weight = dtrunc(x * 0.434294481903252)
  local scale = numeric_clamp_scale(math.max(16 - weight, numeric_scale(a), numeric_scale(b)))
  local places = math.max(math.max(scale + weight, 0) - ln_weight + 8, 0)
  local r = numeric_exp_to(numeric_product(numeric_ln_to(a, places), b, places), scale)
  if sign < 0 and odd then
    return numeric_uminus(r)
  end
  return r
end
