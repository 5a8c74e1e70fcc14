#!lua name=hand
-- The six statements of queries.sql as an expert would write them by hand for Redis 7: packed rows, one covering sorted
-- set per access, counters in place. They keep PostgreSQL's checks (duplicate keys) and nothing else.

-- JoinRead: fleet members, then one HMGET over their packed positions. Returns id, label, lat, lon packed in one string each.
local function join_read(keys, args)
  local call = redis.call
  local members = call('SMEMBERS', keys[1])
  local out, ids = {}, {}
  for i = 1, #members do
    ids[i] = members[i]
  end
  if #ids == 0 then return out end
  local positions = call('HMGET', keys[2], unpack(ids))
  local vehicles = call('HMGET', keys[3], unpack(ids))
  local n = 0
  for i = 1, #ids do
    if positions[i] then
      n = n + 1
      out[n] = vehicles[i] .. positions[i]
    end
  end
  return out
end

-- AggregateRead: one hash per fleet with a count for each status.
local function aggregate_read(keys, args)
  return redis.call('HGETALL', keys[1])
end

-- InsertPing: pings by time with the row, by speed for the fleet, count and sum of speeds, and the primary key's check in
-- the first.
local function insert_ping(keys, args)
  local call, pack = redis.call, struct.pack
  local at, speed = args[2], tonumber(args[6])
  local prefix = pack('>I4', 2147483648 + math.floor(tonumber(at) / 4294967296)) .. pack('>I4', tonumber(at) % 4294967296)
  if call('ZLEXCOUNT', keys[1], '[' .. prefix, '(' .. prefix .. '\255') > 0 then
    return redis.error_reply('DUPLICATE')
  end
  local member = prefix .. pack('>ddI4', tonumber(args[4]), tonumber(args[5]), speed)
  call('ZADD', keys[1], 0, member)
  call('ZADD', keys[2], 0, pack('>I4', speed) .. pack('>I4', tonumber(args[1])) .. prefix)
  call('HINCRBY', keys[3], 'n', 1)
  call('HINCRBY', keys[3], 'speed', speed)
  return 1
end

-- SetStatus: the packed row and the counts of the fleet.
local function set_status(keys, args)
  local call = redis.call
  local row = call('HGET', keys[1], args[1])
  if not row then return 0 end
  local id, fleet, n = struct.unpack('>I4I4B', row)
  local old = row:sub(10 + n)
  local new = args[2]
  if old ~= new then
    call('HSET', keys[1], args[1], row:sub(1, 9 + n) .. new)
    local counts = '{h}status:' .. fleet
    if call('HINCRBY', counts, old, -1) == 0 then call('HDEL', counts, old) end
    call('HINCRBY', counts, new, 1)
  end
  return 1
end

redis.register_function{function_name = 'join_read', callback = join_read, flags = {'no-writes'}}
redis.register_function{function_name = 'aggregate_read', callback = aggregate_read, flags = {'no-writes'}}
redis.register_function('insert_ping', insert_ping)
redis.register_function('set_status', set_status)
