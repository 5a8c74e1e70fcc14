#!lua name=handworkloads
-- The transactions of examples/offer, voter and smallbank as an expert would write them by hand for Redis 7: packed rows where a row is
-- read as a whole, one sorted set per access, counters in place, every check before the first write. They are as the SQL functions are
-- but for what an expert knows of the data: a customer has both accounts, a campaign in the index exists, and no amount overflows.

-- decide(keys, args): keys are the customers' hash, the customer's impressions, and the counter of impressions; args the customer, now in
-- microseconds. A customer is packed as segment, impressions, last campaign, last time; a campaign as segment, score, price, budget,
-- spent, cap, active. Per segment a sorted set holds the campaigns that can be shown, the best first, as inverted score, id, price, cap.
local function decide(keys, args)
  local call, pack, unpack = redis.call, struct.pack, struct.unpack
  local customer, now = args[1], tonumber(args[2])
  local row = call('HGET', keys[1], customer)
  if not row then
    return redis.error_reply('P0002 there is no customer ' .. customer)
  end
  local segment, impressions = unpack('>I4I4', row)
  local show = '{h}show:' .. segment
  local since = '(' .. ('%.0f'):format(now - 86400000000)
  local best, id, price
  local from, upto = '0', '7' -- a number would be made a string
  repeat
    local some = call('ZRANGE', show, from, upto)
    for i = 1, #some do
      local _, candidate, cost, cap = unpack('>I4I4I4I4', some[i])
      if call('ZCOUNT', '{h}seen:' .. customer .. ':' .. candidate, since, '+inf') < cap then
        best, id, price = some[i], candidate, cost
        break
      end
    end
    from, upto = from + 8, upto + 8
  until best or #some < 8
  if not best then
    return {false, false}
  end
  local impression = call('INCR', keys[3])
  call('ZADD', '{h}seen:' .. customer .. ':' .. id, args[2], impression)
  call('ZADD', keys[2], args[2], pack('>I8I4I4', impression, id, price))
  local campaign = call('HGET', '{h}campaigns', id)
  local budget, spent = unpack('>dd', campaign, 13)
  spent = spent + price
  call('HSET', '{h}campaigns', id, campaign:sub(1, 20) .. pack('>d', spent) .. campaign:sub(29))
  if spent + price > budget then
    call('ZREM', show, best)
  end
  call('HSET', keys[1], customer, pack('>I4I4I4d', segment, impressions + 1, id, now))
  return {id, price}
end

-- vote(keys, args): keys are the hash of contestants, of votes by phone number, of states by area code, and of the contestant's votes by
-- state; args the phone number, the contestant, the limit.
local function vote(keys, args)
  local call = redis.call
  local phone = args[1]
  if call('HEXISTS', keys[1], args[2]) == 0 then
    return 1
  end
  if tonumber(call('HGET', keys[2], phone) or 0) >= tonumber(args[3]) then
    return 2
  end
  local state = call('HGET', keys[3], phone:sub(1, -8)) or 'XX'
  call('HINCRBY', keys[2], phone, '1')
  call('HINCRBY', keys[4], state, '1')
  return 0
end

-- The transactions of the bank: keys are the hashes of customers' numbers by name, of savings and of checking accounts, balances in
-- decimal.
local function customer_of(keys, name)
  return redis.call('HGET', keys[1], name)
end

local function nobody(name)
  return redis.error_reply('P0002 there is no customer ' .. name)
end

local function balance(keys, args)
  local call = redis.call
  local id = customer_of(keys, args[1])
  if not id then return nobody(args[1]) end
  return tonumber(call('HGET', keys[2], id)) + tonumber(call('HGET', keys[3], id))
end

local function deposit_checking(keys, args)
  if tonumber(args[2]) < 0 then
    return redis.error_reply('22023 a deposit of ' .. args[2] .. ' is negative')
  end
  local id = customer_of(keys, args[1])
  if not id then return nobody(args[1]) end
  redis.call('HINCRBY', keys[3], id, args[2])
  return ''
end

local function transact_savings(keys, args)
  local call = redis.call
  local id = customer_of(keys, args[1])
  if not id then return nobody(args[1]) end
  if tonumber(call('HGET', keys[2], id)) + tonumber(args[2]) < 0 then
    return redis.error_reply('23514 the savings of ' .. args[1] .. ' do not suffice')
  end
  call('HINCRBY', keys[2], id, args[2])
  return ''
end

local function amalgamate(keys, args)
  local call = redis.call
  local id = customer_of(keys, args[1])
  if not id then return nobody(args[1]) end
  local other = customer_of(keys, args[2])
  if not other then return nobody(args[2]) end
  local total = tonumber(call('HGET', keys[2], id)) + tonumber(call('HGET', keys[3], id))
  call('HSET', keys[2], id, '0')
  call('HSET', keys[3], id, '0')
  call('HINCRBY', keys[3], other, ('%.0f'):format(total))
  return ''
end

local function write_check(keys, args)
  local call = redis.call
  local id = customer_of(keys, args[1])
  if not id then return nobody(args[1]) end
  local total = tonumber(call('HGET', keys[2], id)) + tonumber(call('HGET', keys[3], id))
  local amount = tonumber(args[2])
  if total < amount then
    amount = amount + 1
  end
  call('HINCRBY', keys[3], id, ('%.0f'):format(-amount))
  return ''
end

local function send_payment(keys, args)
  local call = redis.call
  local id = customer_of(keys, args[1])
  if not id then return nobody(args[1]) end
  local other = customer_of(keys, args[2])
  if not other then return nobody(args[2]) end
  local amount = args[3]
  if tonumber(call('HGET', keys[3], id)) < tonumber(amount) then
    return redis.error_reply('23514 the checking account of ' .. args[1] .. ' does not have ' .. amount)
  end
  call('HINCRBY', keys[3], id, '-' .. amount)
  call('HINCRBY', keys[3], other, amount)
  return ''
end

redis.register_function('decide', decide)
redis.register_function('vote', vote)
redis.register_function{function_name = 'balance', callback = balance, flags = {'no-writes'}}
redis.register_function('deposit_checking', deposit_checking)
redis.register_function('transact_savings', transact_savings)
redis.register_function('amalgamate', amalgamate)
redis.register_function('write_check', write_check)
redis.register_function('send_payment', send_payment)
