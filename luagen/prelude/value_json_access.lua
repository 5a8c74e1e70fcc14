-- Members of json and jsonb, by name, position and path.

--- json_field(s, name): the member of that name, the last of several; nil when s is no object or has none.
local function json_field(s, name)
  local list = json_members(s)
  if list.names then
    for i = list.n, 1, -1 do
      if list.names[i] == name then
        return list[i]
      end
    end
  end
  return nil
end

--- json_text_or_null(s): json_as_text of a member that may be missing.
local function json_text_or_null(s)
  if s == nil then
    return nil
  end
  return json_as_text(s)
end

--- json_object_field(s, name): s -> name.
local json_object_field = json_field

--- jsonb_object_field(s, name): s -> name.
local jsonb_object_field = json_field

--- json_object_field_text(s, name): s ->> name.
local function json_object_field_text(s, name)
  return json_text_or_null(json_field(s, name))
end

--- jsonb_object_field_text(s, name): s ->> name.
local jsonb_object_field_text = json_object_field_text

--- json_nth(list, i): the element at position i of an array's members, from 0 on; a negative one counts from the end.
local function json_nth(list, i)
  if list.kind ~= "array" then
    return nil
  end
  return list[i < 0 and list.n + i + 1 or i + 1]
end

--- json_array_element(s, i): s -> i.
local function json_array_element(s, i)
  return json_nth(json_members(s), i)
end

--- jsonb_array_element(s, i): s -> i; a scalar is an array of one element here.
local function jsonb_array_element(s, i)
  local list = json_members(s)
  if not list.kind then
    return (i == 0 or i == -1) and s or nil
  end
  return json_nth(list, i)
end

--- json_array_element_text(s, i): s ->> i.
local function json_array_element_text(s, i)
  return json_text_or_null(json_array_element(s, i))
end

--- jsonb_array_element_text(s, i): s ->> i.
local function jsonb_array_element_text(s, i)
  return json_text_or_null(jsonb_array_element(s, i))
end

--- json_index(step): the integer that a step of a path spells; nil for anything else.
local function json_index(step)
  local digits = step:match("^[ \t\n\v\f\r]*([+-]?%d+)$")
  local i = digits and tonumber(digits)
  if i and i >= -2147483648 and i <= 2147483647 then
    return i
  end
  return nil
end

--- json_extract_path(s, path): s #> path: the member at the end of a path of names and positions, s itself for an empty one.
local function json_extract_path(s, path)
  for i = 1, path.n do
    if path[i] == nil then
      return nil
    end
  end
  for i = 1, path.n do
    local list = json_members(s)
    if list.names then
      s = json_field(s, path[i])
    else
      local at = json_index(path[i])
      s = at and json_nth(list, at)
    end
    if not s then
      return nil
    end
  end
  return s
end

--- jsonb_extract_path(s, path): s #> path.
local jsonb_extract_path = json_extract_path

--- json_extract_path_text(s, path): s #>> path.
local function json_extract_path_text(s, path)
  return json_text_or_null(json_extract_path(s, path))
end

--- jsonb_extract_path_text(s, path): s #>> path.
local jsonb_extract_path_text = json_extract_path_text

--- json_array_length(s): the number of elements of an array. Raises 22023.
local function json_array_length(s)
  local list = json_members(s)
  if list.kind == "object" then
    raise("22023", "cannot get array length of a non-array")
  elseif not list.kind then
    raise("22023", "cannot get array length of a scalar")
  end
  return list.n
end

--- jsonb_array_length(s): the number of elements of an array. Raises 22023.
local jsonb_array_length = json_array_length

--- jsonb_exists(s, name): s ? name: whether an object has a member of that name, or an array or scalar that string.
local function jsonb_exists(s, name)
  local list = json_members(s)
  if list.names then
    return json_field(s, name) ~= nil
  elseif not list.kind then
    return s == json_quote(name)
  end
  local quoted = json_quote(name)
  for i = 1, list.n do
    if list[i] == quoted then
      return true
    end
  end
  return false
end

--- jsonb_exists_any(s, names): s ?| names; NULLs among the names do not count.
local function jsonb_exists_any(s, names)
  for i = 1, names.n do
    if names[i] ~= nil and jsonb_exists(s, names[i]) then
      return true
    end
  end
  return false
end

--- jsonb_exists_all(s, names): s ?& names; NULLs among the names do not count.
local function jsonb_exists_all(s, names)
  for i = 1, names.n do
    if names[i] ~= nil and not jsonb_exists(s, names[i]) then
      return false
    end
  end
  return true
end

--- jsonb_scalar(s, kind, target): the scalar that a cast of jsonb to an SQL type needs, of that kind. Raises 22023.
local function jsonb_scalar(s, kind, target)
  local is = json_kind(s)
  if is ~= kind then
    is = is == "number" and "numeric" or is
    raise("22023", "cannot cast jsonb " .. is .. " to type " .. target)
  end
  return s
end

--- jsonb_bool(s): s::boolean. Raises 22023.
local function jsonb_bool(s)
  return jsonb_scalar(s, "boolean", "boolean") == "true"
end

--- jsonb_numeric(s): s::numeric. Raises 22023.
local function jsonb_numeric(s)
  return jsonb_scalar(s, "number", "numeric")
end

--- jsonb_int2(s): s::smallint. Raises 22023, 22003.
local function jsonb_int2(s)
  return numeric_int2(jsonb_scalar(s, "number", "smallint"))
end

--- jsonb_int4(s): s::integer. Raises 22023, 22003.
local function jsonb_int4(s)
  return numeric_int4(jsonb_scalar(s, "number", "integer"))
end

--- jsonb_int8(s): s::bigint. Raises 22023, 22003.
local function jsonb_int8(s)
  return numeric_int8(jsonb_scalar(s, "number", "bigint"))
end

--- jsonb_float4(s): s::real. Raises 22023, 22003.
local function jsonb_float4(s)
  return numeric_float4(jsonb_scalar(s, "number", "real"))
end

--- jsonb_float8(s): s::double precision. Raises 22023, 22003.
local function jsonb_float8(s)
  return numeric_float8(jsonb_scalar(s, "number", "double precision"))
end
