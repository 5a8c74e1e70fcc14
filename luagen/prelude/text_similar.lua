-- SIMILAR TO, by way of regular expressions.

--- similar_pattern(pattern, escape): the regular expression of a SIMILAR TO pattern; escape is "" for none. Raises 22025, 2200C.
local function similar_pattern(pattern, escape)
  if escape ~= "" and textlen(escape) > 1 then
    raise("22025", "invalid escape string")
  end
  local parts, n = {"^(?:"}, 1
  local escaped, quotes = false, 0
  -- how deep in brackets; where in them: 1 behind [, 2 behind [^, more behind anything else
  local depth, place = 0, 0
  for char in pattern:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
    n = n + 1
    if escaped then
      escaped = false
      parts[n] = "\\" .. char
      place = 3
      if char == '"' and depth == 0 then -- what stands between two of these is what substring() returns
        if quotes == 2 then
          raise("2200C", "SQL regular expression may not contain more than two escape-double-quote separators")
        end
        parts[n] = quotes == 0 and "){1,1}?(" or "){1,1}(?:"
        quotes = quotes + 1
      end
    elseif char == escape then
      escaped = true
      parts[n] = ""
    elseif depth > 0 then
      parts[n] = char == "\\" and "\\\\" or char
      if char == "]" and place > 2 then
        depth = depth - 1
      elseif char == "[" then
        depth = depth + 1
      end
      place = char == "^" and place + 1 or 3
    elseif char == "[" then
      depth, place = 1, 1
      parts[n] = char
    elseif char == "%" then
      parts[n] = ".*"
    elseif char == "_" then
      parts[n] = "."
    elseif char == "(" then
      parts[n] = "(?:"
    elseif char == "\\" or char == "." or char == "^" or char == "$" then
      parts[n] = "\\" .. char
    else
      parts[n] = char
    end
  end
  parts[n + 1] = ")$"
  return bytes_join(parts, n + 1)
end

--- similar_to_escape_1(pattern): the regular expression of a SIMILAR TO pattern. Raises 22025, 2200C.
local function similar_to_escape_1(pattern)
  return similar_pattern(pattern, "\\")
end

--- similar_to_escape_2(pattern, escape): the regular expression of a SIMILAR TO pattern with that escape character. Raises 22025,
-- 2200C.
local function similar_to_escape_2(pattern, escape)
  return similar_pattern(pattern, escape)
end

--- similar_escape(pattern, escape): similar_to_escape_2; backslash where escape is NULL. Takes NULLs. Raises 22025, 2200C.
local function similar_escape(pattern, escape)
  if pattern == nil then
    return nil
  end
  return similar_pattern(pattern, escape or "\\")
end
