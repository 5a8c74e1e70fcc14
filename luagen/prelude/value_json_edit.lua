-- jsonb with members added, replaced and removed.

--- jsonb_concat(a, b): a || b: objects are merged, anything else is appended as elements.
local function jsonb_concat(a, b)
  local xs, ys = json_members(a), json_members(b)
  if xs.names and ys.names then
    for i = 1, ys.n do
      xs.names[xs.n + i], xs[xs.n + i] = ys.names[i], ys[i]
    end
    return json_object_text(xs.names, xs, xs.n + ys.n)
  end
  local out = {n = 0}
  for _, side in ipairs({{xs, a}, {ys, b}}) do
    local list = side[1]
    if list.kind ~= "array" then
      list = {n = 1, side[2]}
    end
    for i = 1, list.n do
      out.n = out.n + 1
      out[out.n] = list[i]
    end
  end
  return json_array_text(out)
end

--- json_rebuild(list, keep): the jsonb of those members of list for whose position keep holds.
local function json_rebuild(list, keep)
  local names, out = {}, {n = 0}
  for i = 1, list.n do
    if keep(i) then
      out.n = out.n + 1
      out[out.n] = list[i]
      names[out.n] = list.names and list.names[i]
    end
  end
  if list.names then
    return json_object_text(names, out, out.n)
  end
  return json_array_text(out)
end

--- jsonb_delete_array(s, names): s - names: without the members of those names, or the elements that are those strings; NULLs among
-- the names do not count. Raises 22023.
local function jsonb_delete_array(s, names)
  local list = json_members(s)
  if not list.kind then
    raise("22023", "cannot delete from scalar")
  end
  local gone = {}
  for i = 1, names.n do
    if names[i] ~= nil then
      gone[list.names and names[i] or json_quote(names[i])] = true
    end
  end
  return json_rebuild(list, function(i)
    return not gone[list.names and list.names[i] or list[i]]
  end)
end

--- jsonb_delete(s, name): s - name. Raises 22023.
local function jsonb_delete(s, name)
  return jsonb_delete_array(s, {n = 1, name})
end

--- jsonb_delete_idx(s, at): s - at: an array without that element; a negative position counts from the end. Raises 22023.
local function jsonb_delete_idx(s, at)
  local list = json_members(s)
  if not list.kind then
    raise("22023", "cannot delete from scalar")
  elseif list.names then
    raise("22023", "cannot delete from object using integer index")
  end
  if at < 0 then
    at = list.n + at
  end
  return json_rebuild(list, function(i)
    return i ~= at + 1
  end)
end

--- jsonb_set_path(s, path, level, value, op): s with the member at path[level], ... changed: op is "delete", "replace", "create"
-- (replace or add), "before" or "after" (insert). Raises 22004, 22P02, 22023.
local function jsonb_set_path(s, path, level, value, op)
  local step, last = path[level], level == path.n
  if step == nil then
    raise("22004", ("path element at position %d is null"):format(level))
  end
  local list = json_members(s)
  local adds = op == "create" or op == "before" or op == "after"
  if list.names then
    local found = false
    for i = list.n, 1, -1 do
      if list.names[i] == step then
        found = true
        if not last then
          list[i] = jsonb_set_path(list[i], path, level + 1, value, op)
        elseif op == "before" or op == "after" then
          raise("22023", "cannot replace existing key")
        elseif op == "delete" then
          return jsonb_delete(s, step)
        else
          list[i] = value
        end
      end
    end
    if not found and last and adds then
      list.n = list.n + 1
      list.names[list.n], list[list.n] = step, value
    end
    return json_object_text(list.names, list, list.n)
  elseif not list.kind then
    return s
  end
  local at = json_index(step)
  if not at then
    raise("22P02", ("path element at position %d is not an integer: \"%s\""):format(level, step))
  end
  if at < 0 then
    at = list.n + at
  elseif at > list.n then
    at = list.n
  end
  local out = {n = 0}
  local function push(text)
    out.n = out.n + 1
    out[out.n] = text
  end
  if at < 0 and last and adds then
    push(value)
  end
  for i = 1, list.n do
    if i ~= at + 1 then
      push(list[i])
    elseif not last then
      push(jsonb_set_path(list[i], path, level + 1, value, op))
    else
      if op == "before" or op == "create" then
        push(value)
      end
      if op == "before" or op == "after" then
        push(list[i])
      end
      if op == "after" or op == "replace" then
        push(value)
      end
    end
  end
  if at == list.n and last and adds then
    push(value)
  end
  return json_array_text(out)
