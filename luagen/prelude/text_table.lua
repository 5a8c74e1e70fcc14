-- Set-returning functions over arrays and text: their rows as an array.

--- array_subscripts(list, dimension, reverse): generate_subscripts(): the subscripts of a one-dimensional array.
local function array_subscripts(list, dimension, reverse)
  local out = {n = dimension == 1 and list.n or 0}
  for i = 1, out.n do
    out[i] = reverse and out.n + 1 - i or i
  end
  return out
end

--- text_to_table(s, separator, null): string_to_table(): as string_to_array(), no rows for NULL. Takes NULLs.
local function text_to_table(s, separator, null)
  if s == nil then
    return {n = 0}
  end
  return split_array(s, separator, null)
end

--- regexp_split_to_table(s, pattern, flags): the text between the matches. Raises 22023, 2201B, 0A000.
local function regexp_split_to_table(s, pattern, flags)
  return regex_split(s, pattern, (regex_flags(flags or "", "regexp_split_to_table")))
end

--- regexp_matches(s, pattern, flags): for the first match, with flag g for each, the captures as an array, or the whole of it when there
-- are none. Raises 22023, 2201B, 0A000.
local function regexp_matches(s, pattern, flags)
  local options, global = regex_flags(flags or "", nil)
  local out = {n = 0}
  regex_all(s, pattern, options, 0, function(start, stop, re, subject)
    out.n = out.n + 1
    out[out.n] = re.captures > 0 and regex_captures(re, subject, start, stop) or {n = 1, regex_slice(subject, start, stop)}
    return not global
  end)
  return out
end
