-- Where the parts of a match lie. PostgreSQL decides that by a tree of its own (parseqatom and parsebranch in regcomp): what has no
-- captures and prefers one length throughout is one plain part; anything else splits its branch in two, before and behind it.
-- A node is plain, cut (left and right), alt (children), loop (child repeated 0 to max times) or capture (child, number); it has
-- the tree it stands for, the length it prefers, "L", "S" or nil, whether it is mixed (has parts that prefer otherwise), whether it
-- captures, and whether it is messy, that is, either.

--- part_node(kind, tree, prefer, messy): a node; children are added by the caller.
local function part_node(kind, tree, prefer, messy)
  return {kind = kind, tree = tree, prefer = prefer, messy = messy}
end

--- part_repeat(node, item): the node of a quantified part; item is the quantifier's tree.
local function part_repeat(node, item)
  local prefer = item.prefer or node.prefer
  local least, most = item.min, item.max
  if least == 1 and most == 1 and (not item.prefer or not node.prefer and not node.mixed or item.prefer == node.prefer and not node.mixed) then
    return node
  end
  local result
  if not node.captures then
    result = part_node("plain", item, prefer, true)
  elseif least == 0 then
    result = part_node("loop", item, prefer, true)
    result.child, result.max = node, most
  else -- x{m,n} is x{m-1,n-1}x: only the last x decides about captures
    local fewer = {op = "rep", node = node.tree, min = least - 1, max = most - 1}
    result = part_node("cut", item, prefer, true)
    result.left = part_node("plain", fewer, prefer, false)
    result.right = node
  end
  result.captures = node.captures
  result.mixed = node.mixed or item.prefer ~= nil and node.prefer ~= nil and item.prefer ~= node.prefer
  return result
end

--- part_branch(items, from, build): the node of the items of a branch from from on; build makes nodes of trees.
local function part_branch(items, from, build)
  local prefix, prefer = {op = "cat"}, nil
  for i = from, #items do
    local item = items[i]
    local atom = item.op == "rep" and item.node or item
    local node = atom.op == "group" and build(atom) or part_node("plain", atom, nil, false)
    local wish = item.op == "rep" and item.prefer or nil
    local all = {[prefer or "none"] = true, [wish or "none"] = true, [node.prefer or "none"] = true}
    if item.op == "rep" and item.max == 0 then
      prefix[#prefix + 1] = item -- x{0} captures nothing
    elseif not node.messy and not (all.L and all.S) then
      prefix[#prefix + 1] = item
      prefer = prefer or wish or node.prefer
    else
      local part = item.op == "rep" and part_repeat(node, item) or node
      local rest = {op = "cat"}
      for j = i + 1, #items do
        rest[#rest + 1] = items[j]
      end
      if #rest > 0 then
        local cut = part_node("cut", {op = "cat", item, rest}, part.prefer, true)
        cut.left = part
        cut.right = part_branch(items, i + 1, build)
        cut.prefer = part.prefer or cut.right.prefer
        cut.captures = part.captures or cut.right.captures
        cut.mixed = part.mixed or cut.right.mixed or part.prefer and cut.right.prefer and part.prefer ~= cut.right.prefer
        part = cut
      end
      if #prefix > 0 then
        local cut = part_node("cut", {op = "cat", prefix, part.tree}, prefer or part.prefer, true)
        cut.left = part_node("plain", prefix, prefer, false)
        cut.right = part
        cut.captures = part.captures
        cut.mixed = part.mixed or prefer and part.prefer and prefer ~= part.prefer
        part = cut
      end
      return part
    end
  end
  return part_node("plain", prefix, prefer, false)
end

--- part_tree(tree): the node of a parsed tree.
local function part_tree(tree)
  if tree.op == "group" then
    local inner = part_tree(tree.node)
    if not tree.number then
      return inner
    end
    local node = part_node("capture", tree, inner.prefer, true)
    node.child, node.number, node.mixed, node.captures = inner, tree.number, inner.mixed, true
    return node
  elseif tree.op ~= "alt" then
    return part_branch(tree, 1, part_tree)
  end
  local node = part_node("alt", tree, "L", false)
  node.children = {}
  for i, branch in ipairs(tree) do
    local child = part_branch(branch, 1, part_tree)
    node.children[i] = child
    node.messy = node.messy or child.messy or child.prefer == "S"
    node.mixed = node.mixed or child.mixed or child.prefer == "S"
    node.captures = node.captures or child.captures
  end
  if not node.messy then
    return part_node("plain", tree, "L", false)
  end
  return node
end

--- part_machine(node): the automaton of a node, made when it is first needed.
local function part_machine(node)
  if not node.machine then
    node.machine = regex_machine(node.tree)
  end
  return node.machine
end

--- part_ends(node, subject, from, limit): where matches of a node from from end, in the order in which PostgreSQL tries them.
local function part_ends(node, subject, from, limit)
  local ends = {}
  regex_run(part_machine(node), subject, from, limit, nil, function(at)
    ends[#ends + 1] = at
  end)
  if node.prefer ~= "S" then
    local n = #ends
    for i = 1, math.floor(n / 2) do
      local other = ends[i]
      ends[i] = ends[n - i + 1]
      ends[n - i + 1] = other
    end
  end
  return ends
end

--- part_loop(node, subject, from, to): where the last repetition begins of a loop that goes from from to to, which differ: each
-- repetition takes what its child prefers, and none is empty.
local function part_loop(node, subject, from, to)
  local most = math.min(to - from, node.max)
  local starts, choices, k = {from}, {}, 1
  while k > 0 do
    local choice = choices[k]
    if not choice then
      choice = {ends = part_ends(node.child, subject, starts[k], to), at = 0}
      choices[k] = choice
    end
    choice.at = choice.at + 1
    local stop = choice.ends[choice.at]
    if not stop then
      choices[k] = nil
      k = k - 1
    elseif stop == to then
      return starts[k]
    elseif k < most and stop > starts[k] then
      k = k + 1
      starts[k] = stop
    end
  end
end

--- part_dissect(node, subject, from, to, captures): fills captures, pairs of positions by number, for a node that matches from
-- from to to.
local function part_dissect(node, subject, from, to, captures)
  local kind = node.kind
  if kind == "capture" then
    captures[node.number] = {from, to}
    part_dissect(node.child, subject, from, to, captures)
  elseif kind == "cut" then
    for _, middle in ipairs(part_ends(node.left, subject, from, to)) do
      if regex_run(part_machine(node.right), subject, middle, to) == to then
        part_dissect(node.left, subject, from, middle, captures)
        part_dissect(node.right, subject, middle, to, captures)
        return
      end
    end
  elseif kind == "alt" then
    for _, child in ipairs(node.children) do
      if regex_run(part_machine(child), subject, from, to) == to then
        part_dissect(child, subject, from, to, captures)
        return
      end
    end
  elseif kind == "loop" then
    local child = node.child
    if from < to then
      part_dissect(child, subject, part_loop(node, subject, from, to), to, captures)
    elseif child.prefer ~= "S" and regex_run(part_machine(child), subject, from, to) then
      part_dissect(child, subject, from, to, captures)
    end
  end
end
