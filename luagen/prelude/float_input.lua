-- Text to float, as the C library's strtod reads it for PostgreSQL.

--- float_words: the words for NaN and the infinities.
local float_words = {nan = 0 / 0, inf = 1 / 0, infinity = 1 / 0, ["+inf"] = 1 / 0, ["+infinity"] = 1 / 0, ["-inf"] = -1 / 0,
  ["-infinity"] = -1 / 0, ["+nan"] = 0 / 0, ["-nan"] = 0 / 0}

--- float_in(s, type_name): the double nearest to what s spells, and the digits it read for float_text_cmp (nil for NaN and the
-- infinities). Raises 22P02, 22003.
local function float_in(s, type_name)
  local body = trim_space(s)
  local word = float_words[(body:lower():gsub("^([-+]?nan)%([%w_]*%)$", "%1"))]
  if word then
    return word
  end
  local sign, whole, point, fraction, tail = body:match("^([-+]?)([0-9]*)(%.?)([0-9]*)(.*)$")
  local exponent, junk = tail:match("^[eE]([-+]?[0-9]+)(.*)$")
  if whole .. fraction == "" or (junk or tail) ~= "" then
    if body:find("^[-+]?0[xX]") then
      raise("0A000", "hexadecimal text for type " .. type_name .. " is not supported")
    end
    raise("22P02", "invalid input syntax for type " .. type_name .. ': "' .. s .. '"')
  end
  exponent = exponent and exponent:gsub("^+", "") or "0"
  local digits = whole:match("^0*(.*)$") .. "." .. trim_zeros(fraction) .. "e" .. exponent
  -- gopher-lua reads a text without a point as an integer in the base its zeros suggest, and overflow as nil
  local x = tonumber((digits:byte(1) == 46 and "0" or "") .. digits) or 1 / 0
  if x - x ~= 0 or x == 0 and digits:find("^[0.]*[1-9]") then
    raise("22003", '"' .. body .. '" is out of range for type ' .. type_name)
  end
  return sign == "-" and -x or x, digits
end

--- float8in(s): the double precision that s spells. Raises 22P02, 22003.
local function float8in(s)
  return (float_in(s, "double precision"))
end

--- float4in(s): the real that s spells, rounded once. Raises 22P02, 22003.
local function float4in(s)
  local x, digits = float_in(s, "real")
  if not digits then
    return x
  end
  local negative = float_negative(x)
  local magnitude = negative and -x or x
  local y = float_round4(magnitude)
  if y ~= magnitude then
    y = float_nudge4(magnitude, float_text_cmp(digits, magnitude))
  end
  if y - y ~= 0 or y == 0 and x ~= 0 then
    raise("22003", '"' .. trim_space(s) .. '" is out of range for type real')
  end
  return negative and -y or y
end
