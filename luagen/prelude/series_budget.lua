-- The rows that a call may make instead of reading them: recursion without end must not block the server.

--- budget_new(rows): a budget of rows.
local function budget_new(rows)
  return {rows = rows, left = rows}
end

--- budget_spend(budget, what): takes a row for what makes them. Raises 53400 when there is none left.
local function budget_spend(budget, what)
  budget.left = budget.left - 1
  if budget.left < 0 then
    raise("53400", what .. " makes more than " .. budget.rows .. " rows", {detail = "The limit is generated_rows in prequel.yaml."})
  end
end

--- budget_round(budget, what, call): takes a row of a recursion, whose rows may grow from round to round. Raises 53400 when there is
-- none left, or after four seconds, shortly before Redis counts a script as hanging; every 256th row looks at the clock, where the
-- engine has one for scripts that only read (the embedded one has none).
local function budget_round(budget, what, call)
  budget_spend(budget, what)
  if budget.left % 256 == 0 then
    local known, now = pcall(call, "TIME")
    local seconds = known and now[1] + now[2] / 1000000 or 0
    budget.start = budget.start or seconds
    if seconds > budget.start + 4 then
      raise("53400", what .. " takes more than 4 seconds", {detail = "It made " .. budget.rows - budget.left .. " rows in that time."})
    end
  end
end
