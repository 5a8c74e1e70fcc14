-- Ordered-set aggregates: over the list {n = count, ...} of the values that are not NULL, already sorted.

--- percentile_check(fraction): refuses what is not between 0 and 1. Raises 22003.
local function percentile_check(fraction)
  if not (fraction >= 0 and fraction <= 1) then
    raise("22003", ("percentile value %s is not between 0 and 1"):format(float8out(fraction)))
  end
end

--- percentile_disc(list, fraction): the first value at or past that fraction of the order. Takes NULLs. Raises 22003.
local function percentile_disc(list, fraction)
  if fraction == nil then
    return nil
  end
  percentile_check(fraction)
  local at = math.ceil(fraction * list.n)
  return list[at < 1 and 1 or at]
end

--- percentile_between(list, fraction, between): the values around that fraction of the order, blended by between(low, high, part).
-- Takes NULLs. Raises 22003.
local function percentile_between(list, fraction, between)
  if fraction == nil then
    return nil
  end
  percentile_check(fraction)
  if list.n == 0 then
    return nil
  end
  local at = fraction * (list.n - 1)
  local low = math.floor(at)
  if low == at then
    return list[low + 1]
  end
  return between(list[low + 1], list[low + 2], at - low)
end

--- float8_lerp(low, high, part): the double at that part of the way from low to high.
local function float8_lerp(low, high, part)
  return low + part * (high - low)
end

--- interval_lerp(low, high, part): the interval at that part of the way from low to high. Raises 22008.
local function interval_lerp(low, high, part)
  return interval_pl(low, interval_mul(interval_mi(high, low), part))
end

--- percentile_cont_float8(list, fraction): percentile_cont() of doubles. Takes NULLs. Raises 22003.
local function percentile_cont_float8(list, fraction)
  return percentile_between(list, fraction, float8_lerp)
end

--- percentile_cont_interval(list, fraction): percentile_cont() of intervals. Takes NULLs. Raises 22003, 22008.
local function percentile_cont_interval(list, fraction)
  return percentile_between(list, fraction, interval_lerp)
end

--- percentile_each(list, fractions, one): the array of one(list, fraction) for an array of fractions, NULL without values. Takes NULLs.
local function percentile_each(list, fractions, one)
  if fractions == nil or list.n == 0 then
    return nil
  end
  local out = {n = fractions.n}
  for i = 1, fractions.n do
    out[i] = one(list, fractions[i])
  end
  return out
end

--- sorted_mode(list, cmp): the most frequent value, the first of several; nil when there is none.
local function sorted_mode(list, cmp)
  local mode, most, from = nil, 0, 1
  for i = 1, list.n do
    if cmp(list[i], list[from]) ~= 0 then
      from = i
    end
    if i - from + 1 > most then
      mode, most = list[from], i - from + 1
    end
  end
  return mode
end
