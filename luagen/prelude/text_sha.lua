-- SHA-2 (FIPS 180-4) in doubles: words of 32 bits, or pairs of them, a higher and a lower half. A block of 64 bytes of SHA-256, and one of
-- 128 bytes of SHA-512, take about as long as four and ten of MD5.

--- sha_roots_high: the higher halves of the constants of SHA-512's 80 steps, of which the first 64 are SHA-256's.
local sha_roots_high = {
  1116352408, 1899447441, 3049323471, 3921009573, 961987163, 1508970993, 2453635748, 2870763221, 3624381080,
  310598401, 607225278, 1426881987, 1925078388, 2162078206, 2614888103, 3248222580, 3835390401, 4022224774,
  264347078, 604807628, 770255983, 1249150122, 1555081692, 1996064986, 2554220882, 2821834349, 2952996808,
  3210313671, 3336571891, 3584528711, 113926993, 338241895, 666307205, 773529912, 1294757372, 1396182291, 1695183700,
  1986661051, 2177026350, 2456956037, 2730485921, 2820302411, 3259730800, 3345764771, 3516065817, 3600352804,
  4094571909, 275423344, 430227734, 506948616, 659060556, 883997877, 958139571, 1322822218, 1537002063, 1747873779,
  1955562222, 2024104815, 2227730452, 2361852424, 2428436474, 2756734187, 3204031479, 3329325298, 3391569614,
  3515267271, 3940187606, 4118630271, 116418474, 174292421, 289380356, 460393269, 685471733, 852142971, 1017036298,
  1126000580, 1288033470, 1501505948, 1607167915, 1816402316,
}

--- sha_roots_low: the lower halves of these constants.
local sha_roots_low = {
  3609767458, 602891725, 3964484399, 2173295548, 4081628472, 3053834265, 2937671579, 3664609560, 2734883394,
  1164996542, 1323610764, 3590304994, 4068182383, 991336113, 633803317, 3479774868, 2666613458, 944711139,
  2341262773, 2007800933, 1495990901, 1856431235, 3175218132, 2198950837, 3999719339, 766784016, 2566594879,
  3203337956, 1034457026, 2466948901, 3758326383, 168717936, 1188179964, 1546045734, 1522805485, 2643833823,
  2343527390, 1014477480, 1206759142, 344077627, 1290863460, 3158454273, 3505952657, 106217008, 3606008344,
  1432725776, 1467031594, 851169720, 3100823752, 1363258195, 3750685593, 3785050280, 3318307427, 3812723403,
  2003034995, 3602036899, 1575990012, 1125592928, 2716904306, 442776044, 593698344, 3733110249, 2999351573,
  3815920427, 3928383900, 566280711, 3454069534, 4000239992, 1914138554, 2731055270, 3203993006, 320620315,
  587496836, 1086792851, 365543100, 2618297676, 3409855158, 4234509866, 987167468, 1246189591,
}

--- sha_start_512: SHA-512's first state, higher and lower halves in turn; the higher ones are SHA-256's.
local sha_start_512 = {
  1779033703, 4089235720, 3144134277, 2227873595, 1013904242, 4271175723, 2773480762, 1595750129, 1359893119,
  2917565137, 2600822924, 725511199, 528734635, 4215389547, 1541459225, 327033209,
}

--- sha_start_384: SHA-384's first state, higher and lower halves in turn; the lower ones are SHA-224's.
local sha_start_384 = {
  3418070365, 3238371032, 1654270250, 914150663, 2438529370, 812702999, 355462360, 4144912697, 1731405415,
  4290775857, 2394180231, 1750603025, 3675008525, 1694076839, 1203062813, 3204075428,
}

--- sha_xor(a, b, c): a XOR b XOR c of unsigned 32-bit words.
local function sha_xor(a, b, c)
  local x = a + b - 2 * u32_and(a, b)
  return x + c - 2 * u32_and(x, c)
end

--- sha_rotate(x, n): an unsigned 32-bit word rotated to the right by n bits.
local function sha_rotate(x, n)
  local low = x % 2 ^ n
  return (x - low) / 2 ^ n + low * 2 ^ (32 - n)
end

