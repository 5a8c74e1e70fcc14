-- Reals: doubles that are exactly a single. Every operation computes in double and rounds once more, which gives the
-- singly rounded result for + - * / of singles (a double has more than twice the bits).

--- float_rint(x): x rounded to an integer, halves to even, keeping the sign of zero.
local function float_rint(x)
  if x < 0 then
    return -float_rint(-x)
  end
  local floor = math.floor(x)
  local rest = x - floor
  if rest > 0.5 or rest == 0.5 and floor % 2 == 1 then
    return floor + 1
  end
  return floor
end

--- float_round4(x): the real nearest to the double x, halves to even; infinite beyond the largest real.
local function float_round4(x)
  if x - x ~= 0 or x == 0 then
    return x
  end
  local place = 2 ^ -149
  if x >= 2 ^ -126 or x <= -2 ^ -126 then
    local _, exponent = math.frexp(x)
    place = 2 ^ (exponent - 24)
  end
  local y = float_rint(x / place) * place
  if y >= 2 ^ 128 then
    return 1 / 0
  elseif y <= -2 ^ 128 then
    return -1 / 0
  end
  return y
end

--- float_nudge4(x, beyond): the real nearest to a value that x is the double nearest to; beyond is -1, 0 or 1 as the value
-- is less than, equal to or greater than x. Only a double halfway between two reals leaves beyond a say.
local function float_nudge4(x, beyond)
  local y = float_round4(x)
  if beyond == 0 or y == x or y - y ~= 0 and x - x ~= 0 then
    return y
  end
  local up = float_round4(x + (x < 0 and -x or x) * 2 ^ -52)
  local down = float_round4(x - (x < 0 and -x or x) * 2 ^ -52)
  if up ~= down then -- x is halfway: its neighbours round to different reals
    return beyond > 0 and up or down
  end
  return y
end

--- float_text_cmp(text, x): -1, 0 or 1 as the exact value of a positive decimal text is less than, equal to or greater than
-- that of the positive double x. At most 100 digits of x are looked at.
local function float_text_cmp(text, x)
  local whole, fraction, e = text:match("^0*([0-9]*)%.?([0-9]*)[eE]?([-+]?[0-9]*)$")
  local digits = whole .. fraction
  local first = digits:find("[1-9]")
  e = #whole - first + (e == "" and 0 or tonumber((e:gsub("^+", ""))))
  local head, rest, exponent = ("%.99e"):format(x):match("^([0-9])%.([0-9]*)e([-+][0-9]+)$")
  exponent = tonumber((exponent:gsub("^+", "")))
  if e ~= exponent then
    return e < exponent and -1 or 1
  end
  return bytes_cmp(trim_zeros(digits:sub(first)), trim_zeros(head .. rest))
end

--- float4_between(text, x): whether decimal text, made by %e, lies strictly nearer to the positive real x than to any other.
local function float4_between(text, x)
  local y = float_read(text)
  local mantissa, exponent = math.frexp(x)
  local up = 2 ^ ((exponent < -125 and -125 or exponent) - 25) -- half the distance to the next greater real
  local down = up
  if mantissa == 0.5 and exponent > -125 then
    down = up / 2
  end
  -- The halfway points are doubles: a text whose nearest double is one needs a closer look.
  if y == x + up then
    return float_text_cmp(text, y) < 0
  elseif y == x - down then
    return y > 0 and float_text_cmp(text, y) > 0
  end
  return y > x - down and y < x + up
end

--- float4out(x): the text of a real.
local function float4out(x)
  if x - x ~= 0 then
    return float_special(x)
  elseif x == math.floor(x) and x < 1e6 and x > -1e6 then
    return ("%.0f"):format(x)
  elseif x < 0 then
    return "-" .. float4out(-x)
  end
  local power = math.frexp(x) == 0.5
  for digits = 0, 8 do
    local text = ("%." .. digits .. "e"):format(x)
    if float4_between(text, x) then
      return float_layout(text, 6)
    end
    text = power and float_next_up(text)
    if text and float4_between(text, x) then
      return float_layout(text, 6)
    end
  end
end

--- float_check(r, infinite, zero): r, unless it is infinite or zero where it may not be. Raises 22003.
local function float_check(r, infinite, zero)
  if r == 0 then
    if not zero then
      raise("22003", "value out of range: underflow")
    end
  elseif r - r ~= 0 and r == r and not infinite then
    raise("22003", "value out of range: overflow")
  end
  return r
end

--- float4pl(a, b): a + b for real. Raises 22003.
local function float4pl(a, b)
  return float_check(float_round4(float8pl(a, b)), a - a ~= 0 or b - b ~= 0, true)
end

--- float4mi(a, b): a - b for real. Raises 22003.
local function float4mi(a, b)
  return float_check(float_round4(float8mi(a, b)), a - a ~= 0 or b - b ~= 0, true)
end

--- float4mul(a, b): a * b for real. Raises 22003.
local function float4mul(a, b)
  return float_check(float_round4(float8mul(a, b)), a - a ~= 0 or b - b ~= 0, a == 0 or b == 0)
end

--- float4div(a, b): a / b for real. Raises 22012, 22003.
local function float4div(a, b)
  return float_check(float_round4(float8div(a, b)), a - a ~= 0, a == 0 or b - b ~= 0)
end

--- float4um(a): -a for real.
local function float4um(a)
  return -a
end

--- float4up(a): a itself.
local function float4up(a)
  return a
end

--- float4abs(a): the magnitude of a real.
local float4abs = math.abs

--- ftod(x): a real as double precision.
local function ftod(x)
  return x
end

--- dtof(x): a double precision as real. Raises 22003.
local function dtof(x)
  return float_check(float_round4(x), x - x ~= 0, x == 0)
end

--- i4tof(n): an integer as real, halves to even.
local i4tof = float_round4

--- i2tof(n): a smallint as real.
local function i2tof(n)
  return n
end

--- i8tof(w): a bigint as real, rounded once.
local function i8tof(w)
  if w == w + 0 then
    return float_round4(w)
  end
  local x = w + 0
  local back = x >= 9223372036854775808 and "9223372036854775808" or ("%.0f"):format(x)
  return float_nudge4(x, back == "9223372036854775808" and -1 or wide_cmp(w, back))
end
