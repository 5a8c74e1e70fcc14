-- Floats to text and back. Output is the shortest text that reads back as the same float, in the layout of PostgreSQL's
-- extra_float_digits = 1; of several shortest texts the one closest to the value. Like PostgreSQL (and unlike most
-- printers) a text that lies exactly halfway between two floats is never chosen: 1e23 prints as 9.999999999999999e+22.

--- float_read(text): the double nearest to decimal text without a minus sign, or what %e or %g printed.
-- gopher-lua's tonumber reads "1.0e5" but not "1e5", no integer of 2^63 or more, and nothing that overflows.
local function float_read(text)
  if not text:find(".", 1, true) then
    text = text:find("e", 1, true) and text:gsub("e", ".0e") or text .. ".0"
  end
  return tonumber(text) or 1 / 0
end

--- float_special(x): the text of NaN and the infinities, nil for the others.
local function float_special(x)
  if x ~= x then
    return "NaN"
  elseif x - x ~= 0 then
    return x > 0 and "Infinity" or "-Infinity"
  end
end

--- float_layout(text, limit): text, made by %e, without useless zeros: with an exponent from 10^limit on and below 10^-4.
local function float_layout(text, limit)
  local sign, first, rest, exponent = text:match("^(-?)([0-9])%.?([0-9]*)e([-+][0-9]+)$")
  rest = trim_zeros(rest)
  local e = tonumber((exponent:gsub("^+", "")))
  if e < -4 or e >= limit then
    return sign .. first .. (rest ~= "" and "." .. rest or "") .. ("e%s%02.0f"):format(e < 0 and "-" or "+", e < 0 and -e or e)
  elseif e < 0 then
    return sign .. "0." .. ("0"):rep(-e - 1) .. first .. rest
  elseif #rest <= e then
    return sign .. first .. rest .. ("0"):rep(e - #rest)
  end
  return sign .. first .. rest:sub(1, e) .. "." .. rest:sub(e + 1)
end

--- trim_zeros(s): s without the zeros at its end.
local function trim_zeros(s)
  local last = #s
  while s:byte(last) == 48 do
    last = last - 1
  end
  return s:sub(1, last)
end

--- float_halfway(text, x): whether the decimal text, which reads back as x, lies exactly halfway to a neighbour of x.
-- Only integers of 2^53 to about 10^40 can: a text of 17 digits has too few factors elsewhere.
local function float_halfway(text, x)
  if x < 0 then
    return float_halfway(text:sub(2), -x)
  elseif x < 9007199254740992 or x > 1e40 then
    return false
  end
  local first, rest, exponent = text:match("^([0-9])%.?([0-9]*)e%+([0-9]+)$")
  local digits = first .. trim_zeros(rest)
  local zeros = tonumber(exponent) + 1 - #digits
  if zeros < 0 then
    return false
  end
  -- A halfway text reads as something else as soon as it moves away from x by a little.
  local below = digits:sub(1, -2) .. ("%.0f"):format(digits:byte(-1) - 49) .. ("9"):rep(zeros) .. ".9"
  return float_read(digits .. ("0"):rep(zeros) .. ".1") ~= x or float_read(below) ~= x
end

--- float_next_up(text): the decimal text made by %e, one unit of its last place greater in magnitude.
local function float_next_up(text)
  local mantissa, exponent = text:match("^(.*)(e.*)$")
  local digits, n = mantissa:gsub("[0-8](9*)$", function(nines)
    return ("%.0f"):format(mantissa:byte(-1 - #nines) - 47) .. ("0"):rep(#nines)
  end)
  return n == 1 and digits .. exponent or nil -- nothing to gain beyond a run of nines: the exponent would change
end

--- float8out(x): the text of a double precision.
local function float8out(x)
  if x - x ~= 0 then
    return float_special(x)
  elseif x == math.floor(x) and x < 1e15 and x > -1e15 then
    return ("%.0f"):format(x)
  end
  local magnitude = x < 0 and -x or x
  if magnitude < 2.2250738585072014e-308 then -- few bits may need few digits
    for digits = 0, 16 do
      local text = ("%." .. digits .. "e"):format(x)
      if float_read(text) == x then
        return float_layout(text, 15)
      end
    end
  end
  if magnitude < 9007199254740992 then -- 15 digits survive a double, so shorter texts are found here
    local text = ("%.15g"):format(x)
    if float_read(text) == x then
      return text
    end
  end
  local short = ("%.14e"):format(x)
  if float_read(short) == x and not float_halfway(short, x) then
    return float_layout(short, 15)
  end
  local text = ("%.15e"):format(x)
  if float_read(text) == x and not float_halfway(text, x) then
    return float_layout(text, 15)
  elseif math.frexp(magnitude) == 0.5 then
    -- The floats below a power of two are twice as dense as those above: the nearest text may fail below where the
    -- next one holds above.
    local above = float_next_up(text)
    if above and float_read(above) == x and not float_halfway(above, x) then
      return float_layout(above, 15)
    end
  end
  return float_layout(("%.16e"):format(x), 15)
end
