-- json and jsonb made of SQL values. What turns one value into JSON text depends on its type: the caller passes that
-- function, or texts that are JSON already.

--- json_bool(b): true or false.
local function json_bool(b)
  return b and "true" or "false"
end

--- json_number(text): the JSON form of a number's text; those that JSON lacks become strings.
local function json_number(text)
  if text:find("^-?%d") then
    return text
  end
  return json_quote(text)
end

--- json_int(n): the JSON form of an integer.
local function json_int(n)
  return wide_text(n)
end

--- json_float4(x): the JSON form of a real.
local function json_float4(x)
  return json_number(float4out(x))
end

--- json_float8(x): the JSON form of a double precision.
local function json_float8(x)
  return json_number(float8out(x))
end

--- jsonb_number(text): the jsonb form of a float's text, which is that of the equal numeric.
local function jsonb_number(text)
  if text:find("^-?%d") then
    return numeric_in(text)
  end
  return json_quote(text)
end

--- jsonb_from_float4(x): the jsonb form of a real.
local function jsonb_from_float4(x)
  return jsonb_number(float4out(x))
end

--- jsonb_from_float8(x): the jsonb form of a double precision.
local function jsonb_from_float8(x)
  return jsonb_number(float8out(x))
end

--- json_date(d): the JSON form of a date.
local function json_date(d)
  return json_quote(date_out(d))
end

--- json_timestamp(t): the JSON form of a timestamp, with a T between date and time.
local function json_timestamp(t)
  return json_quote((timestamp_out(t):gsub(" ", "T", 1)))
end

--- json_timestamptz(t): the JSON form of a timestamptz, whose offset has minutes.
local function json_timestamptz(t)
  return json_quote((timestamptz_out(t):gsub(" ", "T", 1):gsub("%+00", "+00:00", 1)))
end

--- json_list(list, form, separator): an array's JSON form: its elements, each by form, and null for NULL.
local function json_list(list, form, separator)
  local parts = {}
  for i = 1, list.n do
    local value = list[i]
    local text = "null"
    if value ~= nil then
      text = form(value)
    end
    parts[i] = i == 1 and text or separator .. text
  end
  return "[" .. bytes_join(parts, list.n) .. "]"
end

--- json_even(list): refuses an odd number of names and values. Raises 22023.
local function json_even(list)
  if list.n % 2 == 1 then
    raise("22023", "argument list must have even number of elements")
  end
end

--- json_build_object(list): json_build_object(): list has names and JSON texts in turn, nil for NULL. Raises 22023.
local function json_build_object(list)
  json_even(list)
  local parts = {}
  for i = 1, list.n, 2 do
    if list[i] == nil then
      raise("22023", ("argument %d cannot be null"):format(i))
    end
    parts[#parts + 1] = (i == 1 and "" or ", ") .. json_quote(list[i]) .. " : " .. (list[i + 1] or "null")
  end
  return "{" .. bytes_join(parts, #parts) .. "}"
end

--- jsonb_build_object(list): jsonb_build_object(): list has names and jsonb texts in turn, nil for NULL. Raises 22023.
local function jsonb_build_object(list)
  json_even(list)
  local names, values = {}, {}
  for i = 1, list.n, 2 do
    if list[i] == nil then
      raise("22023", ("argument %d: key must not be null"):format(i))
    end
    names[#names + 1], values[#values + 1] = list[i], list[i + 1] or "null"
  end
  return json_object_text(names, values, #names)
end

--- json_same(text): text; the form of values that are JSON already.
local function json_same(text)
  return text
end

--- json_build_array(list): json_build_array(): list has JSON texts, nil for NULL.
local function json_build_array(list)
  return json_list(list, json_same, ", ")
end

--- jsonb_build_array(list): jsonb_build_array(): list has jsonb texts, nil for NULL.
local jsonb_build_array = json_build_array

--- json_object_two_arg(names, values): json_object(): the strings of two arrays of one length. Raises 2202E, 22004.
local function json_object_two_arg(names, values)
  if names.n ~= values.n then
    raise("2202E", "mismatched array dimensions")
  end
  local parts = {}
  for i = 1, names.n do
    if names[i] == nil then
      raise("22004", "null value not allowed for object key")
    end
    parts[i] = (i == 1 and "" or ", ") .. json_quote(names[i]) .. " : " .. (values[i] and json_quote(values[i]) or "null")
  end
  return "{" .. bytes_join(parts, names.n) .. "}"
end

--- jsonb_object_two_arg(names, values): jsonb_object(): the strings of two arrays of one length. Raises 2202E, 22004.
local function jsonb_object_two_arg(names, values)
  return jsonb_in(json_object_two_arg(names, values))
end

--- json_object(list): json_object(): the strings of an array, names and values in turn. Raises 2202E, 22004.
local function json_object(list)
  if list.n % 2 == 1 then
    raise("2202E", "array must have even number of elements")
  end
  local names, values = {n = list.n / 2}, {n = list.n / 2}
  for i = 1, list.n / 2 do
    names[i], values[i] = list[2 * i - 1], list[2 * i]
  end
  return json_object_two_arg(names, values)
end

--- jsonb_object(list): jsonb_object(): the strings of an array, names and values in turn. Raises 2202E, 22004.
local function jsonb_object(list)
  return jsonb_in(json_object(list))
end

--- json_add_member(state, name, text): state of json_object_agg(), {names, values}, with one more member. Raises 22004.
local function json_add_member(state, name, text)
  if name == nil then
    raise("22004", "field name must not be null")
  end
  state = state or {{}, {}}
  local n = #state[1] + 1
  state[1][n], state[2][n] = name, text or "null"
  return state
end

--- json_object_agg(state): the json object of the members of a state, in their order.
local function json_object_agg(state)
  local parts = {}
  for i = 1, #state[1] do
    parts[i] = (i == 1 and "" or ", ") .. json_quote(state[1][i]) .. " : " .. state[2][i]
  end
  return "{ " .. bytes_join(parts, #parts) .. " }"
end

--- jsonb_object_agg(state): the jsonb object of the members of a state.
local function jsonb_object_agg(state)
  return json_object_text(state[1], state[2], #state[1])
end

--- json_agg(parts): the json array of the texts that json_agg() has collected.
local function json_agg(parts)
  return json_list(parts, json_same, ", ")
end

--- json_add_element(parts, text): the state of json_agg(), {n = count, ...}, with one more text.
local function json_add_element(parts, text)
  parts = parts or {n = 0}
  parts.n = parts.n + 1
  parts[parts.n] = text
  return parts
end

--- json_add_line(parts, text): json_add_element for arrays and records, which begin a line.
local function json_add_line(parts, text)
  if parts and text then
    text = "\n " .. text
  end
  return json_add_element(parts, text)
end
