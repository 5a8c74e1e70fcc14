-- JSON as text. A jsonb is the text that PostgreSQL prints for it, a json the text that was given; both are read where they
-- stand: json_members finds the members of one level, and a member is a piece of the text.

--- json_escapes: what follows the backslash for the characters that JSON text escapes by a letter.
local json_escapes = {
  ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\",
}

--- json_quote(s): s as a JSON string.
local function json_quote(s)
  return '"' .. s:gsub('[%c"\\]', function(c)
    local escaped = json_escapes[c]
    if not escaped and c ~= "\127" then
      escaped = ("\\u%04x"):format(c:byte())
    end
    return escaped or c
  end) .. '"'
end

--- json_unescapes: the characters that the letters after a backslash stand for.
local json_unescapes = {b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/"}

--- json_broken(): never returns; refuses text that is not JSON. Raises 22P02.
local function json_broken()
  raise("22P02", "invalid input syntax for type json")
end

--- json_unquote(s): the characters of a JSON string, its quotes included in s. Raises 22P05 for \u0000, 22P02 for half a surrogate
-- pair.
local function json_unquote(s)
  if not s:find("\\", 1, true) then
    return s:sub(2, -2)
  end
  local parts, from, high = {}, 2, nil
  while true do
    local at = s:find("\\", from, true)
    local plain = s:sub(from, (at or #s) - 1)
    if high and (plain ~= "" or not at or s:sub(at + 1, at + 1) ~= "u") then
      raise("22P02", "invalid input syntax for type json", {detail = "Unicode low surrogate must follow a high surrogate."})
    end
    parts[#parts + 1] = plain
    if not at then
      return bytes_join(parts, #parts)
    end
    local letter = s:sub(at + 1, at + 1)
    from = at + 2
    if letter ~= "u" then
      parts[#parts + 1] = json_unescapes[letter]
    else
      local code = tonumber(s:sub(from, from + 3), 16)
      from = from + 4
      if code == 0 then
        raise("22P05", "unsupported Unicode escape sequence", {detail = "\\u0000 cannot be converted to text."})
      elseif code >= 55296 and code < 56320 then
        if high then
          raise("22P02", "invalid input syntax for type json", {detail = "Unicode high surrogate must not follow a high surrogate."})
        end
        high = code
      elseif (code >= 56320 and code < 57344) ~= (high ~= nil) then
        raise("22P02", "invalid input syntax for type json", {detail = "Unicode low surrogate must follow a high surrogate."})
      elseif high then
        parts[#parts + 1] = utf8_char(65536 + (high - 55296) * 1024 + code - 56320)
        high = nil
      else
        parts[#parts + 1] = utf8_char(code)
      end
    end
  end
end

--- json_string_end(s, from): the position of the quote that ends the JSON string that begins at from.
local function json_string_end(s, from)
  local at = from + 1
  while true do
    at = s:find('["\\]', at)
    if s:byte(at) == 34 then
      return at
    end
    at = at + 2
  end
end

--- json_value_end(s, from): the position of the last byte of the value of valid JSON text that begins at from.
local function json_value_end(s, from)
  local c = s:byte(from)
  if c == 34 then
    return json_string_end(s, from)
  elseif c ~= 91 and c ~= 123 then
    return (s:find("[,%]}%s]", from) or #s + 1) - 1
  end
  local depth, at = 0, from
  while true do
    at = s:find('["%[%]{}]', at)
    c = s:byte(at)
    if c == 34 then
      at = json_string_end(s, at)
    elseif c == 91 or c == 123 then
      depth = depth + 1
    else
      depth = depth - 1
      if depth == 0 then
        return at
      end
    end
    at = at + 1
  end
end

--- json_members(s): the members of valid JSON text as the list {n = count, kind = "object", "array" or nil for a scalar, ...}; the
-- names of an object's members are in its field names.
local function json_members(s)
  local list, n = {n = 0}, 0
  local at = s:find("%S")
  local c = s:byte(at)
  if c ~= 91 and c ~= 123 then
    return list
  end
  local names
  if c == 123 then
    names = {}
    list.kind, list.names = "object", names
  else
    list.kind = "array"
  end
  at = s:find("%S", at + 1)
  c = s:byte(at)
  while c ~= 93 and c ~= 125 do
    n = n + 1
    if names then
      local last = json_string_end(s, at)
      names[n] = json_unquote(s:sub(at, last))
      at = s:find("%S", s:find(":", last + 1, true) + 1)
    end
    local last = json_value_end(s, at)
    list[n] = s:sub(at, last)
    at = s:find("%S", last + 1)
    c = s:byte(at)
    if c == 44 then
      at = s:find("%S", at + 1)
    end
  end
  list.n = n
  return list
end

--- json_array_text(list): the jsonb array of the first list.n texts of list.
local function json_array_text(list)
  local parts = {}
  for i = 1, list.n do
    parts[i] = i == 1 and list[i] or ", " .. list[i]
  end
  return "[" .. bytes_join(parts, list.n) .. "]"
end

--- json_object_text(names, values, n): the jsonb object of n members: names ordered by length, then bytes; of members with one name
-- the last stays.
local function json_object_text(names, values, n)
  local last, list = {}, {}
  for i = 1, n do
    local name = names[i]
    if last[name] == nil then
      list[#list + 1] = name
    end
    last[name] = values[i]
  end
  sort_rows(list, function(a, b)
    if #a ~= #b then
      return #a < #b
    end
    return bytes_lt(a, b)
  end)
  local parts = {}
  for i = 1, #list do
    local name = list[i]
    parts[i] = (i == 1 and "" or ", ") .. json_quote(name) .. ": " .. last[name]
  end
  return "{" .. bytes_join(parts, #parts) .. "}"
end

--- json_number_end(s, from): the position of the last byte of the JSON number at from. Raises 22P02.
local function json_number_end(s, from)
  local _, last = s:find("^-?%d+", from)
  if not last or s:find("^-?0%d", from) then
    json_broken()
  end
  if s:find("^%.", last + 1) then
    _, last = s:find("^%.%d+", last + 1)
    if not last then
      json_broken()
    end
  end
  if s:find("^[eE]", last + 1) then
    _, last = s:find("^[eE][+-]?%d+", last + 1)
    if not last then
      json_broken()
    end
  end
  return last
end

--- json_read_string(s, from): the position of the quote that ends the string at from, whose escapes and characters are checked.
-- Raises 22P02.
local function json_read_string(s, from)
  local at = from + 1
  while true do
    at = s:find('[%c"\\]', at)
    if not at then
      json_broken()
    end
    local c = s:byte(at)
    if c == 34 then
      return at
    elseif c == 92 then
      if s:find('^["\\/bfnrt]', at + 1) then
        at = at + 1
      elseif s:find("^u%x%x%x%x", at + 1) then
        at = at + 5
      else
        json_broken()
      end
    elseif c ~= 127 then
      json_broken()
    end
    at = at + 1
  end
end

--- json_read(s, from): the jsonb text of the JSON value at from, after white space, and the position behind it. Raises 22P02,
-- 22P05, 22003. With plain the text is only checked, and the first result of no use.
local function json_read(s, from, plain)
  from = s:find("[^ \t\r\n]", from)
  local c = from and s:byte(from)
  if c == 34 then
    local last = json_read_string(s, from)
    local text = s:sub(from, last)
    return plain and text or json_quote(json_unquote(text)), last + 1
  elseif c == 91 or c == 123 then
    local names, values, n = {}, {}, 0
    local close = c == 91 and 93 or 125
    from = s:find("[^ \t\r\n]", from + 1)
    if from and s:byte(from) == close then
      return c == 91 and "[]" or "{}", from + 1
    end
    while true do
      n = n + 1
      if c == 123 then
        from = s:find("[^ \t\r\n]", from)
        if not from or s:byte(from) ~= 34 then
          json_broken()
        end
        local last = json_read_string(s, from)
        names[n] = plain or json_unquote(s:sub(from, last))
        from = s:find("[^ \t\r\n]", last + 1)
        if not from or s:byte(from) ~= 58 then
          json_broken()
        end
        from = from + 1
      end
      values[n], from = json_read(s, from, plain)
      from = s:find("[^ \t\r\n]", from)
      local follows = from and s:byte(from)
      from = (from or 0) + 1
      if follows == close then
        break
      elseif follows ~= 44 then
        json_broken()
      end
    end
    if plain then
      return "", from
    elseif c == 91 then
      values.n = n
      return json_array_text(values), from
    end
    return json_object_text(names, values, n), from
  elseif c == 45 or c and c >= 48 and c <= 57 then
    local last = json_number_end(s, from)
    return plain or numeric_in(s:sub(from, last)), last + 1
  end
  local word = s:match("^%a+", from or #s + 1)
  if word ~= "true" and word ~= "false" and word ~= "null" then
    json_broken()
  end
  return word, from + #word
end

--- jsonb_in(s): the jsonb that s spells. Raises 22P02, 22P05, 22003.
local function jsonb_in(s)
  local text, at = json_read(s, 1)
  if s:find("[^ \t\r\n]", at) then
    json_broken()
  end
  return text
end

--- json_in(s): s, when it is JSON. Raises 22P02.
local function json_in(s)
  local _, at = json_read(s, 1, true)
  if s:find("[^ \t\r\n]", at) then
    json_broken()
  end
  return s
end

--- json_kinds: the kinds of values by their first byte, numbers apart.
local json_kinds = {["{"] = "object", ["["] = "array", ['"'] = "string", t = "boolean", f = "boolean", n = "null"}

--- json_kind(s): what json_typeof() says of valid JSON text: object, array, string, number, boolean or null.
local function json_kind(s)
  return json_kinds[s:match("[^ \t\r\n]")] or "number"
end

--- json_typeof(s): the kind of a json.
local json_typeof = json_kind

--- jsonb_typeof(s): the kind of a jsonb.
local jsonb_typeof = json_kind

--- json_as_text(s): what ->> gives for a value: a string's characters, NULL for null, any other value's text.
local function json_as_text(s)
  local kind = json_kind(s)
  if kind == "null" then
    return nil
  elseif kind == "string" then
    return json_unquote(s:match('".*"'))
  end
  return s
end
