-- Undo: how a function that cannot check everything before it writes takes its writes back. undo is a list of commands that
-- restore what was there, newest last.

--- undo_hset(call, undo, key, field, value): HSET, taken back when the function fails.
local function undo_hset(call, undo, key, field, value)
  local old = call("HGET", key, field)
  undo[#undo + 1] = old and {"HSET", key, field, old} or {"HDEL", key, field}
  call("HSET", key, field, value)
end

--- undo_row(call, undo, key, field, value, old): HSET of a field that held old, or that nothing was in, taken back when the function fails.
local function undo_row(call, undo, key, field, value, old)
  undo[#undo + 1] = old and {"HSET", key, field, old} or {"HDEL", key, field}
  call("HSET", key, field, value)
end

--- undo_hdel(call, undo, key, field): HDEL, taken back when the function fails.
local function undo_hdel(call, undo, key, field)
  local old = call("HGET", key, field)
  if old then
    undo[#undo + 1] = {"HSET", key, field, old}
    call("HDEL", key, field)
  end
end

--- undo_hincrby(call, undo, key, field, by): HINCRBY of a count, which is never 0, taken back when the function fails.
local function undo_hincrby(call, undo, key, field, by)
  local n = call("HINCRBY", key, field, by)
  undo[#undo + 1] = n == by and {"HDEL", key, field} or {"HINCRBY", key, field, -by}
  return n
end

--- undo_zadd(call, undo, key, member): ZADD with score 0, taken back when the function fails.
local function undo_zadd(call, undo, key, member)
  if call("ZADD", key, "0", member) == 1 then
    undo[#undo + 1] = {"ZREM", key, member}
  end
end

--- undo_zrem(call, undo, key, member): ZREM of a member with score 0, taken back when the function fails.
local function undo_zrem(call, undo, key, member)
  if call("ZREM", key, member) == 1 then
    undo[#undo + 1] = {"ZADD", key, "0", member}
  end
end

--- undo_set(call, undo, key, value): SET, taken back when the function fails.
local function undo_set(call, undo, key, value)
  local old = call("GET", key)
  undo[#undo + 1] = old and {"SET", key, old} or {"DEL", key}
  call("SET", key, value)
end

--- undo_del(call, undo, key): DEL of a string, taken back when the function fails.
local function undo_del(call, undo, key)
  local old = call("GET", key)
  if old then
    undo[#undo + 1] = {"SET", key, old}
    call("DEL", key)
  end
end

--- undo_incr(call, undo, key): INCR, taken back when the function fails.
local function undo_incr(call, undo, key)
  local n = call("INCR", key)
  undo[#undo + 1] = n == 1 and {"DEL", key} or {"DECR", key}
  return n
end

--- transact(call, fn, ...): what fn(undo, ...) returns. When it fails, its writes are taken back; what it raised becomes the error
-- reply, other errors pass through.
local function transact(call, fn, ...)
  local undo = {nil, nil, nil, nil} -- room for as many as most have, so that it does not grow one by one
  local ok, result = pcall(fn, undo, ...)
  if ok then
    return result
  end
  for i = #undo, 1, -1 do
    call(unpack(undo[i]))
  end
  if type(result) == "table" and result.sqlstate then
    return refused(result.sqlstate, result.message, result.fields)
  end
  error(result, 0)
end

--- undo_to(call, undo, mark): takes back the writes behind a mark, the length that undo had.
local function undo_to(call, undo, mark)
  for i = #undo, mark + 1, -1 do
    call(unpack(undo[i]))
    undo[i] = nil
  end
end