end

--- jsonb_change(s, path, value, op): jsonb_set_path from the root; a scalar is refused, an empty path changes nothing.
local function jsonb_change(s, path, value, op)
  local list = json_members(s)
  if not list.kind then
    raise("22023", op == "delete" and "cannot delete path in scalar" or "cannot set path in scalar")
  end
  if path.n == 0 or list.n == 0 and (op == "delete" or op == "replace") then
    return s
  end
  return jsonb_set_path(s, path, 1, value, op)
end

--- jsonb_delete_path(s, path): s #- path. Raises 22004, 22P02, 22023.
local function jsonb_delete_path(s, path)
  return jsonb_change(s, path, nil, "delete")
end

--- jsonb_set(s, path, value, create): jsonb_set(). Raises 22004, 22P02, 22023.
local function jsonb_set(s, path, value, create)
  return jsonb_change(s, path, value, create and "create" or "replace")
end

--- jsonb_set_lax(s, path, value, create, treatment): jsonb_set() that does with a NULL value what treatment says. Takes NULLs. Raises 22004,
-- 22P02, 22023.
local function jsonb_set_lax(s, path, value, create, treatment)
  if s == nil or path == nil or create == nil then
    return nil
  elseif treatment ~= nil and value ~= nil then
    return jsonb_set(s, path, value, create)
  elseif treatment == "raise_exception" then
    raise("22004", "JSON value must not be null", {
      detail = 'Exception was raised because null_value_treatment is "raise_exception".',
      hint = 'To avoid, either change the null_value_treatment argument or ensure that an SQL NULL is not passed.',
    })
  elseif treatment == "use_json_null" then
    return jsonb_set(s, path, "null", create)
  elseif treatment == "delete_key" then
    return jsonb_delete_path(s, path)
  elseif treatment == "return_target" then
    return s
  end
  raise("22023", 'null_value_treatment must be "delete_key", "return_target", "use_json_null", or "raise_exception"')
end

--- jsonb_insert(s, path, value, after): jsonb_insert(). Raises 22004, 22P02, 22023.
local function jsonb_insert(s, path, value, after)
  return jsonb_change(s, path, value, after and "after" or "before")
end

--- jsonb_strip_nulls(s): s without the members of objects that are null, at any depth.
local function jsonb_strip_nulls(s)
  local list = json_members(s)
  if not list.kind then
    return s
  end
  for i = 1, list.n do
    list[i] = jsonb_strip_nulls(list[i])
  end
  return json_rebuild(list, function(i)
    return not list.names or list[i] ~= "null"
  end)
end

--- json_strip_nulls(s): s without white space and the members of objects that are null, at any depth. Raises 22P05, 22P02.
local function json_strip_nulls(s)
  local list = json_members(s)
  if not list.kind then
    s = s:match("^%s*(.-)%s*$")
    return s:byte(1) == 34 and json_quote(json_unquote(s)) or s
  end
  local parts = {}
  for i = 1, list.n do
    local text = json_strip_nulls(list[i])
    if not list.names then
      parts[#parts + 1] = text
    elseif text ~= "null" then
      parts[#parts + 1] = json_quote(list.names[i]) .. ":" .. text
    end
  end
  for i = 2, #parts do
    parts[i] = "," .. parts[i]
  end
  local text = bytes_join(parts, #parts)
  return list.names and "{" .. text .. "}" or "[" .. text .. "]"
end

--- json_indented(s, margin): the text of a jsonb over several lines, each but the first after margin.
local function json_indented(s, margin)
  local list = json_members(s)
  if not list.kind then
    return s
  end
  local inner = margin .. "    "
  local parts = {}
  for i = 1, list.n do
    local text = json_indented(list[i], inner)
    if list.names then
      text = json_quote(list.names[i]) .. ": " .. text
    end
    parts[i] = (i == 1 and "" or ",") .. "\n" .. inner .. text
  end
  local text = bytes_join(parts, list.n) .. "\n" .. margin
  return list.names and "{" .. text .. "}" or "[" .. text .. "]"
end

--- jsonb_pretty(s): the text of a jsonb over several lines.
local function jsonb_pretty(s)
  return json_indented(s, "")
end
