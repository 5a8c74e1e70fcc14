-- Natural numbers of any size: arrays of limbs of seven decimal digits, the least significant first, without leading
-- zero limbs; {} is 0. Seven digits keep every product and every two-limb dividend exact in a double. No function
-- changes its arguments.

--- nat_parse(digits): the natural number that decimal digits spell.
local function nat_parse(digits)
  local a, n = {}, 0
  for last = #digits, 1, -7 do
    n = n + 1
    a[n] = tonumber(digits:sub(last > 6 and last - 6 or 1, last))
  end
  return nat_trim(a, n)
end

--- nat_trim(a, n): a without the zero limbs at the end of its first n.
local function nat_trim(a, n)
  while n > 0 and a[n] == 0 do
    a[n] = nil
    n = n - 1
  end
  return a
end

--- nat_text(a): the decimal digits of a; "0" for 0.
local function nat_text(a)
  local n = #a
  if n == 0 then
    return "0"
  end
  local parts = {("%.0f"):format(a[n])}
  for i = n - 1, 1, -1 do
    parts[n - i + 1] = ("%07.0f"):format(a[i])
  end
  return bytes_join(parts, n)
end

--- nat_cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local function nat_cmp(a, b)
  if #a ~= #b then
    return #a < #b and -1 or 1
  end
  for i = #a, 1, -1 do
    if a[i] ~= b[i] then
      return a[i] < b[i] and -1 or 1
    end
  end
  return 0
end

--- nat_add(a, b): a + b.
local function nat_add(a, b)
  local n = #a > #b and #a or #b
  local r, carry = {}, 0
  for i = 1, n do
    local s = (a[i] or 0) + (b[i] or 0) + carry
    if s >= 10000000 then
      r[i] = s - 10000000
      carry = 1
    else
      r[i] = s
      carry = 0
    end
  end
  if carry > 0 then
    r[n + 1] = carry
  end
  return r
end

