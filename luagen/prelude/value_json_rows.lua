-- Functions that make rows of json and jsonb: arrays of values, or of rows that are arrays of columns.

--- json_members_of(s, kind, array, other): the members of an object or array, whichever kind says; 22023 with one of the two
-- messages for a value of the other kind and for a scalar.
local function json_members_of(s, kind, other, scalar)
  local list = json_members(s)
  if list.kind ~= kind then
    raise("22023", list.kind and other or scalar)
  end
  return list
end

--- json_pairs(list, form): rows of a name and its value, by form where it is given.
local function json_pairs(list, form)
  local rows = {n = list.n}
  for i = 1, list.n do
    local value = list[i]
    if form then
      value = form(value)
    end
    rows[i] = {list.names[i], value}
  end
  return rows
end

--- json_each(s): rows of an object's names and values. Raises 22023.
local function json_each(s)
  return json_pairs(json_members_of(s, "object", "cannot deconstruct an array as an object", "cannot deconstruct a scalar"))
end

--- jsonb_each(s): rows of an object's names and values. Raises 22023.
local function jsonb_each(s)
  local refusal = "cannot call jsonb_each on a non-object"
  return json_pairs(json_members_of(s, "object", refusal, refusal))
end

--- json_each_text(s): json_each with the values as ->> gives them. Raises 22023, 22P02, 22P05.
local function json_each_text(s)
  local refusal = "cannot deconstruct an array as an object"
  return json_pairs(json_members_of(s, "object", refusal, "cannot deconstruct a scalar"), json_as_text)
end

--- jsonb_each_text(s): jsonb_each with the values as ->> gives them. Raises 22023.
local function jsonb_each_text(s)
  local refusal = "cannot call jsonb_each_text on a non-object"
  return json_pairs(json_members_of(s, "object", refusal, refusal), json_as_text)
end

--- json_array_elements(s): an array's elements. Raises 22023.
local function json_array_elements(s)
  return json_members_of(
    s, "array", "cannot call json_array_elements on a non-array", "cannot call json_array_elements on a scalar"
  )
end

--- jsonb_array_elements(s): an array's elements. Raises 22023.
local function jsonb_array_elements(s)
  return json_members_of(s, "array", "cannot extract elements from an object", "cannot extract elements from a scalar")
end

--- json_texts(list): the elements as ->> gives them. Raises 22P02, 22P05.
local function json_texts(list)
  for i = 1, list.n do
    list[i] = json_as_text(list[i])
  end
  return list
end

--- json_array_elements_text(s): json_array_elements as ->> gives them. Raises 22023, 22P02, 22P05.
local function json_array_elements_text(s)
  return json_texts(json_members_of(
    s, "array", "cannot call json_array_elements_text on a non-array", "cannot call json_array_elements_text on a scalar"
  ))
end

--- jsonb_array_elements_text(s): jsonb_array_elements as ->> gives them. Raises 22023.
local function jsonb_array_elements_text(s)
  return json_texts(jsonb_array_elements(s))
end

--- json_keys_of(s, name): an object's names, for a function of that name. Raises 22023.
local function json_keys_of(s, name)
  local list = json_members_of(
    s, "object", "cannot call " .. name .. " on an array", "cannot call " .. name .. " on a scalar"
  )
  local keys = {n = list.n}
  for i = 1, list.n do
    keys[i] = list.names[i]
  end
  return keys
end

--- json_object_keys(s): an object's names. Raises 22023.
local function json_object_keys(s)
  return json_keys_of(s, "json_object_keys")
end

--- jsonb_object_keys(s): an object's names. Raises 22023.
local function jsonb_object_keys(s)
  return json_keys_of(s, "jsonb_object_keys")
end

--- json_element_values(s, form): the array that a JSON array makes of its elements, each by form unless it is null. What is no
-- array must be a string, which array reads. Raises 22P02, 0A000 for arrays inside arrays.
local function json_element_values(s, form, array)
  local list = json_members(s)
  if list.kind ~= "array" then
    if json_kind(s) ~= "string" then
      raise("22P02", "expected JSON array")
    end
    return array(json_as_text(s))
  end
  for i = 1, list.n do
    local kind = json_kind(list[i])
    if kind == "array" then
      raise("0A000", "arrays of more than one dimension are not supported")
    elseif kind == "null" then
      list[i] = nil
    else
      list[i] = form(list[i])
    end
  end
  return {n = list.n, unpack(list, 1, list.n)}
end

--- json_row(list, columns): a row of the members that columns names, each {name, form}: NULL for one that is missing or null.
local function json_row(list, columns)
  local values = {}
  for i = 1, list.n do
    values[list.names[i]] = list[i]
  end
  local row = {}
  for i = 1, #columns do
    local value = values[columns[i][1]]
    if value and json_kind(value) ~= "null" then
      row[i] = columns[i][2](value)
    end
  end
  return row
end

--- json_record(s, columns): json_to_record() and jsonb_to_record(): one row. Takes NULL. Raises 22023 and what the forms raise.
local function json_record(s, columns)
  if s == nil then
    return {n = 1, {}}
  end
  local refusal = "cannot call populate_composite on a"
  return {n = 1, json_row(json_members_of(s, "object", refusal .. "n array", refusal .. " scalar"), columns)}
end

--- json_record_rows(s, columns): json_to_recordset() and jsonb_to_recordset(): a row for each object of an array. Raises 22023 and
-- what the forms raise.
local function json_record_rows(s, columns)
  local refusal = "cannot call json_to_recordset on a"
  local list = json_members_of(s, "array", refusal .. "n object", refusal .. " scalar")
  local rows = {n = list.n}
  for i = 1, list.n do
    local object = json_members(list[i])
    if object.kind ~= "object" then
      raise("22023", "argument of json_to_recordset must be an array of objects")
    end
    rows[i] = json_row(object, columns)
  end
  return rows
end
