-- numeric: PostgreSQL's text in, PostgreSQL's text out, with its rules for the scale of every result. Values of up to 15
-- characters go through doubles, where one operation and one rounding to the result's scale are exact; the others
-- through natural numbers of any size.

--- numeric_formats: the format that prints a number with as many decimals as the index says.
local numeric_formats = {[0] = "%.0f", "%.1f", "%.2f", "%.3f", "%.4f", "%.5f", "%.6f", "%.7f", "%.8f", "%.9f", "%.10f", "%.11f", "%.12f",
  "%.13f", "%.14f", "%.15f", "%.16f", "%.17f", "%.18f", "%.19f", "%.20f", "%.21f", "%.22f", "%.23f", "%.24f", "%.25f", "%.26f"}

--- numeric_overflow(): never returns; refuses a value that has no numeric. Raises 22003.
local function numeric_overflow()
  raise("22003", "value overflows numeric format")
end

--- numeric_layout(negative, digits, scale): the text of these decimal digits, of which the last scale are the fraction.
local function numeric_layout(negative, digits, scale)
  local lead = digits:find("[1-9]")
  if not lead then
    return scale > 0 and "0." .. ("0"):rep(scale) or "0"
  elseif lead > 1 then
    digits = digits:sub(lead)
  end
  local whole = #digits - scale
  local sign = negative and "-" or ""
  if scale == 0 then
    return sign .. digits
  elseif whole > 0 then
    return sign .. digits:sub(1, whole) .. "." .. digits:sub(whole + 1)
  end
  return sign .. "0." .. ("0"):rep(-whole) .. digits
end

--- numeric_make(negative, digits, scale): numeric_layout within the limits of numeric. Raises 22003.
local function numeric_make(negative, digits, scale)
  local s = numeric_layout(negative, digits, scale)
  if #s > 131072 and #s - (scale > 0 and scale + 1 or 0) - (s:byte(1) == 45 and 1 or 0) > 131072 then
    numeric_overflow()
  end
  return s
end

--- numeric_split(s): whether s is negative, its digits without the point, its scale.
local function numeric_split(s)
  local negative = s:byte(1) == 45
  local point = s:find(".", 1, true)
  local first = negative and 2 or 1
  if not point then
    return negative, s:sub(first), 0
  end
  return negative, s:sub(first, point - 1) .. s:sub(point + 1), #s - point
end

--- numeric_scale(s): the number of digits of the fraction; nil for NaN and the infinities.
local function numeric_scale(s)
  local point = s:find(".", 1, true)
  if point then
    return #s - point
  elseif s:byte(-1) < 58 then
    return 0
  end
end

--- numeric_sign_of(s): -1, 0 or 1 for a finite numeric or an infinity.
local function numeric_sign_of(s)
  if s:byte(1) == 45 then
    return -1
  end
  return s:find("[1-9y]") and 1 or 0
end

--- numeric_special(s): NaN or the infinity as a float; nil for a finite numeric.
local function numeric_special(s)
  if s:byte(-1) > 57 then
    return s == "NaN" and 0 / 0 or s == "Infinity" and 1 / 0 or -1 / 0
  end
end

--- numeric_from_special(x): the numeric of a float that is NaN, infinite or 0.
local function numeric_from_special(x)
  return float_special(x) or "0"
end

