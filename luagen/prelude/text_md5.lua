-- MD5 (RFC 1321) in doubles: AND is u32_and, and the other bit operations are sums of it. A block of 64 bytes takes about 250
-- microseconds in Redis.

--- md5_sines: the constants of MD5's 64 steps.
local md5_sines = {
  3614090360, 3905402710, 606105819, 3250441966, 4118548399, 1200080426, 2821735955, 4249261313, 1770035416, 2336552879, 4294925233,
  2304563134, 1804603682, 4254626195, 2792965006, 1236535329, 4129170786, 3225465664, 643717713, 3921069994, 3593408605, 38016083,
  3634488961, 3889429448, 568446438, 3275163606, 4107603335, 1163531501, 2850285829, 4243563512, 1735328473, 2368359562, 4294588738,
  2272392833, 1839030562, 4259657740, 2763975236, 1272893353, 4139469664, 3200236656, 681279174, 3936430074, 3572445317, 76029189,
  3654602809, 3873151461, 530742520, 3299628645, 4096336452, 1126891415, 2878612391, 4237533241, 1700485571, 2399980690, 4293915773,
  2240044497, 1873313359, 4264355552, 2734768916, 1309151649, 4149444226, 3174756917, 718787259, 3951481745,
}

--- md5_block(s, pos, a, b, c, d): the state a, b, c, d after the 64 bytes of s from pos on.
local function md5_block(s, pos, a, b, c, d)
  local shifts = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}
  local words = {}
  for i = 0, 15 do
    local w, x, y, z = s:byte(pos + 4 * i, pos + 4 * i + 3)
    words[i] = w + 256 * x + 65536 * y + 16777216 * z
  end
  local a0, b0, c0, d0 = a, b, c, d
  for i = 0, 63 do
    local round, mixed, index = math.floor(i / 16), nil, nil
    if round == 0 then
      mixed = u32_and(b, c) + u32_and(4294967295 - b, d)
      index = i
    elseif round == 1 then
      mixed = u32_and(d, b) + u32_and(4294967295 - d, c)
      index = (5 * i + 1) % 16
    elseif round == 2 then -- XOR is a + b - 2 (a AND b)
      mixed = b + c - 2 * u32_and(b, c)
      mixed = mixed + d - 2 * u32_and(mixed, d)
      index = (3 * i + 5) % 16
    else -- OR is a + b - (a AND b)
      local inverse = 4294967295 - d
      mixed = b + inverse - u32_and(b, inverse)
      mixed = c + mixed - 2 * u32_and(c, mixed)
      index = 7 * i % 16
    end
    local sum = (a + mixed + md5_sines[i + 1] + words[index]) % 4294967296
    local shift = shifts[round + 1][i % 4 + 1]
    local high = 2 ^ shift
    local rotated = sum * high % 4294967296 + math.floor(sum * high / 4294967296)
    a = d
    d = c
    c = b
    b = (b + rotated) % 4294967296
  end
  return (a0 + a) % 4294967296, (b0 + b) % 4294967296, (c0 + c) % 4294967296, (d0 + d) % 4294967296
end

--- md5_text(s): the MD5 of s in hexadecimal.
local function md5_text(s)
  local size = #s
  local bits = size * 8
  local tail = {}
  for i = 1, 8 do
    tail[i] = string.char(bits % 256)
    bits = math.floor(bits / 256)
  end
  s = s .. "\128" .. ("\0"):rep((55 - size) % 64) .. table.concat(tail)
  local a, b, c, d = 1732584193, 4023233417, 2562383102, 271733878
  for pos = 1, #s, 64 do
    a, b, c, d = md5_block(s, pos, a, b, c, d)
  end
  local digits = {}
  for i, word in ipairs({a, b, c, d}) do
    local pairs_of_word = {}
    for j = 1, 4 do
      pairs_of_word[j] = ("%02x"):format(word % 256)
      word = math.floor(word / 256)
    end
    digits[i] = table.concat(pairs_of_word)
  end
  return table.concat(digits)
end

--- md5_bytea(b): the MD5 of b in hexadecimal.
local md5_bytea = md5_text
