-- Aggregates over pairs of doubles, by PostgreSQL's own recurrence (Youngs and Cramer), so that the digits agree.

--- regr_finite(x): whether x is neither infinite nor NaN.
local function regr_finite(x)
  return x - x == 0
end

--- regr_infinite(x): whether x is an infinity.
local function regr_infinite(x)
  return x == math.huge or x == -math.huge
end

--- float8_regr_accum(state, y, x): the state {n, sum of x, Sxx, sum of y, Syy, Sxy} with one more pair; nil begins. Raises 22003.
local function float8_regr_accum(state, y, x)
  state = state or {0, 0, 0, 0, 0, 0}
  local before = state[1]
  local n, sx, sy = before + 1, state[2] + x, state[4] + y
  local sxx, syy, sxy = state[3], state[5], state[6]
  if before > 0 then
    local dx, dy, scale = x * n - sx, y * n - sy, 1 / (n * before)
    sxx, syy, sxy = sxx + dx * dx * scale, syy + dy * dy * scale, sxy + dx * dy * scale
    local ix, iy, ixy = regr_infinite(sxx), regr_infinite(syy), regr_infinite(sxy)
    if (ix or ixy) and not regr_infinite(state[2]) and not regr_infinite(x)
      or (iy or ixy) and not regr_infinite(state[4]) and not regr_infinite(y) then
      raise("22003", "value out of range: overflow")
    end
    sxx, syy, sxy = ix and 0 / 0 or sxx, iy and 0 / 0 or syy, ixy and 0 / 0 or sxy
  else
    if not regr_finite(x) then
      sxx, sxy = 0 / 0, 0 / 0
    end
    if not regr_finite(y) then
      syy, sxy = 0 / 0, 0 / 0
    end
  end
  return {n, sx, sxx, sy, syy, sxy}
end

--- float8_regr_avgx(state): the mean of x.
local function float8_regr_avgx(state)
  return state[2] / state[1]
end

--- float8_regr_avgy(state): the mean of y.
local function float8_regr_avgy(state)
  return state[4] / state[1]
end

--- float8_regr_sxx(state): the sum of squares of x around its mean.
local function float8_regr_sxx(state)
  return state[3]
end

--- float8_regr_syy(state): the sum of squares of y around its mean.
local function float8_regr_syy(state)
  return state[5]
end

--- float8_regr_sxy(state): the sum of products around the means.
local function float8_regr_sxy(state)
  return state[6]
end

--- float8_covar_pop(state): the population covariance.
local function float8_covar_pop(state)
  return state[6] / state[1]
end

--- float8_covar_samp(state): the sample covariance, NULL for one pair.
local function float8_covar_samp(state)
  if state[1] < 2 then
    return nil
  end
  return state[6] / (state[1] - 1)
end

--- float8_corr(state): the correlation, NULL when x or y does not vary.
local function float8_corr(state)
  if state[3] == 0 or state[5] == 0 then
    return nil
  end
  return state[6] / math.sqrt(state[3] * state[5])
end

--- float8_regr_r2(state): the square of the correlation, 1 when y does not vary, NULL when x does not.
local function float8_regr_r2(state)
  if state[3] == 0 then
    return nil
  elseif state[5] == 0 then
    return 1
  end
  return state[6] * state[6] / (state[3] * state[5])
end

--- float8_regr_slope(state): the slope of the least squares line, NULL when x does not vary.
local function float8_regr_slope(state)
  if state[3] == 0 then
    return nil
  end
  return state[6] / state[3]
end

--- float8_regr_intercept(state): where that line meets the y axis, NULL when x does not vary.
local function float8_regr_intercept(state)
  if state[3] == 0 then
    return nil
  end
  return (state[4] - state[2] * state[6] / state[3]) / state[1]
end
