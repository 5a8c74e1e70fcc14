-- generate_series: iterators for Lua's generic for. A step of zero raises 22023; the step is 1 when it is not given.

--- series_step(sign): the sign of a step; 22023 "step size cannot equal zero" for zero.
local function series_step(sign)
  if sign == 0 then
    raise("22023", "step size cannot equal zero")
  end
  return sign
end

--- series_int4(first, last, step): an iterator over integers from first up to last.
local function series_int4(first, last, step)
  step = step or 1
  series_step(step)
  local value = first - step
  return function()
    value = value + step
    if step > 0 and value <= last or step < 0 and value >= last then
      return value
    end
    return nil
  end
end

--- series_int8(first, last, step): an iterator over bigints from first up to last, at most up to the end of the type.
local function series_int8(first, last, step)
  step = step or 1
  series_step(step == 0 and 0 or 1)
  local up = wide_lt(0, step)
  local following = first
  return function()
    local value = following
    if value == nil or up and wide_lt(last, value) or not up and wide_lt(value, last) then
      return nil
    end
    following = wide_add(value, step)
    return value
  end
end

--- series_numeric(first, last, step): an iterator over numerics from first up to last. NaN and infinities raise 22023.
local function series_numeric(first, last, step)
  local names = {{"start", first}, {"stop", last}, {"step", step or "1"}}
  for i = 1, 3 do
    local what = names[i][1] .. (i == 3 and " size" or " value")
    if names[i][2] == "NaN" then
      raise("22023", what .. " cannot be NaN")
    elseif names[i][2]:find("Infinity", 1, true) then
      raise("22023", what .. " cannot be infinity")
    end
  end
  step = step or "1"
  local sign = series_step(numeric_cmp(step, "0"))
  local value
  return function()
    value = value and numeric_add(value, step) or first
    if numeric_cmp(value, last) * sign <= 0 then
      return value
    end
    return nil
  end
end

--- series_timestamp(first, last, step): an iterator over timestamps from first up to last, step being an interval.
local function series_timestamp(first, last, step)
  local sign = series_step(interval_cmp(step, "0/0/0"))
  local value
  return function()
    value = value and timestamp_pl_interval(value, step) or first
    if wide_cmp(value, last) * sign <= 0 then
      return value
    end
    return nil
  end
end
