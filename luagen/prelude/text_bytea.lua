-- Functions of bytea: slices, bytes and bits, trimming.

--- byteacat(a, b): a || b.
local function byteacat(a, b)
  return a .. b
end

--- byteaoctetlen(b): the number of bytes.
local function byteaoctetlen(b)
  return #b
end

--- bytea_substr(b, start, count): the bytes of b that fall into positions start to start + count - 1. Raises 22011.
local function bytea_substr(b, start, count)
  local stop = substring_end(start, count) or 2147483648
  if stop < 1 then
    return ""
  end
  return b:sub(start < 1 and 1 or start, stop - 1)
end

--- bytea_substr_no_len(b, start): the bytes of b from position start on.
local function bytea_substr_no_len(b, start)
  return b:sub(start < 1 and 1 or start)
end

--- byteapos(b, part): the position of the first part in b, 0 when there is none.
local function byteapos(b, part)
  return b:find(part, 1, true) or 0
end

--- byteaoverlay(b, new, start, count): b with count bytes from start on replaced by new. Raises 22011, 22003.
local function byteaoverlay(b, new, start, count)
  if start <= 0 then
    raise("22011", "negative substring length not allowed")
  end
  local rest = start + count
  if rest > 2147483647 or rest < -2147483648 then
    raise("22003", "integer out of range")
  end
  return b:sub(1, start - 1) .. new .. bytea_substr_no_len(b, rest)
end

--- byteaoverlay_no_len(b, new, start): b with as many bytes as new has, from start on, replaced by new. Raises 22011, 22003.
local function byteaoverlay_no_len(b, new, start)
  return byteaoverlay(b, new, start, #new)
end

--- bytea_trim_ends(b, set, left, right): b without the bytes of set at its left and right end, as asked.
local function bytea_trim_ends(b, set, left, right)
  local first, last = 1, #b
  while left and first <= last and set:find(b:sub(first, first), 1, true) do
    first = first + 1
  end
  while right and last >= first and set:find(b:sub(last, last), 1, true) do
    last = last - 1
  end
  return b:sub(first, last)
end

--- byteatrim(b, set): b without the bytes of set at both ends.
local function byteatrim(b, set)
  return bytea_trim_ends(b, set, true, true)
end

--- bytealtrim(b, set): b without the bytes of set at its start.
local function bytealtrim(b, set)
  return bytea_trim_ends(b, set, true, false)
end

--- byteartrim(b, set): b without the bytes of set at its end.
local function byteartrim(b, set)
  return bytea_trim_ends(b, set, false, true)
end

--- index_check(n, count): checks that the wide integer n is an index from 0 to count - 1. Raises 2202E.
local function index_check(n, count)
  if type(n) == "string" or n < 0 or n >= count then
    raise("2202E", "index " .. wide_text(n) .. (" out of valid range, 0..%.0f"):format(count - 1))
  end
end

--- byteaGetByte(b, n): byte n of b, counted from 0. Raises 2202E.
local function byteaGetByte(b, n)
  index_check(n, #b)
  return b:byte(n + 1)
end

--- byteaSetByte(b, n, value): b with the low 8 bits of value as byte n. Raises 2202E.
local function byteaSetByte(b, n, value)
  index_check(n, #b)
  return b:sub(1, n) .. string.char(value % 256) .. b:sub(n + 2)
end

--- byteaGetBit(b, n): bit n of b, the lowest of the first byte being 0; n is a wide integer. Raises 2202E.
local function byteaGetBit(b, n)
  index_check(n, #b * 8)
  local at = math.floor(n / 8)
  return math.floor(b:byte(at + 1) / 2 ^ (n - at * 8)) % 2
end

--- byteaSetBit(b, n, value): b with value, 0 or 1, as bit n; n is a wide integer. Raises 2202E, 22023.
local function byteaSetBit(b, n, value)
  index_check(n, #b * 8)
  if value ~= 0 and value ~= 1 then
    raise("22023", "new bit must be 0 or 1")
  end
  local at = math.floor(n / 8)
  local byte, mask = b:byte(at + 1), 2 ^ (n - at * 8)
  local old = math.floor(byte / mask) % 2
  return b:sub(1, at) .. string.char(byte + (value - old) * mask) .. b:sub(at + 2)
end

--- bytea_bit_count(b): the number of bits that are set.
local function bytea_bit_count(b)
  local count = 0
  for at = 1, #b do
    local byte = b:byte(at)
    while byte > 0 do
      local bit = byte % 2
      count = count + bit
      byte = (byte - bit) / 2
    end
  end
  return count
end

--- like_escape_bytea(pattern, escape): like_escape for bytea. Raises 22025.
local function like_escape_bytea(pattern, escape)
  if escape == "" then
    return replace_text(pattern, "\\", "\\\\")
  elseif #escape ~= 1 then
    raise("22025", "invalid escape string")
  elseif escape == "\\" then
    return pattern
  end
  local bytes, after = {}, false
  for at = 1, #pattern do
    local byte = pattern:sub(at, at)
    if byte == escape and not after then
      after = true
      bytes[at] = "\\"
    else
      bytes[at] = (byte == "\\" and not after) and "\\\\" or byte
      after = false
    end
  end
  return bytes_join(bytes, #pattern)
end