--- numeric_add(a, b): a + b. Raises 22003.
local function numeric_add(a, b)
  if #a < 16 and #b < 16 then
    local x, y = tonumber(a), tonumber(b)
    if x and y then
      local pa, pb = a:find(".", 1, true), b:find(".", 1, true)
      local scale, sb = pa and #a - pa or 0, pb and #b - pb or 0
      if sb > scale then
        scale = sb
      end
      local limit = 10 ^ (15 - scale)
      if x < limit and x > -limit and y < limit and y > -limit then -- and neither is NaN
        return numeric_formats[scale]:format(x + y)
      end
    end
  end
  local sa, sb = numeric_special(a), numeric_special(b)
  if sa or sb then
    return numeric_from_special((sa or 0) + (sb or 0))
  end
  local na, da, scale_a = numeric_split(a)
  local nb, db, scale_b = numeric_split(b)
  local scale = scale_a > scale_b and scale_a or scale_b
  local x, y = nat_parse(da .. ("0"):rep(scale - scale_a)), nat_parse(db .. ("0"):rep(scale - scale_b))
  if na == nb then
    return numeric_make(na, nat_text(nat_add(x, y)), scale)
  elseif nat_cmp(x, y) >= 0 then
    return numeric_make(na, nat_text(nat_sub(x, y)), scale)
  end
  return numeric_make(nb, nat_text(nat_sub(y, x)), scale)
end

--- numeric_uminus(s): -s.
local function numeric_uminus(s)
  if s:byte(1) == 45 then
    return s:sub(2)
  elseif s == "NaN" or not s:find("[1-9y]") then
    return s
  end
  return "-" .. s
end

--- numeric_uplus(s): s itself.
local function numeric_uplus(s)
  return s
end

--- numeric_abs(s): the magnitude.
local function numeric_abs(s)
  return s:byte(1) == 45 and s:sub(2) or s
end

--- numeric_sign(s): -1, 0 or 1; NaN for NaN.
local function numeric_sign(s)
  if s == "NaN" then
    return s
  end
  return ("%.0f"):format(numeric_sign_of(s))
end

--- numeric_sub(a, b): a - b. Raises 22003.
local function numeric_sub(a, b)
  return numeric_add(a, numeric_uminus(b))
end

--- numeric_inc(a): a + 1. Raises 22003.
local function numeric_inc(a)
  return numeric_add(a, "1")
end

