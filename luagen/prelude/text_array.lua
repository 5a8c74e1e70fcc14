-- Text to arrays and back.

--- split_array(s, separator, null): the parts of s as an array; those equal to null are NULL.
local function split_array(s, separator, null)
  local parts
  if s == "" then
    parts = {n = 0}
  elseif separator == nil then
    parts = char_list(s)
  elseif separator == "" then
    parts = {n = 1, s}
  else
    parts = split_plain(s, separator)
  end
  if null ~= nil then
    for i = 1, parts.n do
      if parts[i] == null then
        parts[i] = nil
      end
    end
  end
  return parts
end

--- text_to_array(s, separator): string_to_array(): the parts of s; its characters when separator is NULL. Takes NULLs.
local function text_to_array(s, separator)
  if s == nil then
    return nil
  end
  return split_array(s, separator, nil)
end

--- text_to_array_null(s, separator, null): string_to_array() with parts equal to null being NULL. Takes NULLs.
local function text_to_array_null(s, separator, null)
  if s == nil then
    return nil
  end
  return split_array(s, separator, null)
end

--- array_to_text_null(list, separator, null, output): array_to_string(): the elements, their text made by output unless they are
-- text, with separator between, and null for NULL elements, which are left out when it is NULL. Takes NULLs.
local function array_to_text_null(list, separator, null, output)
  if list == nil or separator == nil then
    return nil
  end
  local parts, n = {}, 0
  for i = 1, list.n do
    local part = null
    if list[i] ~= nil then
      part = list[i]
      if output then
        part = output(part)
      end
    end
    if part ~= nil then
      n = n + 1
      parts[n] = n == 1 and part or separator .. part
    end
  end
  return bytes_join(parts, n)
end

--- array_to_text(list, separator, output): array_to_string() without the NULL elements.
local function array_to_text(list, separator, output)
  return array_to_text_null(list, separator, nil, output)
end
