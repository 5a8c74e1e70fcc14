-- Arrays: tables {n = length, ...} of one dimension that begins at 1, NULL elements being nil.

--- array_cardinality(list): the number of elements.
local function array_cardinality(list)
  return list.n
end

--- array_length(list, dimension): the length in the first dimension, NULL for others and of an empty array.
local function array_length(list, dimension)
  return dimension == 1 and list.n > 0 and list.n or nil
end

--- array_upper(list, dimension): the last subscript, as array_length.
local array_upper = array_length

--- array_lower(list, dimension): the first subscript, NULL for an empty array.
local function array_lower(list, dimension)
  return dimension == 1 and list.n > 0 and 1 or nil
end

--- array_ndims(list): 1, NULL for an empty array.
local function array_ndims(list)
  return list.n > 0 and 1 or nil
end

--- array_dims(list): the text [1:n], NULL for an empty array.
local function array_dims(list)
  return list.n > 0 and ("[1:%d]"):format(list.n) or nil
end

--- array_subscript(list, i): list[i]; NULL when there is none.
local function array_subscript(list, i)
  if i < 1 or i > list.n then
    return nil
  end
  return list[i]
end

--- array_slice(list, from, to): list[from:to].
local function array_slice(list, from, to)
  local out = {n = 0}
  for i = from > 1 and from or 1, to < list.n and to or list.n do
    out.n = out.n + 1
    out[out.n] = list[i]
  end
  return out
end

--- array_cat(a, b): a || b; a NULL array counts as empty unless both are NULL. Takes NULLs.
local function array_cat(a, b)
  if a == nil or b == nil then
    return a or b
  end
  local out = {n = a.n + b.n}
  for i = 1, a.n do
    out[i] = a[i]
  end
  for i = 1, b.n do
    out[a.n + i] = b[i]
  end
  return out
end

--- array_append(list, value): list || value. Takes NULLs.
local function array_append(list, value)
  return array_cat(list, {n = 1, value})
end

--- array_prepend(value, list): value || list. Takes NULLs.
local function array_prepend(value, list)
  return array_cat({n = 1, value}, list)
end

--- trim_array(list, count): list without its last elements. Raises 2202E.
local function trim_array(list, count)
  if count < 0 or count > list.n then
    raise("2202E", ("number of elements to trim must be between 0 and %d"):format(list.n))
  end
  return array_slice(list, 1, list.n - count)
end

--- array_fill(value, lengths): the array of that length with value everywhere; lengths has one element, or none for an empty array.
-- Takes NULLs. Raises 22004, 54000, and 0A000 for more dimensions.
local function array_fill(value, lengths)
  if lengths == nil then
    raise("22004", "dimension array or low bound array cannot be null")
  elseif lengths.n > 1 then
    raise("0A000", "arrays of more than one dimension are not supported")
  elseif lengths.n == 0 then
    return {n = 0}
  end
  local n = lengths[1]
  if n == nil then
    raise("22004", "dimension values cannot be null")
  elseif n < 0 or n > 134217727 then
    raise("54000", "array size exceeds the maximum allowed (134217727)")
  end
  local out = {n = n}
  for i = 1, n do
    out[i] = value
  end
  return out
end

--- array_quoted(text): whether array_out puts an element's text in quotes.
local function array_quoted(text)
  return text == "" or text:lower() == "null" or text:find('[{}",\\%s]') ~= nil
end

--- array_out(list, output): the text of an array, whose elements' text output makes; without it they are text.
local function array_out(list, output)
  local parts = {}
  for i = 1, list.n do
    local value, text = list[i], "NULL"
    if value ~= nil then
      text = value
      if output then
        text = output(value)
      end
      if array_quoted(text) then
        text = '"' .. text:gsub('[\\"]', "\\%0") .. '"'
      end
    end
    parts[i] = i == 1 and text or "," .. text
  end
  return "{" .. bytes_join(parts, list.n) .. "}"
end

--- array_malformed(s, detail): never returns; refuses the text of an array. Raises 22P02.
local function array_malformed(s, detail)
  raise("22P02", 'malformed array literal: "' .. s .. '"', {detail = detail})
end

--- array_item(s, at, whole): the text of the array element at position at, whether it was quoted, and the position of the comma
-- or brace behind it. Raises 22P02.
local function array_item(s, at, whole)
  local parts, quoted, keep = {}, false, 0
  at = s:find("%S", at) or #s + 1
  while true do
    local c = s:sub(at, at)
    if c == "" then
      array_malformed(whole, "Unexpected end of input.")
    elseif c == "," or c == "}" then
      break
    elseif c == "{" then
      array_malformed(whole, 'Unexpected "{" character.')
    elseif c == '"' then
      if quoted or #parts > 0 then
        array_malformed(whole, "Unexpected array element.")
      end
      quoted = true
      at = at + 1
      while s:sub(at, at) ~= '"' do
        if s:sub(at, at) == "\\" then
          at = at + 1
        end
        if at > #s then
          array_malformed(whole, "Unexpected end of input.")
        end
        parts[#parts + 1] = s:sub(at, at)
        at = at + 1
      end
      keep = #parts
    elseif quoted then
      if not c:find("%s") then
        array_malformed(whole, c == "\\" and 'Unexpected "\\" character.' or "Unexpected array element.")
      end
    else
      if c == "\\" then
        at = at + 1
        c = s:sub(at, at)
        if c == "" then
          array_malformed(whole, "Unexpected end of input.")
        end
        parts[#parts + 1] = c
        keep = #parts
      else
        parts[#parts + 1] = c
        if not c:find("%s") then
          keep = #parts
        end
      end
    end
    at = at + 1
  end
  return bytes_join(parts, keep), quoted, at
end

--- array_in(s, input): the array of one dimension that s spells, its elements read by input; without it they are text. Raises 22P02,
-- and 0A000 for more dimensions.
local function array_in(s, input)
  local at = s:find("%S") or #s + 1
  if s:sub(at, at) ~= "{" then
    if s:find("^%[%s*[+-]?%d+%s*[:%]]", at) then
      raise("0A000", "arrays with bounds are not supported")
    end
    array_malformed(s, 'Array value must start with "{" or dimension information.')
  end
  at = s:find("%S", at + 1) or #s + 1
  local list, n = {}, 0
  if s:sub(at, at) == "{" then
    raise("0A000", "arrays of more than one dimension are not supported")
  elseif s:sub(at, at) == "}" then
    at = at + 1
  else
    local follows
    repeat
      local text, quoted
      text, quoted, at = array_item(s, at, s)
      follows = s:sub(at, at)
      if text == "" and not quoted then
        array_malformed(s, 'Unexpected "' .. follows .. '" character.')
      end
      n = n + 1
      if quoted or text:lower() ~= "null" then
        list[n] = text
        if input then
          list[n] = input(text)
        end
      end
      at = at + 1
    until follows == "}"
  end
  if s:find("%S", at) then
    array_malformed(s, "Junk after closing right brace.")
  end
  list.n = n
  return list
end
