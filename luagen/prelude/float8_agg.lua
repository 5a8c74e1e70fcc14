-- Aggregates of floats, by the method of Youngs and Cramer as PostgreSQL computes them. The order of the rows shows in
-- the last digits, so these states cannot give rows back.

--- float8_accum(state, x): the state after a float: {n = count, sum = sum, squares = sum of squared differences from the
-- average}. A nil state is that of no rows; the table is changed in place. Raises 22003.
local function float8_accum(state, x)
  state = state or {n = 0, sum = 0, squares = 0}
  local n, before = state.n + 1, state.n
  local sum = state.sum + x
  local squares = state.squares
  if before > 0 then
    local difference = x * n - sum
    squares = squares + difference * difference / (n * before)
    if sum - sum ~= 0 and sum == sum or squares - squares ~= 0 and squares == squares then
      if (state.sum - state.sum == 0 or state.sum ~= state.sum) and (x - x == 0 or x ~= x) then
        raise("22003", "value out of range: overflow")
      end
      squares = 0 / 0
    end
  elseif x - x ~= 0 then
    squares = 0 / 0
  end
  state.n = n
  state.sum = sum
  state.squares = squares
  return state
end

--- float4_accum(state, x): float8_accum of a real.
local float4_accum = float8_accum

--- float8_avg(state): the average; nil for no rows.
local function float8_avg(state)
  if state.n > 0 then
    return state.sum / state.n
  end
end

--- float8_var_pop(state): the variance of a population; nil for no rows.
local function float8_var_pop(state)
  if state.n > 0 then
    return state.squares / state.n
  end
end

--- float8_var_samp(state): the variance of a sample; nil for less than two rows.
local function float8_var_samp(state)
  if state.n > 1 then
    return state.squares / (state.n - 1)
  end
end

--- float8_stddev_pop(state): the standard deviation of a population; nil for no rows.
local function float8_stddev_pop(state)
  if state.n > 0 then
    return math.sqrt(state.squares / state.n)
  end
end

--- float8_stddev_samp(state): the standard deviation of a sample; nil for less than two rows.
local function float8_stddev_samp(state)
  if state.n > 1 then
    return math.sqrt(state.squares / (state.n - 1))
  end
end
