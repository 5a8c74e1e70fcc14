-- Aggregates of integers and numerics. The states of variance and standard deviation are exact sums, so rows can be taken
-- out of them again; numsum_* keep a sum of numerics from which rows can be taken out whatever they were.

--- numeric_accum(state, s): the state of variances after a numeric: {n = count, sum = sum, squares = sum of squares}. A nil
-- state is that of no rows; the table is changed in place. NaN or an infinity makes the sum NaN.
local function numeric_accum(state, s)
  state = state or {n = 0, sum = "0", squares = "0"}
  state.n = state.n + 1
  if s:byte(-1) > 57 then
    state.sum = "NaN"
  else
    state.sum = numeric_add(state.sum, s)
    state.squares = numeric_add(state.squares, numeric_mul(s, s))
  end
  return state
end

--- numeric_spread(n, sum, squares, sample, root): the variance of n rows with that sum and sum of squares, all numerics but
-- the number n: that of a sample or of the whole population, or its square root; nil when there are too few rows.
local function numeric_spread(n, sum, squares, sample, root)
  if n < 1 or sample and n == 1 then
    return nil
  elseif sum:byte(-1) > 57 then
    return "NaN"
  end
  local numerator = numeric_sub(numeric_mul(("%.0f"):format(n), squares), numeric_mul(sum, sum))
  if numeric_sign_of(numerator) <= 0 then
    return "0"
  end
  local count = ("%.0f"):format(n)
  local denominator = numeric_mul(count, sample and ("%.0f"):format(n - 1) or count)
  local scale = numeric_div_scale(numerator, denominator)
  local variance = numeric_quotient(numerator, denominator, scale)
  return root and numeric_root(variance, scale) or variance
end

--- numeric_var_samp(state): the variance of a sample; nil for less than two rows.
local function numeric_var_samp(state)
  return numeric_spread(state.n, state.sum, state.squares, true, false)
end

--- numeric_var_pop(state): the variance of a population; nil for no rows.
local function numeric_var_pop(state)
  return numeric_spread(state.n, state.sum, state.squares, false, false)
end

--- numeric_stddev_samp(state): the standard deviation of a sample; nil for less than two rows.
local function numeric_stddev_samp(state)
  return numeric_spread(state.n, state.sum, state.squares, true, true)
end

--- numeric_stddev_pop(state): the standard deviation of a population; nil for no rows.
local function numeric_stddev_pop(state)
  return numeric_spread(state.n, state.sum, state.squares, false, true)
end

--- numeric_tally(state, s): the state of a sum of numerics after one more: {scale, unit = 10 ^ scale, part, rest}. part is the sum of the
-- short numerics of that scale, as a whole number of units, exact in a double; rest is that of all others, nil for none. A nil state is
-- that of no rows; the table is changed in place. Raises 22003.
local function numeric_tally(state, s)
  local point = s:find(".", 1, true)
  local scale = point and #s - point or 0
  if not state then
    state = {scale = scale, unit = 10 ^ scale, part = 0}
  end
  local x = #s < 16 and scale == state.scale and tonumber(s)
  if x and x < 1e15 and x > -1e15 then -- and not NaN
    local part = math.floor(x * state.unit + 0.5)
    local sum = state.part + part
    if sum >= 1e15 or sum <= -1e15 then
      local full = numeric_layout(state.part < 0, ("%.0f"):format(math.abs(state.part)), scale)
      state.rest = state.rest and numeric_add(state.rest, full) or full
      sum = part
    end
    state.part = sum
  else
    state.rest = state.rest and numeric_add(state.rest, s) or s
  end
  return state
end

--- numeric_total(state): the sum that a state of numeric_tally stands for. Raises 22003.
local function numeric_total(state)
  local part = numeric_layout(state.part < 0, ("%.0f"):format(math.abs(state.part)), state.scale)
  return state.rest and numeric_add(state.rest, part) or part
end

--- int8_avg(sum, n): the average of n integers of that sum, both wide integers; n is not 0.
local function int8_avg(sum, n)
  return numeric_div(wide_text(sum), wide_text(n))
end