--- nat_sub(a, b): a - b; b is not greater than a.
local function nat_sub(a, b)
  local r, borrow = {}, 0
  for i = 1, #a do
    local d = a[i] - (b[i] or 0) - borrow
    if d < 0 then
      r[i] = d + 10000000
      borrow = 1
    else
      r[i] = d
      borrow = 0
    end
  end
  return nat_trim(r, #a)
end

--- nat_mul(a, b): a * b.
local function nat_mul(a, b)
  local na, nb = #a, #b
  local r, carry = {}, 0
  if na == 0 or nb == 0 then
    return r
  end
  for k = 2, na + nb do
    local sum, over = carry % 10000000, (carry - carry % 10000000) / 10000000
    local from, to = k > nb and k - nb or 1, k > na and na or k - 1
    for i = from, to do
      sum = sum + a[i] * b[k - i] -- below 10^14: 80 of them are exact
      if (i - from) % 80 == 79 then
        local low = sum % 10000000
        over = over + (sum - low) / 10000000
        sum = low
      end
    end
    local low = sum % 10000000
    r[k - 1] = low
    carry = over + (sum - low) / 10000000
  end
  local top = na + nb - 1
  while carry > 0 do
    top = top + 1
    r[top] = carry % 10000000
    carry = (carry - r[top]) / 10000000
  end
  return nat_trim(r, top)
end

--- nat_mul_small(a, m): a * m for a number m from 1 to 9 * 10^8.
local function nat_mul_small(a, m)
  local r, carry, n = {}, 0, #a
  for i = 1, n do
    local p = a[i] * m + carry
    local low = p % 10000000
    r[i] = low
    carry = (p - low) / 10000000
  end
  while carry > 0 do
    n = n + 1
    r[n] = carry % 10000000
    carry = (carry - r[n]) / 10000000
  end
  return r
end

--- nat_div_small(a, d): the quotient of a / d and the remainder, a number; d is a number from 1 to 9 * 10^8.
local function nat_div_small(a, d)
  local r, rest = {}, 0
  for i = #a, 1, -1 do
    local p = rest * 10000000 + a[i]
    rest = p % d
    r[i] = (p - rest) / d
  end
  return nat_trim(r, #a), rest
end

--- nat_divmod(a, b): the quotient of a / b and the remainder; b is not 0. Knuth's algorithm D.
local function nat_divmod(a, b)
  if nat_cmp(a, b) < 0 then
    return {}, a
  end
  local n = #b
  if n == 1 then
    local quotient, rest = nat_div_small(a, b[1])
    return quotient, nat_trim({rest}, 1)
  end
  -- Scaled so that the top limb of the divisor is at least half of the base, a guess from the top limbs is at most
  -- two too large.
  local scale = math.floor(10000000 / (b[n] + 1))
  local u, v = nat_mul_small(a, scale), nat_mul_small(b, scale)
  local m = #a - n
  for i = #u + 1, #a + 1 do
    u[i] = 0
  end
  local quotient, v1, v2 = {}, v[n], v[n - 1]
  for j = m + 1, 1, -1 do
    local top = u[j + n] * 10000000 + u[j + n - 1]
    local rest = top % v1
    local guess = (top - rest) / v1
    while guess >= 10000000 or rest < 10000000 and guess * v2 > rest * 10000000 + u[j + n - 2] do
      guess = guess - 1
      rest = rest + v1
    end
    local borrow = 0
    if guess > 0 then
      for i = 1, n do
        local d = u[j + i - 1] - guess * v[i] - borrow
        local low = d % 10000000
        u[j + i - 1] = low
        borrow = (low - d) / 10000000
      end
      u[j + n] = u[j + n] - borrow
      if u[j + n] < 0 then -- the guess was one too large
        guess = guess - 1
        local carry = 0
        for i = 1, n do
          local s = u[j + i - 1] + v[i] + carry
          carry = s >= 10000000 and 1 or 0
          u[j + i - 1] = s - carry * 10000000
        end
        u[j + n] = u[j + n] + carry
      end
    end
    quotient[j] = guess
  end
  local rest = nat_div_small(nat_trim(u, #u), scale)
  return nat_trim(quotient, m + 1), rest
end

--- nat_shift(a, k): a * 10^k, cut off to an integer when k is negative.
local function nat_shift(a, k)
  local limbs = math.floor(k / 7)
  local r = a
  if k % 7 > 0 then
    r = nat_mul_small(a, 10 ^ (k % 7))
  end
  if limbs == 0 or #r == 0 then
    return r
  end
  local shifted = {}
  for i = 1, limbs do
    shifted[i] = 0
  end
  for i = 1, #r do
    if i + limbs > 0 then
      shifted[i + limbs] = r[i]
    end
  end
  return shifted
end

--- nat_round(a, k): a / 10^k for k >= 0, halves up.
local function nat_round(a, k)
  if k == 0 then
    return a
  end
  return nat_shift(nat_add(a, nat_shift({5}, k - 1)), -k)
end

--- nat_sqrt(a): the square root of a, cut off to an integer. Newton's iteration from above.
local function nat_sqrt(a)
  local n = #a
  if n == 0 then
    return a
  end
  -- The first guess is the root of the top limbs, taken a little too large.
  local top, skipped = 0, n
  while skipped > 0 and (n - skipped < 2 or skipped % 2 == 1) do
    top = top * 10000000 + a[skipped]
    skipped = skipped - 1
  end
  local guess = nat_shift(nat_parse(("%.0f"):format(math.ceil(math.sqrt(top) * (1 + 2 ^ -40)) + 1)), skipped / 2 * 7)
  while true do
    local next_guess = nat_div_small(nat_add(guess, (nat_divmod(a, guess))), 2)
    if nat_cmp(next_guess, guess) >= 0 then
      return guess
    end
    guess = next_guess
  end
end
