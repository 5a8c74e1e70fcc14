-- Sequences: a string key holds the last value drawn; before is the value in front of the first. A call reads it once, counts
-- on, and stores it when nothing can fail any more, so that a call that fails draws nothing.

--- sequence_open(call, key, before): an open sequence; value is a bigint, the last one drawn.
local function sequence_open(call, key, before)
  local drawn = call("GET", key)
  return {value = drawn and wide_parse(drawn) or before}
end

--- sequence_next(sequence, by, max, name): the next value. Raises 2200H beyond max.
local function sequence_next(sequence, by, max, name)
  local value = wide_add(sequence.value, by)
  if not value or wide_lt(max, value) then
    raise("2200H", "nextval: reached maximum value of sequence \"" .. name .. "\" (" .. wide_text(max) .. ")")
  end
  sequence.value = value
  sequence.drawn = wide_text(value)
  return value
end

--- sequence_raise(call, key, before, value): moves a sequence on to a value that rows hold already.
local function sequence_raise(call, key, before, value)
  local drawn = call("GET", key)
  if wide_lt(drawn and wide_parse(drawn) or before, value) then
    call("SET", key, wide_text(value))
  end
end
