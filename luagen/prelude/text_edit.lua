-- Trimming, padding, replacing and splitting text.

--- trim_ends(s, set, left, right): s without the characters of set at its left and right end, as asked.
local function trim_ends(s, set, left, right)
  if s == "" or set == "" then
    return s
  end
  if set == " " then
    if left then
      s = s:match("^ *(.*)$")
    end
    if right and s:byte(-1) == 32 then
      local last = #s
      while s:byte(last) == 32 do
        last = last - 1
      end
      s = s:sub(1, last)
    end
    return s
  end
  local member = {}
  for char in set:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
    member[char] = true
  end
  local first, last = 1, #s
  while left and first <= last do
    local stop = char_skip(s, first, 1)
    if not member[s:sub(first, stop - 1)] then
      break
    end
    first = stop
  end
  while right and last >= first do
    local start = last
    local byte = s:byte(start)
    while byte >= 128 and byte < 192 do
      start = start - 1
      byte = s:byte(start)
    end
    if not member[s:sub(start, last)] then
      break
    end
    last = start - 1
  end
  return s:sub(first, last)
end

--- btrim(s, set): s without the characters of set at both ends.
local function btrim(s, set)
  return trim_ends(s, set, true, true)
end

--- btrim1(s): s without spaces at both ends.
local function btrim1(s)
  return trim_ends(s, " ", true, true)
end

--- ltrim(s, set): s without the characters of set at its start.
local function ltrim(s, set)
  return trim_ends(s, set, true, false)
end

--- ltrim1(s): s without spaces at its start.
local function ltrim1(s)
  return trim_ends(s, " ", true, false)
end

--- rtrim(s, set): s without the characters of set at its end.
local function rtrim(s, set)
  return trim_ends(s, set, false, true)
end

--- rtrim1(s): s without spaces at its end; it is also the cast of char(n) to text.
local function rtrim1(s)
  return trim_ends(s, " ", false, true)
end

--- repeat_(s, n): s, n times over. PostgreSQL's repeat, which is a word of Lua. Raises 54000 beyond 1 GB.
local function repeat_(s, n)
  if n <= 0 or s == "" then
    return ""
  end
  if #s * n + 4 > 1073741823 then
    raise("54000", "requested length too large")
  end
  return s:rep(n)
end

--- padding(s, size, fill): s cut to size characters, and the padding it lacks. Raises 54000.
local function padding(s, size, fill)
  if size < 0 then
    size = 0
  end
  local have = textlen(s)
  if have > size then
    have = size
  end
  local per = textlen(fill)
  if per == 0 then
    size = have
  end
  if size * 4 + 4 > 1073741823 then
    raise("54000", "requested length too large")
  end
  local missing = size - have
  if missing == 0 then
    return char_slice(s, 1, have), ""
  end
  return char_slice(s, 1, have), fill:rep(math.floor(missing / per)) .. char_slice(fill, 1, missing % per)
end

--- lpad(s, size, fill): s filled on the left to size characters, or cut to them. Raises 54000.
local function lpad(s, size, fill)
  local cut, pad = padding(s, size, fill)
  return pad .. cut
end

--- rpad(s, size, fill): s filled on the right to size characters, or cut to them. Raises 54000.
local function rpad(s, size, fill)
  local cut, pad = padding(s, size, fill)
  return cut .. pad
end

--- split_plain(s, separator): the parts of s between non-empty separators as a table {n = count, ...}.
local function split_plain(s, separator)
  local parts, n, pos = {}, 0, 1
  while true do
    local from, to = s:find(separator, pos, true)
    n = n + 1
    if not from then
      parts[n] = s:sub(pos)
      parts.n = n
      return parts
    end
    parts[n] = s:sub(pos, from - 1)
    pos = to + 1
  end
end

--- replace_text(s, from, to): s with every from replaced by to.
local function replace_text(s, from, to)
  if from == "" or not s:find(from, 1, true) then
    return s
  end
  local parts = split_plain(s, from)
  for i = 2, parts.n do
    parts[i] = to .. parts[i]
  end
  return bytes_join(parts, parts.n)
end

--- split_part(s, separator, n): the n-th part of s, counted from 1, or from the end when negative. Raises 22023.
local function split_part(s, separator, n)
  if n == 0 then
    raise("22023", "field position must not be zero")
  end
  if s == "" then
    return ""
  elseif separator == "" then
    return (n == 1 or n == -1) and s or ""
  end
  if n < 0 then
    local parts = split_plain(s, separator)
    return parts[parts.n + n + 1] or ""
  end
  local pos = 1
  for i = 1, n do
    local from, to = s:find(separator, pos, true)
    if i == n then
      return s:sub(pos, from and from - 1)
    elseif not from then
      return ""
    end
    pos = to + 1
  end
end

--- translate(s, from, to): s with each character of from replaced by the one of to in its place, or removed beyond to.
local function translate(s, from, to)
  if s == "" or from == "" then
    return s
  end
  local map, old, new = {}, char_list(from), char_list(to)
  for i = old.n, 1, -1 do -- the first of equal characters decides
    map[old[i]] = new[i] or ""
  end
  return (s:gsub("[%z\1-\127\194-\244][\128-\191]*", map))
end

--- text_concat(...): the arguments, already converted by their types' output functions, one after another; NULLs are skipped.
local function text_concat(...)
  local parts, n = {}, 0
  for i = 1, select("#", ...) do
    local part = select(i, ...)
    if part ~= nil then
      n = n + 1
      parts[n] = part
    end
  end
  return table.concat(parts)
end

--- text_concat_ws(separator, ...): the arguments that are not NULL with separator between; NULL when separator is.
-- The arguments are already converted by their types' output functions.
local function text_concat_ws(separator, ...)
  if separator == nil then
    return nil
  end
  local parts, n = {}, 0
  for i = 1, select("#", ...) do
    local part = select(i, ...)
    if part ~= nil then
      n = n + 1
      parts[n] = part
    end
  end
  return table.concat(parts, separator)
end