--- numeric_mul(a, b): a * b. Raises 22003.
local function numeric_mul(a, b)
  if #a < 16 and #b < 16 then
    local x, y = tonumber(a), tonumber(b)
    if x and y then
      local pa, pb = a:find(".", 1, true), b:find(".", 1, true)
      local scale = (pa and #a - pa or 0) + (pb and #b - pb or 0)
      local r, limit = x * y, 10 ^ (15 - scale)
      if r < limit and r > -limit then
        return numeric_formats[scale]:format(r + 0) -- not -0
      end
    end
  end
  local sa, sb = numeric_special(a), numeric_special(b)
  if sa or sb then
    return numeric_from_special((sa or numeric_sign_of(a)) * (sb or numeric_sign_of(b)))
  end
  local na, da, scale_a = numeric_split(a)
  local nb, db, scale_b = numeric_split(b)
  if #da - scale_a + #db - scale_b > 131073 then
    numeric_overflow() -- known before the work: a product has one digit less than its factors have together, or as many
  end
  local product, scale = nat_mul(nat_parse(da), nat_parse(db)), scale_a + scale_b
  if scale > 16383 then
    product = nat_round(product, scale - 16383)
    scale = 16383
  end
  return numeric_make(na ~= nb, nat_text(product), scale)
end

--- numeric_lead(s): the weight of the first digit of a finite numeric in base 10000, the base PostgreSQL's scale rules are
-- made for, and that digit; 0 and 0 for zero.
local function numeric_lead(s)
  local whole = s:match("^-?([1-9][0-9]*)")
  if whole then
    local size = (#whole - 1) % 4 + 1
    return (#whole - size) / 4, tonumber(whole:sub(1, size))
  end
  local point, first = s:find(".", 1, true), s:find("[1-9]")
  if not first then
    return 0, 0
  end
  local skipped = math.floor((first - point - 1) / 4)
  local digit = s:sub(point + skipped * 4 + 1, point + skipped * 4 + 4)
  return -skipped - 1, tonumber(digit) * 10 ^ (4 - #digit)
end

--- numeric_clamp_scale(scale): a scale within what PostgreSQL computes: 0 to 1000.
local function numeric_clamp_scale(scale)
  return scale < 0 and 0 or scale > 1000 and 1000 or scale
end

--- numeric_div_scale(a, b): the scale of a / b: at least 16 significant digits, and no less than that of a or b.
local function numeric_div_scale(a, b)
  local weight_a, digit_a = numeric_lead(a)
  local weight_b, digit_b = numeric_lead(b)
  local weight = weight_a - weight_b
  if digit_a <= digit_b then
    weight = weight - 1
  end
  return numeric_clamp_scale(math.max(16 - weight * 4, numeric_scale(a), numeric_scale(b)))
end

--- numeric_quotient(a, b, scale): a / b for finite numerics, rounded to scale, halves away from 0. Raises 22012, 22003.
local function numeric_quotient(a, b, scale)
  local na, da, scale_a = numeric_split(a)
  local nb, db, scale_b = numeric_split(b)
  if not db:find("[1-9]") then
    raise("22012", "division by zero")
  end
  local x, y = nat_parse(da), nat_parse(db)
  local shift = scale + scale_b - scale_a
  if shift >= 0 then
    x = nat_shift(x, shift)
  else
    y = nat_shift(y, -shift)
  end
  local quotient, rest = nat_divmod(x, y)
  if nat_cmp(nat_add(rest, rest), y) >= 0 then
    quotient = nat_add(quotient, {1})
  end
  return numeric_make(na ~= nb, nat_text(quotient), scale)
end

--- numeric_div_short(a, b, scale): numeric_quotient for operands of less than 16 characters, a divisor of up to 9 * 10^8
-- without its point, and a scale that is no less than that of a; nil for others.
local function numeric_div_short(a, b, scale)
  local scale_a, scale_b = numeric_scale(a), numeric_scale(b)
  local x, y = math.floor(math.abs(tonumber(a)) * 10 ^ scale_a + 0.5), math.floor(math.abs(tonumber(b)) * 10 ^ scale_b + 0.5)
  if y > 900000000 or y == 0 then
    return nil
  end
  local rest = math.fmod(x, y)
  local parts, n, missing = {(x - rest) / y}, 1, scale + scale_b - scale_a
  while missing > 0 do -- long division, seven digits at a time
    local size = missing < 7 and missing or 7
    local p = rest * 10 ^ size
    rest = math.fmod(p, y)
    n = n + 1
    parts[n] = (p - rest) / y
    missing = missing - size
  end
  if rest * 2 >= y then -- round up, carrying into the parts before
    local i, size = n, (scale + scale_b - scale_a - 1) % 7 + 1
    parts[i] = parts[i] + 1
    while i > 1 and parts[i] == 10 ^ size do
      parts[i] = 0
      i = i - 1
      parts[i] = parts[i] + 1
      size = 7
    end
  end
  local last = (scale + scale_b - scale_a - 1) % 7 + 1
  for i = 1, n do
    parts[i] = (i == 1 and "%.0f" or i == n and "%0" .. last .. ".0f" or "%07.0f"):format(parts[i])
  end
  return numeric_make((a:byte(1) == 45) ~= (b:byte(1) == 45), table.concat(parts), scale)
end

--- numeric_div(a, b): a / b. Raises 22012, 22003.
local function numeric_div(a, b)
  local sa, sb = numeric_special(a), numeric_special(b)
  if sa or sb then
    if sb then
      return numeric_from_special((sa or 0) / sb)
    elseif sa == sa and numeric_sign_of(b) == 0 then
      raise("22012", "division by zero")
    end
    return numeric_from_special(sa * numeric_sign_of(b))
  end
  local scale = numeric_div_scale(a, b)
  return #a < 16 and #b < 16 and numeric_div_short(a, b, scale) or numeric_quotient(a, b, scale)
end

--- numeric_div_trunc(a, b): a / b truncated to an integer. Raises 22012, 22003.
local function numeric_div_trunc(a, b)
  if numeric_special(a) or numeric_special(b) then
    return numeric_div(a, b)
  end
  local na, da, scale_a = numeric_split(a)
  local nb, db, scale_b = numeric_split(b)
  if not db:find("[1-9]") then
    raise("22012", "division by zero")
  end
  local x = nat_parse(da .. ("0"):rep(scale_b - scale_a))
  local quotient = nat_divmod(x, nat_parse(db .. ("0"):rep(scale_a - scale_b)))
  return numeric_make(na ~= nb, nat_text(quotient), 0)
end

--- numeric_mod(a, b): the remainder of a / b, with the sign of a. Raises 22012.
local function numeric_mod(a, b)
  local sa, sb = numeric_special(a), numeric_special(b)
  if sa or sb then
    if sa ~= sa or sb ~= sb then
      return "NaN"
    elseif sb and not sa then
      return a
    elseif not sb and numeric_sign_of(b) == 0 then
      raise("22012", "division by zero")
    end
    return "NaN"
  end
  local negative, da, scale_a = numeric_split(a)
  local _, db, scale_b = numeric_split(b)
  if not db:find("[1-9]") then
    raise("22012", "division by zero")
  end
  local scale = scale_a > scale_b and scale_a or scale_b
  da = da .. ("0"):rep(scale - scale_a)
  db = db .. ("0"):rep(scale - scale_b)
  if #da < 16 and #db < 16 then
    return numeric_make(negative, ("%.0f"):format(math.fmod(tonumber(da), tonumber(db))), scale)
  end
  local _, rest = nat_divmod(nat_parse(da), nat_parse(db))
  return numeric_make(negative, nat_text(rest), scale)
end

--- numeric_cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b; NaN equals itself and is greatest.
local function numeric_cmp(a, b)
  if a == b then
    return 0
  elseif #a < 16 and #b < 16 and a:byte(-1) < 58 and b:byte(-1) < 58 then
    local x, y = tonumber(a), tonumber(b)
    return x < y and -1 or x > y and 1 or 0
  end
  local sa, sb = numeric_special(a), numeric_special(b)
  if sa or sb then
    return btfloat8cmp(sa or 0, sb or 0)
  end
  local na, nb = a:byte(1) == 45, b:byte(1) == 45
  if na ~= nb then
    return na and -1 or 1
  end
  local whole_a, fraction_a = a:match("^-?([0-9]*)%.?([0-9]*)$")
  local whole_b, fraction_b = b:match("^-?([0-9]*)%.?([0-9]*)$")
  local order
  if #whole_a ~= #whole_b then
    order = #whole_a < #whole_b and -1 or 1
  elseif whole_a ~= whole_b then
    order = bytes_cmp(whole_a, whole_b)
  else
    order = bytes_cmp(trim_zeros(fraction_a), trim_zeros(fraction_b))
  end
  return na and 0 - order or order
end

--- numeric_eq(a, b): a = b, whatever their scales.
local function numeric_eq(a, b)
  return a == b or numeric_cmp(a, b) == 0
end

--- numeric_ne(a, b): a <> b.
local function numeric_ne(a, b)
  return a ~= b and numeric_cmp(a, b) ~= 0
end

--- numeric_lt(a, b): a < b.
local function numeric_lt(a, b)
  return numeric_cmp(a, b) < 0
end

--- numeric_le(a, b): a <= b.
local function numeric_le(a, b)
  return numeric_cmp(a, b) <= 0
end

--- numeric_gt(a, b): a > b.
local function numeric_gt(a, b)
  return numeric_cmp(a, b) > 0
end

--- numeric_ge(a, b): a >= b.
local function numeric_ge(a, b)
  return numeric_cmp(a, b) >= 0
end

--- numeric_larger(a, b): the greater of a and b, the second of equals.
local function numeric_larger(a, b)
  return numeric_cmp(a, b) > 0 and a or b
end

--- numeric_smaller(a, b): the lesser of a and b, the second of equals.
local function numeric_smaller(a, b)
  return numeric_cmp(a, b) < 0 and a or b
end