--- numeric_avg(sum, n): the average of n numerics of that sum; n, a number, is not 0.
local function numeric_avg(sum, n)
  return numeric_div(sum, ("%.0f"):format(n))
end

--- numsum_change(state, s, step): the state of a sum of numerics with one more (step 1) or one less (step -1) row of value s.
-- A state is text: the sum of the finite values, then for each scale, and for N (NaN), P and M (the infinities), in that
-- order, its name and its number of rows: "12.50 0:1 2:7 N:1". A sum alone could not give back a NaN, nor a scale.
local function numsum_change(state, s, step)
  local sum, counts = "0", ""
  if state then
    sum, counts = state:match("^(%S+)(.*)$")
  end
  local special = numeric_special(s)
  local name
  if special then
    name = special ~= special and "N" or special > 0 and "P" or "M"
  else
    name = ("%.0f"):format(numeric_scale(s))
    sum = numeric_add(sum, step > 0 and s or numeric_uminus(s))
  end
  local from, to, count = counts:find(" " .. name .. ":(%d+)")
  if from then -- the common case: a scale seen before
    count = tonumber(count) + step
    counts = counts:sub(1, from - 1) .. (count > 0 and (" %s:%.0f"):format(name, count) or "") .. counts:sub(to + 1)
  else
    local before = 0
    local rank = tonumber(name) or name == "N" and 1e5 or name == "P" and 2e5 or 3e5
    for place, other in counts:gmatch("() (%w+):%d+()") do
      local order = tonumber(other) or other == "N" and 1e5 or other == "P" and 2e5 or 3e5
      if order > rank then
        before = place
        break
      end
    end
    local entry = (" %s:1"):format(name)
    counts = before > 0 and counts:sub(1, before - 1) .. entry .. counts:sub(before) or counts .. entry
  end
  -- No more digits than the greatest scale that is left: what is cut off is zeros.
  local most = 0
  for scale in counts:gmatch(" (%d+):") do
    most = tonumber(scale)
  end
  return numeric_cut(sum, most, false) .. counts
end

--- numsum_add(state, s): the state of a sum after a numeric; nil or "0" is the state of no rows.
local function numsum_add(state, s)
  return numsum_change(state, s, 1)
end

--- numsum_sub(state, s): the state of a sum after a numeric that was added before is taken out.
local function numsum_sub(state, s)
  return numsum_change(state, s, -1)
end

--- numsum_value(state): the sum that a state stands for; nil when it has no rows.
local function numsum_value(state)
  local sum, counts = state:match("^(%S+)(.*)$")
  if counts == "" then
    return nil
  end
  local nan, plus, minus = counts:find("N:", 1, true), counts:find("P:", 1, true), counts:find("M:", 1, true)
  if nan or plus and minus then
    return "NaN"
  elseif plus or minus then
    return plus and "Infinity" or "-Infinity"
  end
  return sum
end

--- scalesum_change(state, s, step): the state of a sum of numerics of one scale with one more (step 1) or one less (step -1)
-- row of value s. The state is the sum of the finite values, and behind it, when there are any, a space and the number of
-- NaNs: "12.50 1". "0" is that of no rows.
local function scalesum_change(state, s, step)
  local sum, nans = state, 0
  local space = state:find(" ", 1, true)
  if space then
    sum, nans = state:sub(1, space - 1), tonumber(state:sub(space + 1))
  end
  if s:byte(-1) > 57 then
    nans = nans + step
  elseif step > 0 then
    sum = numeric_add(sum, s)
  else
    sum = numeric_sub(sum, s)
  end
  return nans > 0 and ("%s %.0f"):format(sum, nans) or sum
end

--- scalesum_add(state, s): the state of a sum of numerics of one scale after another one.
local function scalesum_add(state, s)
  return scalesum_change(state, s, 1)
end

--- scalesum_sub(state, s): the state of a sum of numerics of one scale after one that was added before is taken out.
local function scalesum_sub(state, s)
  return scalesum_change(state, s, -1)
end

--- scalesum_value(state): the sum that a state stands for.
local function scalesum_value(state)
  return state:find(" ", 1, true) and "NaN" or state
end
