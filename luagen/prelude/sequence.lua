-- Sequences: a string key holds the last value drawn. A call reads it once, counts on, and stores it when nothing can fail any
-- more, so that a call that fails draws nothing.

--- sequence_open(call, key): an open sequence; value is a bigint, the last one drawn.
local function sequence_open(call, key)
  return {value = wide_parse(call("GET", key) or "0")}
end

--- sequence_next(sequence, max, name): the next value. Raises 2200H beyond max.
local function sequence_next(sequence, max, name)
  if not wide_lt(sequence.value, max) then
    raise("2200H", "nextval: reached maximum value of sequence \"" .. name .. "\" (" .. wide_text(max) .. ")")
  end
  sequence.value = wide_add(sequence.value, 1)
  sequence.drawn = wide_text(sequence.value)
  return sequence.value
end

--- sequence_raise(call, key, value): moves a sequence on to a value that rows hold already.
local function sequence_raise(call, key, value)
  if wide_lt(wide_parse(call("GET", key) or "0"), value) then
    call("SET", key, wide_text(value))
  end
end
