-- numeric: divisors, and the bucket of a histogram.

--- numeric_common(a, b): the digits of two finite numerics as natural numbers at their common scale, and that scale.
local function numeric_common(a, b)
  local _, da, scale_a = numeric_split(a)
  local _, db, scale_b = numeric_split(b)
  local scale = scale_a > scale_b and scale_a or scale_b
  return nat_parse(da .. ("0"):rep(scale - scale_a)), nat_parse(db .. ("0"):rep(scale - scale_b)), scale
end

--- nat_gcd(a, b): the greatest common divisor.
local function nat_gcd(a, b)
  while #b > 0 do
    local _, rest = nat_divmod(a, b)
    a = b
    b = rest
  end
  return a
end

--- numeric_gcd(a, b): the greatest common divisor, never negative; NaN when a or b is not finite.
local function numeric_gcd(a, b)
  if numeric_special(a) or numeric_special(b) then
    return "NaN"
  end
  local x, y, scale = numeric_common(a, b)
  return numeric_make(false, nat_text(nat_gcd(x, y)), scale)
end

--- numeric_lcm(a, b): the least common multiple, never negative; NaN when a or b is not finite. Raises 22003.
local function numeric_lcm(a, b)
  if numeric_special(a) or numeric_special(b) then
    return "NaN"
  end
  local x, y, scale = numeric_common(a, b)
  if #x == 0 or #y == 0 then
    return numeric_make(false, "0", scale)
  end
  local quotient = nat_divmod(x, nat_gcd(x, y))
  return numeric_make(false, nat_text(nat_mul(quotient, y)), scale)
end

--- width_bucket_numeric(x, low, high, count): the bucket, 0 to count + 1, of x in count equal buckets. Raises 2201G, 22003.
local function width_bucket_numeric(x, low, high, count)
  if count <= 0 then
    raise("2201G", "count must be greater than zero")
  elseif x == "NaN" or low == "NaN" or high == "NaN" then
    raise("2201G", "operand, lower bound, and upper bound cannot be NaN")
  elseif numeric_special(low) or numeric_special(high) then
    raise("2201G", "lower and upper bounds must be finite")
  end
  local order = numeric_cmp(low, high)
  if order == 0 then
    raise("2201G", "lower bound cannot equal upper bound")
  end
  local from_low, from_high = numeric_cmp(x, low) * order, numeric_cmp(x, high) * order
  if from_low > 0 then
    return 0
  elseif from_high <= 0 then
    if count == 2147483647 then
      raise("22003", "integer out of range")
    end
    return count + 1
  end
  local part = numeric_abs(numeric_mul(numeric_sub(x, low), ("%.0f"):format(count)))
  local bucket = numeric_div(part, numeric_abs(numeric_sub(high, low)))
  return numeric_int4(numeric_inc(numeric_floor(bucket)))
end
