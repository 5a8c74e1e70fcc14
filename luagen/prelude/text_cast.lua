-- Casts between text and boolean, uuid and bytea, and the length coercions of varchar(n) and char(n).

--- trim_space(s): s without the white space at both ends that PostgreSQL's input functions ignore.
local function trim_space(s)
  return s:match("^[ \t\n\r\f\v]*(.-)[ \t\n\r\f\v]*$")
end

--- boolin(s): the boolean that s spells: a prefix of true, false, yes, no, or on, off, 1, 0. Raises 22P02.
local function boolin(s)
  local word = lower(trim_space(s))
  local n = #word
  if n > 0 then
    if word == ("true"):sub(1, n) or word == ("yes"):sub(1, n) or word == "on" or word == "1" then
      return true
    elseif word == ("false"):sub(1, n) or word == ("no"):sub(1, n) or n > 1 and word == ("off"):sub(1, n) or word == "0" then
      return false
    end
  end
  raise("22P02", 'invalid input syntax for type boolean: "' .. s .. '"')
end

--- boolout(b): "t" or "f", what concat, format and arrays print.
local function boolout(b)
  return b and "t" or "f"
end

--- booltext(b): "true" or "false", the cast to text.
local function booltext(b)
  return b and "true" or "false"
end

--- bool_int4(b): 1 or 0.
local function bool_int4(b)
  return b and 1 or 0
end

--- int4_bool(n): whether n is not 0.
local function int4_bool(n)
  return n ~= 0
end

--- varchar(s, typmod, explicit): s as varchar(typmod - 4), any length when typmod is negative.
-- What is too long is cut when explicit; an assignment cuts spaces only and raises 22001 for anything else.
local function varchar(s, typmod, explicit)
  local size = typmod - 4
  if size < 0 or #s <= size or textlen(s) <= size then
    return s
  end
  local cut = char_slice(s, 1, size)
  if not explicit and s:find("[^ ]", #cut + 1) then
    raise("22001", ("value too long for type character varying(%.0f)"):format(size))
  end
  return cut
end

--- bpchar(s, typmod, explicit): s as char(typmod - 4), filled with spaces; s itself when typmod is negative.
-- What is too long is cut when explicit; an assignment cuts spaces only and raises 22001 for anything else.
local function bpchar(s, typmod, explicit)
  local size = typmod - 4
  if size < 0 then
    return s
  end
  local have = textlen(s)
  if have <= size then
    return s .. (" "):rep(size - have)
  end
  local cut = char_slice(s, 1, size)
  if not explicit and s:find("[^ ]", #cut + 1) then
    raise("22001", ("value too long for type character(%.0f)"):format(size))
  end
  return cut
end

--- bpcharlen(s): the number of characters of a char(n) without the spaces at its end.
local function bpcharlen(s)
  return textlen(rtrim1(s))
end

--- bpcharoctetlen(s): the number of bytes of a char(n), its filling included.
local function bpcharoctetlen(s)
  return #s
end

--- uuid_in(s): the 16 bytes of the uuid that s spells. Raises 22P02.
local function uuid_in(s)
  local inner = s:match("^{(.*)}$") or s
  -- a hyphen may follow any group of four digits but the last
  local digits = inner:gsub("(%x%x%x%x)%-", "%1")
  local pos = 0
  local valid = #digits == 32 and digits:find("^%x*$")
  if valid and #inner ~= 32 then
    for i = 1, 8 do
      pos = pos + 4
      if not inner:sub(pos - 3, pos):find("^%x%x%x%x$") then
        valid = false
        break
      end
      if i < 8 and inner:sub(pos + 1, pos + 1) == "-" then
        pos = pos + 1
      end
    end
    valid = valid and pos == #inner
  end
  if not valid then
    raise("22P02", 'invalid input syntax for type uuid: "' .. s .. '"')
  end
  return hex_decode(digits, 1)
end

--- hex_encode(s): the bytes of s as two lower-case digits each.
local function hex_encode(s)
  local parts, n = {}, 0
  for from = 1, #s, 100 do
    local size = math.min(100, #s - from + 1)
    n = n + 1
    parts[n] = ("%02x"):rep(size):format(s:byte(from, from + size - 1))
  end
  return bytes_join(parts, n)
end

--- uuid_out(u): the text of a uuid, in lower case with hyphens.
local function uuid_out(u)
  local hex = hex_encode(u)
  return hex:sub(1, 8) .. "-" .. hex:sub(9, 12) .. "-" .. hex:sub(13, 16) .. "-" .. hex:sub(17, 20) .. "-" .. hex:sub(21)
end

--- hex_decode(s, from): the bytes that the digits of s from position from on spell; white space between pairs is skipped.
-- Raises 22023.
local function hex_decode(s, from)
  local bytes, n, pos = {}, 0, from
  if not s:find("[^0-9a-fA-F]", from) and (#s - from) % 2 == 1 then
    for i = from, #s, 2 do
      n = n + 1
      bytes[n] = string.char(tonumber(s:sub(i, i + 1), 16))
    end
    return bytes_join(bytes, n)
  end
  while pos <= #s do
    local char = s:sub(pos, pos)
    if char:find("[ \t\r\n]") then
      pos = pos + 1
    else
      for i = pos, pos + 1 do
        if i > #s then
          raise("22023", "invalid hexadecimal data: odd number of digits")
        elseif not s:find("^%x", i) then
          raise("22023", 'invalid hexadecimal digit: "' .. s:sub(i, char_skip(s, i, 1) - 1) .. '"')
        end
      end
      n = n + 1
      bytes[n] = string.char(tonumber(s:sub(pos, pos + 1), 16))
      pos = pos + 2
    end
  end
  return bytes_join(bytes, n)
end

--- escape_decode(s): the bytes that s spells in the escape format: backslash and three octal digits, or two backslashes.
-- Raises 22P02.
local function escape_decode(s)
  if not s:find("\\", 1, true) then
    return s
  end
  local bytes, n, pos = {}, 0, 1
  while pos <= #s do
    local stop = s:find("\\", pos, true)
    n = n + 1
    bytes[n] = s:sub(pos, stop and stop - 1)
    if not stop then
      break
    end
    local a, b, c = s:match("^([0-3])([0-7])([0-7])", stop + 1)
    n = n + 1
    if a then
      bytes[n] = string.char(a * 64 + b * 8 + c)
      pos = stop + 4
    elseif s:byte(stop + 1) == 92 then
      bytes[n] = "\\"
      pos = stop + 2
    else
      raise("22P02", "invalid input syntax for type bytea")
    end
  end
  return bytes_join(bytes, n)
end

--- byteain(s): the bytes that s spells: hexadecimal after \x, else the escape format. Raises 22023, 22P02.
local function byteain(s)
  if s:sub(1, 2) == "\\x" then
    return hex_decode(s, 3)
  end
  return escape_decode(s)
end

--- byteaout(b): \x and the bytes in hexadecimal.
local function byteaout(b)
  return "\\x" .. hex_encode(b)
end
