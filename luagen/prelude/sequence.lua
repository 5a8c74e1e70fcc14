-- Sequences: a string key holds the value that was drawn last, in decimal; without it none was. A draw is never taken back: neither
-- by a function that fails nor by a batch, which is why the commands here are those that no undo keeps (INCRBY, MSET).
-- s describes a sequence: name, first, by, min, max as wide integers, and cycle.

--- sequence_end(name, which, limit): raises 2200H.
local function sequence_end(name, which, limit)
  raise("2200H", ("nextval: reached %s value of sequence \"%s\" (%s)"):format(which, name, wide_text(limit)))
end

--- sequence_next(call, key, max, name): the next value of a sequence that counts 1, 2, 3, ... up to max, below 2^53. Raises 2200H.
local function sequence_next(call, key, max, name)
  local value = call("INCRBY", key, 1)
  if value > max then
    call("INCRBY", key, -1)
    sequence_end(name, "maximum", max)
  end
  return value
end

--- sequence_next_wide(call, key, name): the next value of one that counts 1, 2, 3, ... up to the end of bigint. Raises 2200H.
local function sequence_next_wide(call, key, name)
  local ok, value = pcall(call, "INCRBY", key, "1")
  if not ok then
    local problem = type(value) == "table" and value.err or value
    if type(problem) == "string" and problem:find("would overflow", 1, true) then
      sequence_end(name, "maximum", "9223372036854775807")
    end
    error(value, 0)
  end
  return value < 9007199254740992 and value or wide_parse(call("GET", key))
end

--- sequence_draw(call, key, s): the next value of any sequence. Raises 2200H.
local function sequence_draw(call, key, s)
  local last = call("GET", key)
  local value = last and wide_add(wide_parse(last), s.by) or not last and s.first
  if not value or wide_lt(s.max, value) or wide_lt(value, s.min) then
    local up = wide_lt(0, s.by)
    if not s.cycle then
      sequence_end(s.name, up and "maximum" or "minimum", up and s.max or s.min)
    end
    value = up and s.min or s.max
  end
  call("MSET", key, wide_text(value))
  return value
end

--- sequence_set(call, key, s, value, called): setval: moves a sequence to value, which was drawn already if called. Raises 22003.
local function sequence_set(call, key, s, value, called)
  if wide_lt(value, s.min) or wide_lt(s.max, value) then
    raise("22003", ("setval: value %s is out of bounds for sequence \"%s\" (%s..%s)"):format(
      wide_text(value), s.name, wide_text(s.min), wide_text(s.max)
    ))
  end
  call("MSET", key, wide_text(called and value or wide_sub(value, s.by)))
  return value
end

--- sequence_raise(call, key, s, value): moves a sequence on to a value that is in use.
local function sequence_raise(call, key, s, value)
  local last = call("GET", key)
  last = last and wide_parse(last) or wide_sub(s.first, s.by)
  local ahead = wide_lt(last, value)
  if wide_lt(s.by, 0) then
    ahead = wide_lt(value, last)
  end
  if ahead and not wide_lt(s.max, value) and not wide_lt(value, s.min) then
    call("SET", key, wide_text(value))
  end
end

--- sequence_batch: the call of the last batch that used sequences, and what its functions have drawn.
local sequence_batch = {}

--- sequence_session(call): what was drawn in a session, which is the batch that call belongs to, or a call of its own where it is nil:
-- the values by the sequences' names, and under 1 the name of the one that nextval drew from last.
local function sequence_session(call)
  if not call then
    return {}
  end
  if sequence_batch.call ~= call then
    sequence_batch.call, sequence_batch.session = call, {}
  end
  return sequence_batch.session
end

--- sequence_note(session, name, value, drawn): value, kept as a sequence's current one, which was drawn or set.
local function sequence_note(session, name, value, drawn)
  session[name] = value
  if drawn then
    session[1] = name
  end
  return value
end

--- sequence_current(session, name): the value last drawn, from any sequence where name is nil. Raises 55000.
local function sequence_current(session, name)
  local value = session[name or session[1]]
  if not value then
    raise("55000", name and "currval of sequence \"" .. name .. "\" is not yet defined in this session"
      or "lastval is not yet defined in this session")
  end
  return value
end
