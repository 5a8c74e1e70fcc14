-- The matcher of regular expressions. A tree is compiled to a nondeterministic automaton, which is run as a deterministic one
-- whose states are made on demand: a text is read once, whatever the pattern. Positions count the characters before them, from 0.

--- regex_machine(tree): the automaton of a tree: steps, each set, split (to a and b), assert, look or match; whether asserts and
-- looks occur; the states made so far.
local function regex_machine(tree)
  local steps = {}
  local machine = {steps = steps, states = {}, count = 0, starts = {}, asserts = false, looks = false}
  local function emit(step)
    if #steps >= 10000 then
      regex_fail("regular expression is too complex")
    end
    steps[#steps + 1] = step
    return #steps
  end
  local function compile(node)
    local op = node.op
    if op == "cat" then
      for _, item in ipairs(node) do
        compile(item)
      end
    elseif op == "alt" then
      local leaves = {}
      for i, branch in ipairs(node) do
        local split = i < #node and emit({op = "split", a = #steps + 2})
        compile(branch)
        if split then
          leaves[#leaves + 1] = emit({op = "split"})
          steps[split].b = #steps + 1
        end
      end
      for _, at in ipairs(leaves) do
        steps[at].a = #steps + 1
      end
    elseif op == "group" then
      compile(node.node)
    elseif op == "rep" then
      for _ = 1, node.min do
        compile(node.node)
      end
      local splits = {}
      if node.max == 1 / 0 then
        splits[1] = emit({op = "split", a = #steps + 2})
        compile(node.node)
        emit({op = "split", a = splits[1]})
      else
        for _ = node.min + 1, node.max do
          splits[#splits + 1] = emit({op = "split", a = #steps + 2})
          compile(node.node)
        end
      end
      for _, at in ipairs(splits) do
        steps[at].b = #steps + 1
      end
    elseif op == "look" then
      machine.looks = true
      emit({op = "look", machine = regex_machine(node.node), behind = node.behind, negate = node.negate})
    elseif op == "assert" then
      machine.asserts = true
      emit({op = "assert", kind = node.kind})
    elseif op == "set" then
      emit({op = "set", ranges = node.ranges})
    end
  end
  compile(tree)
  emit({op = "match"})
  return machine
end

--- regex_kind(code): what an assertion wants to know of a character: "line", "word" or "other"; "edge" for nil, none.
local function regex_kind(code)
  if not code then
    return "edge"
  elseif code == 10 then
    return "line"
  elseif code >= 48 and code <= 57 or code >= 65 and code <= 90 or code == 95 or code >= 97 and code <= 122 then
    return "word"
  end
  return "other"
end

--- regex_holds(kind, before, after): whether an assertion holds between two kinds of characters.
local function regex_holds(kind, before, after)
  if kind == "begin" then
    return before == "edge"
  elseif kind == "end" then
    return after == "edge"
  elseif kind == "line_begin" then
    return before == "edge" or before == "line"
  elseif kind == "line_end" then
    return after == "edge" or after == "line"
  elseif kind == "word_start" then
    return before ~= "word" and after == "word"
  elseif kind == "word_end" then
    return before == "word" and after ~= "word"
  end
  return ((before == "word") ~= (after == "word")) == (kind == "boundary")
end

--- regex_state(machine, kernel, before): the state that stands at the steps of kernel, behind a character of kind before.
local function regex_state(machine, kernel, before)
  local key = table.concat(kernel, ",") .. before
  local state = machine.states[key]
  if not state then
    if machine.count >= 2000 then
      machine.states, machine.starts, machine.count = {}, {}, 0
    end
    state = {kernel = kernel, before = before, closures = {}, next = {}}
    machine.states[key] = state
    machine.count = machine.count + 1
  end
  return state
end

--- regex_closure(machine, state, after, look): the set steps that a state can go on with, and whether it accepts. look tells
-- whether a constraint holds.
local function regex_closure(machine, state, after, look)
  local sets, seen, accepts = {}, {}, false
  local stack = {}
  for i, at in ipairs(state.kernel) do
    stack[i] = at
  end
  local top = #stack
  while top > 0 do
    local at = stack[top]
    top = top - 1
    if not seen[at] then
      seen[at] = true
      local step = machine.steps[at]
      local op = step.op
      if op == "set" then
        sets[#sets + 1] = at
      elseif op == "match" then
        accepts = true
      elseif op == "split" then
        top = top + 1
        stack[top] = step.a
        if step.b then
          top = top + 1
          stack[top] = step.b
        end
      elseif op == "assert" and regex_holds(step.kind, state.before, after) or op == "look" and look(step) then
        top = top + 1
        stack[top] = at + 1
      end
    end
  end
  return {sets = sets, accepts = accepts}
end

--- regex_next(machine, state, closure, code): the state after a character, false when there is none.
local function regex_next(machine, state, closure, code)
  local kernel, n = {}, 0
  for _, at in ipairs(closure.sets) do
    local ranges = machine.steps[at].ranges
    for i = 1, #ranges, 2 do
      if code >= ranges[i] and code <= ranges[i + 1] then
        n = n + 1
        kernel[n] = at + 1
        break
      end
    end
  end
  if n == 0 then
    return false
  end
  table.sort(kernel)
  return regex_state(machine, kernel, (machine.asserts or machine.looks) and regex_kind(code) or "any")
end

--- regex_run(machine, subject, from, limit, least, visit): where the longest match from from ends, at most at limit; the shortest
-- that ends at least or later when least is given; nil for none. visit, when given, is called with every end.
local function regex_run(machine, subject, from, limit, least, visit)
  local codes = subject.codes
  local contextual = machine.asserts or machine.looks
  local before = contextual and regex_kind(codes[from]) or "any"
  local state = machine.starts[before]
  if not state then
    state = regex_state(machine, {1}, before)
    machine.starts[before] = state
  end
  local found
  local at = from
  local function look(step)
    local holds = false
    if step.behind then
      for start = at, 0, -1 do
        holds = holds or regex_run(step.machine, subject, start, at) == at
      end
    else
      holds = regex_run(step.machine, subject, at, subject.n, at) ~= nil
    end
    return holds ~= step.negate
  end
  while true do
    local code = codes[at + 1]
    local after = contextual and regex_kind(code) or "any"
    local closure = state.closures[after]
    if not closure then
      closure = regex_closure(machine, state, after, look)
      if not machine.looks then
        state.closures[after] = closure
      end
    end
    if closure.accepts then
      found = at
      if visit then
        visit(at)
      elseif least and at >= least then
        return at
      end
    end
    if at >= limit then
      break
    end
    local following = state.next[code]
    if following == nil then
      following = regex_next(machine, state, closure, code)
      if not machine.looks then
        state.next[code] = following
      end
    end
    if not following then
      break
    end
    state = following
    at = at + 1
  end
  if least and found and found < least then
    return nil
  end
  return found
end
