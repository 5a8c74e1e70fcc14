-- Forms of varying length: lengths in rows, keys of text, bytea and numeric, names, parameters, lists.

--- len_put(n): the length of a variable column before it: one byte below 255, otherwise \255 and four bytes.
local function len_put(n)
  if n < 255 then
    return string.char(n)
  end
  return "\255" .. enc_u4(n)
end

--- len_get(s, i): the length at byte i of s, and the byte after it.
local function len_get(s, i)
  local n = s:byte(i)
  if n < 255 then
    return n, i + 1
  end
  return dec_u4(s, i + 1), i + 5
end

--- enc_text_key(s): text in a sort key.
local function enc_text_key(s)
  return s .. "\0"
end

--- dec_text_key(s, i): the text whose key begins at byte i of s, and the byte after it.
local function dec_text_key(s, i)
  local last = s:find("\0", i, true)
  return s:sub(i, last - 1), last + 1
end

--- enc_bytea_key(s): bytea in a sort key.
local function enc_bytea_key(s)
  if s:find("\0", 1, true) then
    s = s:gsub("%z", "\0\1")
  end
  return s .. "\0\0"
end

--- dec_bytea_key(s, i): the bytea whose key begins at byte i of s, and the byte after it.
local function dec_bytea_key(s, i)
  local parts, n = {}, 0
  while true do
    local zero = s:find("\0", i, true)
    n = n + 1
    parts[n] = s:sub(i, zero - 1)
    i = zero + 2
    if s:byte(zero + 1) == 0 then
      return bytes_join(parts, n), i
    end
    n = n + 1
    parts[n] = "\0"
  end
end

--- enc_numeric_key(s): a numeric in a sort key: the numeric key, which does not know the scale.
local function enc_numeric_key(s)
  if s == "NaN" then
    return "\6"
  elseif s == "Infinity" then
    return "\5"
  elseif s == "-Infinity" then
    return "\1"
  end
  local negative = s:byte(1) == 45
  local whole, fraction = s:match("^-?0*([0-9]*)%.?([0-9]*)$")
  local digits = whole .. fraction
  local first = digits:find("[1-9]")
  if not first then
    return "\3"
  end
  local exponent = #whole - first + 1
  digits = trim_zeros(digits:sub(first))
  local bytes = {}
  for i = 1, #digits, 2 do
    local a, b = digits:byte(i, i + 1)
    bytes[#bytes + 1] = string.char((a - 48) * 10 + (b and b - 48 or 0) + 1)
  end
  local e
  if exponent > -32000 and exponent < 32000 then
    e = enc_u2(exponent + 32768)
  elseif exponent > 0 then
    e = "\255\255" .. enc_u4(exponent + 2147483648)
  else
    e = "\0\0" .. enc_u4(exponent + 2147483648)
  end
  local body = e .. bytes_join(bytes, #bytes) .. "\0"
  return negative and "\2" .. bytes_invert(body) or "\4" .. body
end

--- dec_numeric_key(s, i): the numeric whose key begins at byte i of s, without zeros at the end of its fraction, and the
-- byte after it.
local function dec_numeric_key(s, i)
  local class = s:byte(i)
  if class == 3 then
    return "0", i + 1
  elseif class == 6 then
    return "NaN", i + 1
  elseif class == 5 then
    return "Infinity", i + 1
  elseif class == 1 then
    return "-Infinity", i + 1
  end
  local last = s:find(class == 2 and "\255" or "\0", i + 3, true)
  local wide = s:sub(i + 1, i + 2)
  wide = wide == "\0\0" or wide == "\255\255"
  if wide then
    last = s:find(class == 2 and "\255" or "\0", i + 7, true)
  end
  local body = s:sub(i + 1, last - 1)
  if class == 2 then
    body = bytes_invert(body)
  end
  local exponent, at
  if wide then
    exponent, at = dec_u4(body, 3) - 2147483648, 7
  else
    exponent, at = dec_u2(body, 1) - 32768, 3
  end
  local digits = {}
  for k = at, #body do
    digits[#digits + 1] = ("%02.0f"):format(body:byte(k) - 1)
  end
  digits = trim_zeros(bytes_join(digits, #digits))
  local text
  if exponent <= 0 then
    text = "0." .. ("0"):rep(-exponent) .. digits
  elseif exponent >= #digits then
    text = digits .. ("0"):rep(exponent - #digits)
  else
    text = digits:sub(1, exponent) .. "." .. digits:sub(exponent + 1)
  end
  return class == 2 and "-" .. text or text, last + 1
end

--- name_bool(b): the name form of a boolean.
local function name_bool(b)
  return b and "1" or "0"
end

--- name_int(w): the name form of an integer, date, timestamp or enum: its decimal text.
local function name_int(w)
  return type(w) == "string" and w or ("%.0f"):format(w)
end

--- name_wide(w): name_int(w), or a number that .. and commands write as that.
local function name_wide(w)
  if w == w + 0 and w < 100000000000000 and w > -100000000000000 then
    return w
  end
  return name_int(w)
end

--- name_f8(x): the name form of a float.
local function name_f8(x)
  if x ~= x then
    return "NaN"
  elseif x - x ~= 0 then
    return x > 0 and "Infinity" or "-Infinity"
  end
  return ("%.17g"):format(x == 0 and 0 or x)
end

--- name_numeric(s): the name form of a numeric: without zeros at the end of its fraction.
local function name_numeric(s)
  if s:find(".", 1, true) then
    s = numeric_trim_scale(s)
  end
  return s
end

--- name_part(s): a text, bytea, interval or numeric name form that another part follows.
local function name_part(s)
  return ("%.0f:"):format(#s) .. s
end

--- arg_nullable(s): what a nullable parameter's ARGV text stands for: nil, or the text to decode further.
local function arg_nullable(s)
  if s ~= "" then
    return s:sub(2)
  end
end

--- arg_bool(s): the boolean that ARGV text stands for.
local function arg_bool(s)
  return s == "1"
end

--- arg_f8(s): the float that ARGV text stands for.
local function arg_f8(s)
  if s == "NaN" then
    return 0 / 0
  elseif s == "Infinity" then
    return 1 / 0
  elseif s == "-Infinity" then
    return -1 / 0
  elseif s == "-0" then -- gopher-lua would read the integer 0
    local zero = 0
    return -zero
  end
  return float_read(s)
end

--- arg_f4(s): the real that ARGV text stands for.
local function arg_f4(s)
  return float_round4(arg_f8(s))
end

--- list_decode(s, decode): the table {n = count, ...} that a list stands for; decode, when given, maps each element's text.
-- NULL elements are nil.
local function list_decode(s, decode)
  local list, n, i = {}, 0, 1
  while i <= #s do
    n = n + 1
    if s:byte(i) == 126 then
      i = i + 1
    else
      local colon = s:find(":", i, true)
      local size = tonumber(s:sub(i, colon - 1))
      local text = s:sub(colon + 1, colon + size)
      list[n] = text
      if decode then
        list[n] = decode(text)
      end
      i = colon + size + 1
    end
  end
  list.n = n
  return list
end

--- list_encode(list, encode): the list that stands for the table {n = count, ...}; encode, when given, maps each element.
local function list_encode(list, encode)
  local parts = {}
  for i = 1, list.n do
    local value = list[i]
    if value == nil then
      parts[i] = "~"
    else
      parts[i] = name_part(encode and encode(value) or value)
    end
  end
  return bytes_join(parts, list.n)
end
