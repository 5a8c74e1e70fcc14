-- Bytes as text and back: encode and decode, UTF-8.

--- base64_letters: the 64 digits.
local base64_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

--- base64_encode(b): b in base64, lines of 76 characters, each full line ended.
local function base64_encode(b)
  local lines, n = {}, 0
  local function digit(value)
    return base64_letters:sub(value + 1, value + 1)
  end
  for from = 1, #b, 57 do
    local quads = {}
    for at = from, math.min(from + 56, #b), 3 do
      local x, y, z = b:byte(at, at + 2)
      local bits = x * 65536 + (y or 0) * 256 + (z or 0)
      local d4 = bits % 64
      local d3 = (bits - d4) / 64 % 64
      local d2 = math.floor(bits / 4096) % 64
      quads[#quads + 1] = digit(math.floor(bits / 262144)) .. digit(d2) .. (y and digit(d3) or "=") .. (z and digit(d4) or "=")
    end
    n = n + 1
    lines[n] = table.concat(quads) .. (#b - from >= 56 and "\n" or "")
  end
  return bytes_join(lines, n)
end

--- base64_decode(s): the bytes that base64 digits spell; white space is skipped. Raises 22023.
local function base64_decode(s)
  local bytes, n, bits, count, ending = {}, 0, 0, 0, 0
  for at = 1, #s do
    local char = s:sub(at, at)
    if not char:find("[ \t\r\n]") then
      local value = 0
      if char == "=" then
        if ending == 0 then
          if count < 2 then
            raise("22023", 'unexpected "=" while decoding base64 sequence')
          end
          ending = count - 1 -- how many bytes of the last group count
        end
      else
        value = base64_letters:find(char, 1, true)
        if not value then
          raise("22023", 'invalid symbol "' .. s:sub(at, char_skip(s, at, 1) - 1) .. '" found while decoding base64 sequence')
        end
        value = value - 1
      end
      bits = bits * 64 + value
      count = count + 1
      if count == 4 then
        local low = bits % 256
        local middle = (bits - low) / 256 % 256
        local group = string.char(math.floor(bits / 65536), middle, low)
        n = n + 1
        bytes[n] = ending == 0 and group or group:sub(1, ending)
        bits, count = 0, 0
      end
    end
  end
  if count ~= 0 then
    raise("22023", "invalid base64 end sequence")
  end
  return bytes_join(bytes, n)
end

--- escape_encode(b): b with zero bytes and those beyond ASCII as backslash and three octal digits, and backslashes doubled.
local function escape_encode(b)
  return (b:gsub("[%z\\\128-\255]", function(char)
    return char == "\\" and "\\\\" or ("\\%03o"):format(char:byte())
  end))
end

--- binary_encode(b, encoding): encode(). Raises 22023.
local function binary_encode(b, encoding)
  local name = lower(encoding)
  if name == "hex" then
    return hex_encode(b)
  elseif name == "base64" then
    return base64_encode(b)
  elseif name == "escape" then
    return escape_encode(b)
  end
  raise("22023", 'unrecognized encoding: "' .. encoding .. '"')
end

--- binary_decode(s, encoding): decode(). Raises 22023, 22P02.
local function binary_decode(s, encoding)
  local name = lower(encoding)
  if name == "hex" then
    return hex_decode(s, 1)
  elseif name == "base64" then
    return base64_decode(s)
  elseif name == "escape" then
    return escape_decode(s)
  end
  raise("22023", 'unrecognized encoding: "' .. encoding .. '"')
end

--- encoding_check(name): checks that an encoding is UTF-8. Raises 0A000.
local function encoding_check(name)
  local short = lower(name):gsub("[^a-z0-9]", "")
  if short ~= "utf8" and short ~= "unicode" then
    raise("0A000", 'encoding "' .. name .. '" is not supported: only UTF8 is')
  end
end

--- pg_convert_from(b, encoding): convert_from(): the text that UTF-8 bytes are. Raises 22021, 0A000.
local function pg_convert_from(b, encoding)
  encoding_check(encoding)
  return text_verify(b)
end

--- pg_convert_to(s, encoding): convert_to(): the UTF-8 bytes of a text. Raises 0A000.
local function pg_convert_to(s, encoding)
  encoding_check(encoding)
  return s
end
