-- Order, equality and containment of jsonb.

--- jsonb_ranks: the order of values of different kinds inside arrays and objects.
local jsonb_ranks = {null = 1, string = 2, number = 3, boolean = 4, array = 5, object = 6}

--- jsonb_scalar_cmp(a, b, kind): -1, 0 or 1 as a is less than, equal to or greater than b, scalars of one kind.
local function jsonb_scalar_cmp(a, b, kind)
  if a == b then
    return 0
  elseif kind == "number" then
    return numeric_cmp(a, b)
  elseif kind == "string" then
    return bytes_cmp(json_unquote(a), json_unquote(b))
  end
  return a == "false" and -1 or 1
end

--- jsonb_value_cmp(a, b): -1, 0 or 1: the order of two values inside arrays or objects.
local function jsonb_value_cmp(a, b)
  local kind, other = json_kind(a), json_kind(b)
  if kind ~= other then
    return jsonb_ranks[kind] < jsonb_ranks[other] and -1 or 1
  elseif kind ~= "array" and kind ~= "object" then
    return jsonb_scalar_cmp(a, b, kind)
  end
  local xs, ys = json_members(a), json_members(b)
  if xs.n ~= ys.n then
    return xs.n < ys.n and -1 or 1
  end
  for i = 1, xs.n do
    local sign = xs.names and bytes_cmp(xs.names[i], ys.names[i]) or 0
    if sign == 0 then
      sign = jsonb_value_cmp(xs[i], ys[i])
    end
    if sign ~= 0 then
      return sign
    end
  end
  return 0
end

--- jsonb_cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b. A scalar of its own counts as an array of one element,
-- before arrays that are no shorter.
local function jsonb_cmp(a, b)
  local kind, other = json_kind(a), json_kind(b)
  local a_scalar, b_scalar = kind ~= "array" and kind ~= "object", other ~= "array" and other ~= "object"
  if a_scalar ~= b_scalar then
    if a_scalar then
      return b == "[]" and 1 or -1
    end
    return a == "[]" and -1 or 1
  end
  return jsonb_value_cmp(a, b)
end

--- jsonb_eq(a, b): a = b.
local function jsonb_eq(a, b)
  return jsonb_cmp(a, b) == 0
end

--- jsonb_ne(a, b): a <> b.
local function jsonb_ne(a, b)
  return jsonb_cmp(a, b) ~= 0
end

--- jsonb_lt(a, b): a < b.
local function jsonb_lt(a, b)
  return jsonb_cmp(a, b) < 0
end

--- jsonb_le(a, b): a <= b.
local function jsonb_le(a, b)
  return jsonb_cmp(a, b) <= 0
end

--- jsonb_gt(a, b): a > b.
local function jsonb_gt(a, b)
  return jsonb_cmp(a, b) > 0
end

--- jsonb_ge(a, b): a >= b.
local function jsonb_ge(a, b)
  return jsonb_cmp(a, b) >= 0
end

--- jsonb_within(a, b): whether b is inside a, values of one kind: every member of b has its like in a.
local function jsonb_within(a, b)
  local kind = json_kind(a)
  if kind ~= json_kind(b) then
    return false
  elseif kind ~= "array" and kind ~= "object" then
    return jsonb_scalar_cmp(a, b, kind) == 0
  end
  local xs, ys = json_members(a), json_members(b)
  for i = 1, ys.n do
    local found = false
    if ys.names then
      local x = json_field(a, ys.names[i])
      found = x ~= nil and jsonb_within(x, ys[i])
    else
      for j = 1, xs.n do
        if jsonb_within(xs[j], ys[i]) then
          found = true
          break
        end
      end
    end
    if not found then
      return false
    end
  end
  return true
end

--- jsonb_contains(a, b): a @> b. An array contains a scalar that is one of its elements.
local function jsonb_contains(a, b)
  local kind = json_kind(b)
  if json_kind(a) == "array" and kind ~= "array" and kind ~= "object" then
    b = "[" .. b .. "]"
  end
  return jsonb_within(a, b)
end

--- jsonb_contained(a, b): a <@ b.
local function jsonb_contained(a, b)
  return jsonb_contains(b, a)
end

--- name_jsonb(s): the name form of a jsonb: its text, with numbers without zeros at the end of their fractions.
local function name_jsonb(s)
  if not s:find("%.%d*0[,%]}]") and not s:find("%.%d*0$") then
    return s
  end
  local parts, from = {}, 1
  while from <= #s do
    if s:byte(from) == 34 then
      local last = json_string_end(s, from)
      parts[#parts + 1] = s:sub(from, last)
      from = last + 1
    else
      local last = (s:find('"', from, true) or #s + 1) - 1
      parts[#parts + 1] = s:sub(from, last):gsub("%d+%.%d+", name_numeric)
      from = last + 1
    end
  end
  return bytes_join(parts, #parts)
end
