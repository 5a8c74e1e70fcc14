-- Strings as bytes: order, complement, successor. Lua's own < on strings follows the server's locale (strcoll), sorted
-- sets follow memcmp; everything here follows memcmp.

--- bytes_native: whether Lua's < on strings is byte order in this server.
-- The probes tell byte order from every other collation of glibc, macOS and ICU: upper before lower case, punctuation
-- that counts, order above 127, and bytes that are not UTF-8.
local bytes_native = "B" < "a" and "a-c" < "ab" and "a b" < "a_" and "z" < "\195\169" and "\195\169" < "\254" and "\254" < "\255"

--- bytes_cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b in byte order.
local function bytes_cmp(a, b)
  if a == b then
    return 0
  end
  if bytes_native then
    return a < b and -1 or 1
  end
  local n = #a < #b and #a or #b
  local at = 1
  while at <= n and a:sub(at, at + 31) == b:sub(at, at + 31) do
    at = at + 32
  end
  for i = at, n do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then
      return x < y and -1 or 1
    end
  end
  return #a < #b and -1 or 1
end

--- bytes_lt(a, b): whether a is less than b in byte order.
local bytes_lt = bytes_native and function(a, b)
  return a < b
end or function(a, b)
  return bytes_cmp(a, b) < 0
end

--- bytes_invert(s): s with every byte complemented, which reverses the order of self-delimiting keys.
local function bytes_invert(s)
  local parts = {}
  for from = 1, #s, 100 do
    local bytes = {s:byte(from, from + 99)}
    for i = 1, #bytes do
      bytes[i] = 255 - bytes[i]
    end
    parts[#parts + 1] = string.char(unpack(bytes))
  end
  return bytes_join(parts, #parts)
end

--- bytes_join(parts, n): parts[1] .. ... .. parts[n], for any n; gopher-lua's table.concat takes about 2,500 at once.
local function bytes_join(parts, n)
  if n <= 1000 then
    return table.concat(parts, "", 1, n)
  end
  local joined = {}
  for from = 1, n, 1000 do
    joined[#joined + 1] = table.concat(parts, "", from, from + 999 < n and from + 999 or n)
  end
  return bytes_join(joined, #joined)
end

--- bytes_succ(s): the smallest string greater than every string that begins with s; nil when there is none.
local function bytes_succ(s)
  local n = #s
  while n > 0 and s:byte(n) == 255 do
    n = n - 1
  end
  if n > 0 then
    return s:sub(1, n - 1) .. string.char(s:byte(n) + 1)
  end
end

--- lex_after(mark, s): the edge of a lexicographic range behind every string that begins with s; mark is "[" where the range begins
-- there, "(" where it ends.
local function lex_after(mark, s)
  local succ = bytes_succ(s)
  return succ and mark .. succ or "+"
end

--- sort_rows(list, less): list[1..list.n or #list], sorted in place and stably; less(a, b) is a strict order.
-- table.sort is unstable, and raises when less is inconsistent.
local function sort_rows(list, less)
  local n = list.n or #list
  for from = 1, n, 8 do -- insertion sort of short runs
    for i = from + 1, from + 7 < n and from + 7 or n do
      local row, j = list[i], i - 1
      while j >= from and less(row, list[j]) do
        list[j + 1] = list[j]
        j = j - 1
      end
      list[j + 1] = row
    end
  end
  local source, target, width = list, {}, 8
  while width < n do
    for from = 1, n, 2 * width do
      local left, right, out = from, from + width, from
      local left_end = right <= n and right or n + 1
      local right_end = from + 2 * width <= n and from + 2 * width or n + 1
      while left < left_end and right < right_end do
        if less(source[right], source[left]) then
          target[out] = source[right]
          right = right + 1
        else
          target[out] = source[left]
          left = left + 1
        end
        out = out + 1
      end
      for i = left, left_end - 1 do
        target[out] = source[i]
        out = out + 1
      end
      for i = right, right_end - 1 do
        target[out] = source[i]
        out = out + 1
      end
    end
    local merged = target
    target = source
    source = merged
    width = 2 * width
  end
  if source ~= list then
    for i = 1, n do
      list[i] = source[i]
    end
  end
  return list
end