--- sha_padded(s, block): s with the padding that makes it a number of blocks of that many bytes.
local function sha_padded(s, block)
  local size, tail = block / 8, {}
  local bits = #s * 8
  for i = size, 1, -1 do
    tail[i] = string.char(bits % 256)
    bits = math.floor(bits / 256)
  end
  return s .. "\128" .. ("\0"):rep((-#s - 1 - size) % block) .. table.concat(tail)
end

--- sha_word(s, pos): the unsigned 32-bit word at a position, big-endian.
local function sha_word(s, pos)
  local a, b, c, d = s:byte(pos, pos + 3)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

--- sha_bytes(words, n): the first n words as bytes, big-endian.
local function sha_bytes(words, n)
  local out = {}
  for i = 1, n do
    local w = words[i]
    out[i] = string.char(math.floor(w / 16777216), math.floor(w / 65536) % 256, math.floor(w / 256) % 256, w % 256)
  end
  return table.concat(out)
end

--- sha_short(s, state): the 8 words of SHA-256 after s, from a first state, which is changed.
local function sha_short(s, state)
  s = sha_padded(s, 64)
  local w = {}
  for pos = 1, #s, 64 do
    for t = 1, 16 do
      w[t] = sha_word(s, pos + 4 * t - 4)
    end
    for t = 17, 64 do
      local x, y = w[t - 15], w[t - 2]
      local s0 = sha_xor(sha_rotate(x, 7), sha_rotate(x, 18), math.floor(x / 8))
      local s1 = sha_xor(sha_rotate(y, 17), sha_rotate(y, 19), math.floor(y / 1024))
      w[t] = (w[t - 16] + s0 + w[t - 7] + s1) % 4294967296
    end
    local a, b, c, d, e, f, g, h = unpack(state)
    for t = 1, 64 do
      local s1 = sha_xor(sha_rotate(e, 6), sha_rotate(e, 11), sha_rotate(e, 25))
      local choice = u32_and(e, f) + u32_and(4294967295 - e, g)
      local first = h + s1 + choice + sha_roots_high[t] + w[t]
      local s0 = sha_xor(sha_rotate(a, 2), sha_rotate(a, 13), sha_rotate(a, 22))
      local both = u32_and(a, b) -- the majority is (a AND b) OR ((a XOR b) AND c)
      local second = s0 + both + u32_and(a + b - 2 * both, c)
      h = g
      g = f
      f = e
      e = (d + first) % 4294967296
      d = c
      c = b
      b = a
      a = (first + second) % 4294967296
    end
    local after = {a, b, c, d, e, f, g, h}
    for i = 1, 8 do
      state[i] = (state[i] + after[i]) % 4294967296
    end
  end
  return state
end

--- sha256_bytea(s): the SHA-256 of bytes.
local function sha256_bytea(s)
  local state = {}
  for i = 1, 8 do
    state[i] = sha_start_512[2 * i - 1]
  end
  return sha_bytes(sha_short(s, state), 8)
end

--- sha224_bytea(s): the SHA-224 of bytes.
local function sha224_bytea(s)
  local state = {}
  for i = 1, 8 do
    state[i] = sha_start_384[2 * i]
  end
  return sha_bytes(sha_short(s, state), 7)
end

--- sha_sum(high, low): the halves of a sum of 64-bit words, of which these are the sums of the halves.
local function sha_sum(high, low)
  return (high + math.floor(low / 4294967296)) % 4294967296, low % 4294967296
end

--- sha_turn(high, low, n): the halves of a 64-bit word rotated to the right by n bits, n not 32.
local function sha_turn(high, low, n)
  if n > 32 then
    return sha_turn(low, high, n - 32)
  end
  local from_high, from_low = high % 2 ^ n, low % 2 ^ n
  return (high - from_high) / 2 ^ n + from_low * 2 ^ (32 - n), (low - from_low) / 2 ^ n + from_high * 2 ^ (32 - n)
end

--- sha_turns(high, low, n, m, k): a 64-bit word rotated by n bits XOR rotated by m XOR, for a positive k, rotated by k, for a negative
-- one shifted by -k.
local function sha_turns(high, low, n, m, k)
  local h1, l1 = sha_turn(high, low, n)
  local h2, l2 = sha_turn(high, low, m)
  local h3, l3 = sha_turn(high, low, math.abs(k))
  if k < 0 then
    h3 = math.floor(high / 2 ^ -k)
  end
  return sha_xor(h1, h2, h3), sha_xor(l1, l2, l3)
end

--- sha_long(s, start): the state of SHA-512 after s, higher and lower halves in turn.
local function sha_long(s, start)
  s = sha_padded(s, 128)
  local state = {unpack(start)}
  local wh, wl = {}, {}
  for pos = 1, #s, 128 do
    for t = 1, 16 do
      wh[t], wl[t] = sha_word(s, pos + 8 * t - 8), sha_word(s, pos + 8 * t - 4)
    end
    for t = 17, 80 do
      local h0, l0 = sha_turns(wh[t - 15], wl[t - 15], 1, 8, -7)
      local h1, l1 = sha_turns(wh[t - 2], wl[t - 2], 19, 61, -6)
      wh[t], wl[t] = sha_sum(wh[t - 16] + h0 + wh[t - 7] + h1, wl[t - 16] + l0 + wl[t - 7] + l1)
    end
    local v = {unpack(state)} -- a to h
    for t = 1, 80 do
      local ah, al, bh, bl, ch, cl = v[1], v[2], v[3], v[4], v[5], v[6]
      local eh, el = v[9], v[10]
      local h1, l1 = sha_turns(eh, el, 14, 18, 41)
      local fh = v[15] + h1 + u32_and(eh, v[11]) + u32_and(4294967295 - eh, v[13]) + sha_roots_high[t] + wh[t]
      local fl = v[16] + l1 + u32_and(el, v[12]) + u32_and(4294967295 - el, v[14]) + sha_roots_low[t] + wl[t]
      local h0, l0 = sha_turns(ah, al, 28, 34, 39)
      local both_h, both_l = u32_and(ah, bh), u32_and(al, bl)
      local sh = h0 + both_h + u32_and(ah + bh - 2 * both_h, ch)
      local sl = l0 + both_l + u32_and(al + bl - 2 * both_l, cl)
      for i = 16, 3, -1 do
        v[i] = v[i - 2]
      end
      v[9], v[10] = sha_sum(v[9] + fh, v[10] + fl)
      v[1], v[2] = sha_sum(fh + sh, fl + sl)
    end
    for i = 1, 16, 2 do
      state[i], state[i + 1] = sha_sum(state[i] + v[i], state[i + 1] + v[i + 1])
    end
  end
  return state
end

--- sha512_bytea(s): the SHA-512 of bytes.
local function sha512_bytea(s)
  return sha_bytes(sha_long(s, sha_start_512), 16)
end

--- sha384_bytea(s): the SHA-384 of bytes.
local function sha384_bytea(s)
  return sha_bytes(sha_long(s, sha_start_384), 12)
end
