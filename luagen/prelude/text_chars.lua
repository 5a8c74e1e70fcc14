-- Characters of UTF-8 text: counting, slicing, searching. Every function has a path for ASCII, where characters are
-- bytes, because that is what nearly all text is. Text is valid UTF-8; text_verify is the gate that makes it so.

--- char_skip(s, pos, n): the byte position n characters after byte position pos, at most #s + 1.
local function char_skip(s, pos, n)
  for _ = 1, n do
    local lead = s:byte(pos)
    if not lead then
      break
    end
    pos = pos + (lead < 128 and 1 or lead < 224 and 2 or lead < 240 and 3 or 4)
  end
  return pos
end

--- char_slice(s, first, last): the characters first to last of s, counted from 1, both included; first is at least 1.
local function char_slice(s, first, last)
  if last < first then
    return ""
  end
  if not s:find("[\128-\255]") then
    return s:sub(first, last)
  end
  local from = char_skip(s, 1, first - 1)
  return s:sub(from, char_skip(s, from, last - first + 1) - 1)
end

--- char_list(s): the characters of s as a table {n = count, ...}.
local function char_list(s)
  local chars, n = {}, 0
  for char in s:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
    n = n + 1
    chars[n] = char
  end
  chars.n = n
  return chars
end

--- text_verify(s): s when it is text PostgreSQL can hold: valid UTF-8 without NUL. Raises 22021.
local function text_verify(s)
  if not s:find("[%z\128-\255]") then
    return s
  end
  local pos = 1
  while true do
    pos = s:find("[%z\128-\255]", pos)
    if not pos then
      return s
    end
    local lead, second = s:byte(pos, pos + 1)
    local size = lead < 128 and 1 or lead < 192 and 1 or lead < 224 and 2 or lead < 240 and 3 or lead < 248 and 4 or 1
    second = second or 0
    -- the second byte's range excludes overlong forms, surrogates and code points beyond 10FFFF
    local low = lead == 224 and 160 or lead == 240 and 144 or 128
    local high = lead == 237 and 159 or lead == 244 and 143 or 191
    local char = s:sub(pos, pos + size - 1)
    if lead < 194 or lead > 244 or second < low or second > high or not char:find("^.[\128-\191]*$") or #char < size then
      raise("22021", 'invalid byte sequence for encoding "UTF8": ' ..
        char:gsub(".", function(byte) return ("0x%02x "):format(byte:byte()) end):sub(1, -2))
    end
    pos = pos + size
  end
end

--- textlen(s): the number of characters of s.
local function textlen(s)
  if not s:find("[\128-\255]") then
    return #s
  end
  local _, continuation = s:gsub("[\128-\191]", "")
  return #s - continuation
end

--- textoctetlen(s): the number of bytes of s.
local function textoctetlen(s)
  return #s
end

--- textcat(a, b): a || b.
local function textcat(a, b)
  return a .. b
end

--- substring_end(start, count): one past the last position of substring(... from start for count), or nil for no end.
-- Raises 22011 for a negative count.
local function substring_end(start, count)
  if count < 0 then
    raise("22011", "negative substring length not allowed")
  end
  if start + count <= 2147483647 then
    return start + count
  end
end

--- text_substr(s, start, count): the characters of s that fall into positions start to start + count - 1. Raises 22011.
local function text_substr(s, start, count)
  local stop = substring_end(start, count) or 2147483648
  return char_slice(s, start < 1 and 1 or start, stop - 1)
end

--- text_substr_no_len(s, start): the characters of s from position start on.
local function text_substr_no_len(s, start)
  return char_slice(s, start < 1 and 1 or start, 2147483647)
end

--- text_left(s, n): the first n characters of s, or all but the last -n.
local function text_left(s, n)
  if n < 0 then
    n = textlen(s) + n
  end
  return char_slice(s, 1, n)
end

--- text_right(s, n): the last n characters of s, or all but the first -n.
local function text_right(s, n)
  local skip = n < 0 and -n or textlen(s) - n
  if skip < 0 or n == -2147483648 then -- which has no positive counterpart in PostgreSQL's arithmetic
    return s
  end
  return char_slice(s, skip + 1, 2147483647)
end

--- textpos(s, part): the position in characters of the first part in s, 0 when there is none.
local function textpos(s, part)
  local found = s:find(part, 1, true)
  if not found then
    return 0
  end
  return textlen(s:sub(1, found - 1)) + 1
end

--- text_starts_with(s, prefix): whether s begins with prefix.
local function text_starts_with(s, prefix)
  return s:sub(1, #prefix) == prefix
end

--- text_reverse(s): the characters of s in reverse order.
local function text_reverse(s)
  if s:find("[\128-\255]") then
    s = s:gsub("[\194-\244][\128-\191]+", string.reverse)
  end
  return s:reverse()
end

--- textoverlay(s, new, start, count): s with count characters from start on replaced by new. Raises 22011, 22003.
local function textoverlay(s, new, start, count)
  if start <= 0 then
    raise("22011", "negative substring length not allowed")
  end
  local rest = start + count
  if rest > 2147483647 or rest < -2147483648 then
    raise("22003", "integer out of range")
  end
  return char_slice(s, 1, start - 1) .. new .. text_substr_no_len(s, rest)
end

--- textoverlay_no_len(s, new, start): s with as many characters as new has, from start on, replaced by new.
local function textoverlay_no_len(s, new, start)
  return textoverlay(s, new, start, textlen(new))
end

--- ascii(s): the code point of the first character of s, 0 when s is empty.
local function ascii(s)
  local a, b, c, d = s:byte(1, 4)
  if not a then
    return 0
  elseif a < 128 then
    return a
  elseif a < 224 then
    return (a - 192) * 64 + b - 128
  elseif a < 240 then
    return ((a - 224) * 64 + b - 128) * 64 + c - 128
  end
  return (((a - 240) * 64 + b - 128) * 64 + c - 128) * 64 + d - 128
end

--- utf8_char(code): the UTF-8 form of a code point.
local function utf8_char(code)
  if code < 128 then
    return string.char(code)
  end
  local last = 128 + code % 64
  code = math.floor(code / 64)
  if code < 32 then
    return string.char(192 + code, last)
  end
  local third = 128 + code % 64
  code = math.floor(code / 64)
  if code < 16 then
    return string.char(224 + code, third, last)
  end
  return string.char(240 + math.floor(code / 64), 128 + code % 64, third, last)
end

--- chr(code): the character with that code point. Raises 22023, 54000.
local function chr(code)
  if code < 0 then
    raise("22023", "character number must be positive")
  elseif code == 0 then
    raise("54000", "null character not permitted")
  elseif code > 1114111 then
    raise("54000", ("requested character too large for encoding: %.0f"):format(code))
  elseif code >= 55296 and code <= 57343 then
    raise("54000", ("requested character not valid for encoding: %.0f"):format(code))
  end
  return utf8_char(code)
end
