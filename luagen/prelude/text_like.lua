-- LIKE. A pattern is cut at its % into segments; a segment is found by plain search, or, when it contains _, position by
-- position. The leftmost place for each segment in turn is right, because a % may stand for anything, and the last
-- segment is compared with the end of the text. The time is O(text * longest segment), and mostly that of string.find.

--- like_memo: the last compiled pattern, because a filter applies one pattern to many rows.
local like_memo = {}

--- like_compile(pattern): the segments of a LIKE pattern: {n, dangling, [i] = {text, size, any = {positions of _}}}.
-- text is the segment's literal text; with wildcards, literal pieces: {piece, number of _ after it, ...}. size counts
-- characters. dangling says that the pattern ends in the middle of an escape.
local function like_compile(pattern)
  local segments, n = {n = 1}, 1
  local pieces, literal, wild, size = {}, {}, 0, 0
  local function close_piece()
    pieces[#pieces + 1] = table.concat(literal)
    pieces[#pieces + 1] = wild
    literal, wild = {}, 0
  end
  local function close_segment()
    close_piece()
    segments[n] = {pieces = pieces, text = #pieces == 2 and pieces[2] == 0 and pieces[1] or nil, size = size}
    pieces, size = {}, 0
  end
  local pos = 1
  while pos <= #pattern do
    local char = pattern:sub(pos, pos)
    if char == "%" then
      if n == 1 or size > 0 then -- %% is %
        close_segment()
        n = n + 1
      end
      pos = pos + 1
    elseif char == "_" then
      wild = wild + 1
      size = size + 1
      pos = pos + 1
    else
      if char == "\\" then
        pos = pos + 1
        if pos > #pattern then
          segments.dangling = true
        end
      end
      local stop = pattern:find("[%%_\\]", pos + 1) or #pattern + 1
      if wild > 0 then
        close_piece()
      end
      local part = pattern:sub(pos, stop - 1)
      literal[#literal + 1] = part
      size = size + textlen(part)
      pos = stop
    end
  end
  close_segment()
  segments.n = n
  return segments
end

--- like_segment(s, pos, pieces, skip): the position after the pieces when they match s at pos, else nil.
-- skip moves over characters: char_skip for text, byte_skip for bytea.
local function like_segment(s, pos, pieces, skip)
  for i = 1, #pieces, 2 do
    local literal, wild = pieces[i], pieces[i + 1]
    local stop = pos + #literal
    if s:sub(pos, stop - 1) ~= literal then
      return nil
    end
    if wild > 0 then
      pos = skip(s, stop, wild - 1)
      if pos > #s then
        return nil
      end
      pos = skip(s, pos, 1)
    else
      pos = stop
    end
  end
  return pos
end

--- byte_skip(s, pos, n): the position n bytes after pos, at most #s + 1.
local function byte_skip(s, pos, n)
  return math.min(pos + n, #s + 1)
end

--- like_dangling(s, pattern, bytes): LIKE for a pattern that ends in the middle of an escape: false, nil for a text that
-- ran out, or 22025 where the comparison arrives at that escape; it goes the way PostgreSQL goes.
local function like_dangling(s, pattern, skip)
  local pos, at = 1, 1
  while pos <= #s and at <= #pattern do
    local char = pattern:sub(at, at)
    if char == "%" then
      at = at + 1
      while true do
        char = pattern:sub(at, at)
        if char == "_" then
          if pos > #s then
            return nil
          end
          pos = skip(s, pos, 1)
        elseif char ~= "%" then
          break
        end
        at = at + 1
      end
      local first = char
      if char == "\\" then
        first = pattern:sub(at + 1, at + 1)
        if first == "" then
          raise("22025", "LIKE pattern must not end with escape character")
        end
      end
      while pos <= #s do
        if s:sub(pos, pos) == first then
          local matched = like_dangling(s:sub(pos), pattern:sub(at), skip)
          if matched == nil then
            return nil
          end
        end
        pos = skip(s, pos, 1)
      end
      return nil
    elseif char == "_" then
      pos = skip(s, pos, 1)
      at = at + 1
    else
      if char == "\\" then
        at = at + 1
        char = pattern:sub(at, at)
        if char == "" then
          raise("22025", "LIKE pattern must not end with escape character")
        end
      end
      if char ~= s:sub(pos, pos) then
        return false
      end
      pos = pos + 1
      at = at + 1
    end
  end
  if pos <= #s then
    return false
  end
  return nil
end

--- like_match(s, segments, bytes): whether s matches the compiled pattern; _ stands for a byte when bytes, else a character.
local function like_match(s, segments, bytes)
  local skip = bytes and byte_skip or char_skip
  local n, pos = segments.n, 1
  local first, last = segments[1], segments[n]
  if n == 1 then
    if first.text then
      return s == first.text
    end
    return like_segment(s, 1, first.pieces, skip) == #s + 1
  end
  if first.text then
    if s:sub(1, #first.text) ~= first.text then
      return false
    end
    pos = #first.text + 1
  else
    pos = like_segment(s, 1, first.pieces, skip)
    if not pos then
      return false
    end
  end
  for i = 2, n - 1 do
    local segment = segments[i]
    if segment.text then
      local found = s:find(segment.text, pos, true)
      if not found then
        return false
      end
      pos = found + #segment.text
    else
      local stop = like_segment(s, pos, segment.pieces, skip)
      while not stop do
        if pos > #s then
          return false
        end
        pos = skip(s, pos, 1)
        stop = like_segment(s, pos, segment.pieces, skip)
      end
      pos = stop
    end
  end
  if last.text then
    return #s - #last.text + 1 >= pos and (last.text == "" or s:sub(-#last.text) == last.text)
  end
  -- the last segment covers exactly its number of characters at the end
  local start = #s + 1
  for _ = 1, last.size do
    repeat
      start = start - 1
      local byte = s:byte(start)
    until bytes or start < pos or byte < 128 or byte > 191
  end
  return start >= pos and like_segment(s, start, last.pieces, skip) == #s + 1
end

--- textlike(s, pattern): s LIKE pattern; backslash is the escape character. Raises 22025.
local function textlike(s, pattern)
  local memo = like_memo
  if memo.pattern ~= pattern then
    memo.pattern, memo.segments = pattern, like_compile(pattern)
  end
  if memo.segments.dangling then
    return like_dangling(s, pattern, char_skip) == true
  end
  return like_match(s, memo.segments, false)
end

--- textnlike(s, pattern): s NOT LIKE pattern. Raises 22025.
local function textnlike(s, pattern)
  return not textlike(s, pattern)
end

--- texticlike(s, pattern): s ILIKE pattern; only ASCII letters have case. Raises 22025.
local function texticlike(s, pattern)
  return textlike(lower(s), lower(pattern))
end

--- texticnlike(s, pattern): s NOT ILIKE pattern. Raises 22025.
local function texticnlike(s, pattern)
  return not texticlike(s, pattern)
end

--- bytealike(s, pattern): s LIKE pattern for bytea. Raises 22025.
local function bytealike(s, pattern)
  local segments = like_compile(pattern)
  if segments.dangling then
    return like_dangling(s, pattern, byte_skip) == true
  end
  if pattern:find("_", 1, true) then -- sizes were counted in characters
    for i = 1, segments.n do
      local size = 0
      for j, piece in ipairs(segments[i].pieces) do
        size = size + (j % 2 == 1 and #piece or piece)
      end
      segments[i].size = size
    end
  end
  return like_match(s, segments, true)
end

--- byteanlike(s, pattern): s NOT LIKE pattern for bytea. Raises 22025.
local function byteanlike(s, pattern)
  return not bytealike(s, pattern)
end

--- like_escape(pattern, escape): a pattern with that escape character, as one whose escape character is backslash.
-- Raises 22025.
local function like_escape(pattern, escape)
  if escape == "" then
    return (pattern:gsub("\\", "\\\\"))
  elseif textlen(escape) ~= 1 then
    raise("22025", "invalid escape string")
  elseif escape == "\\" then
    return pattern
  end
  local after = false
  return (pattern:gsub("[%z\1-\127\194-\244][\128-\191]*", function(char)
    if char == escape and not after then
      after = true
      return "\\"
    end
    local escaped = after
    after = false
    if char == "\\" and not escaped then
      return "\\\\"
    end
  end))
end
