-- Atomic batches: several functions run as one. What they write goes through a call that keeps what undoes it (docs/atomic.md).

--- atomic_reads: the commands that change nothing.
local atomic_reads = {
  EXISTS = true, GET = true, MGET = true, STRLEN = true, GETRANGE = true,
  HEXISTS = true, HGET = true, HGETALL = true, HKEYS = true, HLEN = true, HMGET = true, HSTRLEN = true, HVALS = true,
  ZCARD = true, ZCOUNT = true, ZLEXCOUNT = true, ZMSCORE = true, ZRANGE = true, ZRANGEBYLEX = true, ZRANGEBYSCORE = true,
  ZRANK = true, ZREVRANGE = true, ZREVRANGEBYLEX = true, ZREVRANGEBYSCORE = true, ZREVRANK = true, ZSCORE = true,
}

--- atomic_string(call, undo, key): notes a string key's value.
local function atomic_string(call, undo, key)
  local old = call("GET", key)
  undo[#undo + 1] = old and {"SET", key, old} or {"DEL", key}
end

--- atomic_writes: what runs the commands that change something, with the reply that the command has.
local atomic_writes = {
  HSET = function(call, undo, key, ...)
    local args, n = {...}, 0
    for i = 1, #args, 2 do
      local old = call("HGET", key, args[i])
      undo[#undo + 1] = old and {"HSET", key, args[i], old} or {"HDEL", key, args[i]}
      n = n + call("HSET", key, args[i], args[i + 1])
    end
    return n
  end,
  HSETNX = function(call, undo, key, field, value)
    local n = call("HSETNX", key, field, value)
    if n == 1 then
      undo[#undo + 1] = {"HDEL", key, field}
    end
    return n
  end,
  HDEL = function(call, undo, key, ...)
    local args, n = {...}, 0
    for i = 1, #args do
      local old = call("HGET", key, args[i])
      if old then
        undo[#undo + 1] = {"HSET", key, args[i], old}
        n = n + call("HDEL", key, args[i])
      end
    end
    return n
  end,
  HINCRBY = function(call, undo, key, field, by)
    local old = call("HGET", key, field)
    undo[#undo + 1] = old and {"HSET", key, field, old} or {"HDEL", key, field}
    return call("HINCRBY", key, field, by)
  end,
  ZADD = function(call, undo, key, ...)
    local args, n = {...}, 0
    for i = 1, #args, 2 do
      local old = call("ZSCORE", key, args[i + 1])
      undo[#undo + 1] = old and {"ZADD", key, old, args[i + 1]} or {"ZREM", key, args[i + 1]}
      n = n + call("ZADD", key, args[i], args[i + 1])
    end
    return n
  end,
  ZREM = function(call, undo, key, ...)
    local args, n = {...}, 0
    for i = 1, #args do
      local old = call("ZSCORE", key, args[i])
      if old then
        undo[#undo + 1] = {"ZADD", key, old, args[i]}
        n = n + call("ZREM", key, args[i])
      end
    end
    return n
  end,
  SET = function(call, undo, key, value)
    atomic_string(call, undo, key)
    return call("SET", key, value)
  end,
  INCR = function(call, undo, key)
    atomic_string(call, undo, key)
    return call("INCR", key)
  end,
  DECR = function(call, undo, key)
    atomic_string(call, undo, key)
    return call("DECR", key)
  end,
  DEL = function(call, undo, key)
    atomic_string(call, undo, key)
    return call("DEL", key)
  end,
  -- Sequences move for good.
  INCRBY = function(call, _, key, by)
    return call("INCRBY", key, by)
  end,
  MSET = function(call, _, key, value)
    return call("MSET", key, value)
  end,
}

--- atomic_call(call, undo): call, with what undoes each write kept in undo, newest last.
local function atomic_call(call, undo)
  return function(command, ...)
    if atomic_reads[command] then
      return call(command, ...)
    end
    local write = atomic_writes[command]
    if not write then
      error("an atomic batch cannot take " .. command .. " back", 0)
    end
    return write(call, undo, ...)
  end
end

--- atomic_count(reply, how, width, present): the number of rows that a reply tells. how is "reply" for a reply that is a count or
-- begins with one, "rows" for one of width values a row, of which the one at present (0: none) is nil where there is no row.
local function atomic_count(reply, how, width, present)
  if how == "reply" then
    return tonumber(type(reply) == "table" and reply[1] or reply) or 0
  end
  if type(reply) ~= "table" then
    return (reply or present == 0) and 1 or 0
  end
  local n = 0
  for i = 1, #reply, width do
    if present == 0 or reply[i + present - 1] then
      n = n + 1
    end
  end
  return n
end

--- atomic_run(call, functions, keys, args): "done" and the replies of calls that have all happened, or "failed", "unmet" or
-- "cold" with the number of the call because of which none has, and why.
-- keys[1] is the ready key; those of the calls follow. args are for each call: how its rows are counted ("" when that does not
-- matter), width, present, the number that is required, which of a list of replies is meant (0: there is one); then the name of a
-- function, how many keys and arguments it takes, and the arguments; or "", the number of commands, and for each how many words it
-- has and these, its second word being a key too.
local function atomic_run(call, functions, keys, args)
  if call("EXISTS", keys[1]) == 0 then
    return {"cold"}
  end
  local undo, replies = {}, {"done"}
  local read = {word = 1, key = 2} -- fields: the embedded engine loses a closure's locals when an error is caught inside of it
  local logged = atomic_call(call, undo)
  local function words(n)
    local out = {}
    for i = 1, n do
      out[i] = args[read.word + i - 1]
    end
    read.word = read.word + n
    return out
  end
  local function run()
    local name, n = args[read.word], tonumber(args[read.word + 1])
    read.word = read.word + 2
    if name == "" then
      local results = {}
      for i = 1, n do
        local size = tonumber(args[read.word])
        read.word, read.key = read.word + 1, read.key + 1
        results[i] = logged(unpack(words(size))) or false
      end
      return results
    end
    local own = {keys[1]}
    for i = 2, n do
      own[i] = keys[read.key]
      read.key = read.key + 1
    end
    local size = tonumber(args[read.word])
    read.word = read.word + 1
    return functions[name](own, words(size), logged)
  end
  local function fail(how, number, why)
    for i = #undo, 1, -1 do
      call(unpack(undo[i]))
    end
    return {how, number, why}
  end
  while args[read.word] do
    local at = read.word
    local how, width, present, wanted = args[at], tonumber(args[at + 1]), tonumber(args[at + 2]), tonumber(args[at + 3])
    local which = tonumber(args[at + 4])
    read.word = at + 5
    local number = #replies
    local ok, reply = pcall(run)
    if type(reply) == "table" and reply.err then
      return fail("failed", number, reply.err)
    elseif not ok then
      return fail("failed", number, tostring(reply))
    end
    if how ~= "" then
      local counted = reply
      if which > 0 then
        counted = reply[which]
      end
      local n = atomic_count(counted, how, width, present)
      if n ~= wanted then
        return fail("unmet", number, tostring(n))
      end
    end
    replies[#replies + 1] = reply == nil and false or reply
  end
  return replies
end
