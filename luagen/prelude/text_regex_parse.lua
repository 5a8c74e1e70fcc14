-- The parser of PostgreSQL's advanced regular expressions (ARE). A pattern becomes a tree of tables with an op:
--   empty                         set {ranges, negate}: one character
--   cat {...}                     alt {...}
--   rep {node, min, max, prefer}  max is 1/0 for no limit; prefer "L" longest, "S" shortest, or nil
--   group {node, number}          number is nil when it does not capture
--   assert {kind}                 look {node, ahead, negate}
-- Back references are refused. Letters and classes are those of ASCII, as under the C collation.

--- regex_fail(problem): never returns; refuses a regular expression. Raises 2201B.
local function regex_fail(problem)
  raise("2201B", "invalid regular expression: " .. problem)
end

--- regex_classes: the ranges of character classes.
local regex_classes = {
  alnum = {48, 57, 65, 90, 97, 122}, alpha = {65, 90, 97, 122}, ascii = {0, 127}, blank = {9, 9, 32, 32}, cntrl = {0, 31, 127, 127},
  digit = {48, 57}, graph = {33, 126}, lower = {97, 122}, print = {32, 126}, punct = {33, 47, 58, 64, 91, 96, 123, 126},
  space = {9, 13, 32, 32}, upper = {65, 90}, xdigit = {48, 57, 65, 70, 97, 102}, word = {48, 57, 65, 90, 95, 95, 97, 122},
}

--- regex_controls: what a backslash and a letter stand for, where it is one character.
local regex_controls = {a = 7, b = 8, B = 92, e = 27, f = 12, n = 10, r = 13, t = 9, v = 11}

--- regex_asserts: the constraints that a backslash and a letter stand for.
local regex_asserts = {A = "begin", Z = "end", m = "word_start", M = "word_end", y = "boundary", Y = "no_boundary"}

--- codes_of(s): the code points of s as {n = count, ...}.
local function codes_of(s)
  local codes, n = {}, 0
  if not s:find("[\128-\255]") then
    for from = 1, #s, 100 do
      for _, code in ipairs({s:byte(from, from + 99)}) do
        n = n + 1
        codes[n] = code
      end
    end
  else
    for char in s:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
      n = n + 1
      codes[n] = ascii(char)
    end
  end
  codes.n = n
  return codes
end

--- range_add(ranges, low, high, fold): adds a range of characters, both cases when fold.
local function range_add(ranges, low, high, fold)
  ranges[#ranges + 1] = low
  ranges[#ranges + 1] = high
  if fold then
    for _, shift in ipairs({{65, 90, 32}, {97, 122, -32}}) do
      local from, to = math.max(low, shift[1]), math.min(high, shift[2])
      if from <= to then
        ranges[#ranges + 1] = from + shift[3]
        ranges[#ranges + 1] = to + shift[3]
      end
    end
  end
end

--- ranges_complement(ranges): the ranges of all other characters.
local function ranges_complement(ranges)
  local spans = {}
  for i = 1, #ranges, 2 do
    spans[#spans + 1] = {ranges[i], ranges[i + 1]}
  end
  sort_rows(spans, function(a, b) return a[1] < b[1] end)
  local result, from = {}, 0
  for _, span in ipairs(spans) do
    if span[1] > from then
      range_add(result, from, span[1] - 1, false)
    end
    from = math.max(from, span[2] + 1)
  end
  range_add(result, from, 1114111, false)
  return result
end

--- regex_set(ranges, negate): a set of characters.
local function regex_set(ranges, negate)
  return {op = "set", ranges = negate and ranges_complement(ranges) or ranges}
end

--- regex_number(p, base, least, most): the number of least to most digits at the parser's position. Raises 2201B.
local function regex_number(p, base, least, most)
  local value, count = 0, 0
  while count < most do
    local digit = p.codes[p.pos] and p.codes[p.pos] < 128 and tonumber(string.char(p.codes[p.pos]), base)
    if not digit or p.codes[p.pos] < 48 then
      break
    end
    value = value * base + digit
    p.pos = p.pos + 1
    count = count + 1
    if value > 1114111 then
      regex_fail("invalid escape \\ sequence")
    end
  end
  if count < least then
    regex_fail("invalid escape \\ sequence")
  end
  return value
end

--- regex_escape(p): what the escape means whose backslash has been read: a code point, or nil and a class's ranges, or nil, nil and
-- the kind of an assertion. Raises 2201B, 0A000 for back references.
local function regex_escape(p)
  local code = p.codes[p.pos]
  if not code then
    regex_fail("invalid escape \\ sequence")
  end
  p.pos = p.pos + 1
  local char = code < 128 and string.char(code) or ""
  if not char:find("%w") then
    return code
  elseif regex_controls[char] then
    return regex_controls[char]
  elseif char == "d" or char == "s" or char == "w" then
    return nil, regex_classes[char == "d" and "digit" or char == "s" and "space" or "word"]
  elseif char == "D" or char == "S" or char == "W" then
    return nil, ranges_complement(regex_classes[char == "D" and "digit" or char == "S" and "space" or "word"])
  elseif regex_asserts[char] then
    return nil, nil, regex_asserts[char]
  elseif char == "c" then
    code = p.codes[p.pos]
    if not code then
      regex_fail("invalid escape \\ sequence")
    end
    p.pos = p.pos + 1
    return code % 32
  elseif char == "u" then
    return regex_number(p, 16, 4, 4)
  elseif char == "U" then
    return regex_number(p, 16, 8, 8)
  elseif char == "x" then
    return regex_number(p, 16, 1, 255)
  elseif char == "0" then
    p.pos = p.pos - 1
    code = regex_number(p, 8, 1, 3)
    if code > 255 then
      p.pos = p.pos - 1
      code = math.floor(code / 8)
    end
    return code
  elseif char:find("%d") then
    local after = p.pos
    p.pos = p.pos - 1
    local number = 0
    while p.codes[p.pos] and p.codes[p.pos] >= 48 and p.codes[p.pos] <= 57 do
      number = number * 10 + p.codes[p.pos] - 48
      p.pos = p.pos + 1
    end
    if p.pos == after or number <= p.captures then
      if number > p.captures then
        regex_fail("invalid backreference number")
      end
      raise("0A000", "back references in regular expressions are not supported")
    end
    p.pos = after - 1
    if code >= 56 then
      regex_fail("invalid escape \\ sequence")
    end
    code = regex_number(p, 8, 1, 3)
    if code > 255 then
      p.pos = p.pos - 1
      code = math.floor(code / 8)
    end
    return code
  end
  regex_fail("invalid escape \\ sequence")
end

--- bracket_name(p, mark): the name up to mark and ] that close it, [:name:] and its like. Raises 2201B.
local function bracket_name(p, mark)
  local name = {}
  while true do
    local code = p.codes[p.pos]
    if not code then
      regex_fail("brackets [] not balanced")
    elseif code == mark and p.codes[p.pos + 1] == 93 then
      p.pos = p.pos + 2
      if not p.codes[p.pos] then
        regex_fail("brackets [] not balanced")
      end
      return table.concat(name)
    end
    name[#name + 1] = utf8_char(code)
    p.pos = p.pos + 1
  end
end

--- bracket_item(p, first): the next part of a bracket expression: a code point; or nil and a class's ranges; "range" for a hyphen
-- between, "close" for the end. Raises 2201B.
local function bracket_item(p, first)
  local code = p.codes[p.pos]
  if not code then
    regex_fail("brackets [] not balanced")
  end
  p.pos = p.pos + 1
  local following = p.codes[p.pos]
  if code == 93 and not first then
    return "close"
  elseif code == 45 and not first and following ~= 93 then
    if not following then
      regex_fail("brackets [] not balanced")
    end
    return "range"
  elseif code == 92 then
    local char, ranges, kind = regex_escape(p)
    if kind then
      regex_fail("invalid escape \\ sequence")
    end
    return char, ranges
  elseif code == 91 and (following == 58 or following == 61 or following == 46) then
    p.pos = p.pos + 1
    local name = bracket_name(p, following)
    if following == 58 then
      local class = (p.fold and (name == "lower" or name == "upper")) and "alpha" or name
      if not regex_classes[class] then
        regex_fail("invalid character class")
      end
      return nil, regex_classes[class]
    elseif textlen(name) ~= 1 then
      if name:find("^[%a-]+$") then
        raise("0A000", "names of characters in regular expressions are not supported")
      end
      regex_fail("invalid collating element")
    elseif following == 61 then
      return nil, {ascii(name), ascii(name)}
    end
    return ascii(name)
  elseif code == 91 and not following then
    regex_fail("brackets [] not balanced")
  end
  return code
end

--- regex_bracket(p): the bracket expression whose [ has been read. Raises 2201B.
local function regex_bracket(p)
  local negate = p.codes[p.pos] == 94
  if negate then
    p.pos = p.pos + 1
  end
  local ranges, first = {}, true
  while true do
    local low, class = bracket_item(p, first)
    first = false
    if low == "close" then
      break
    elseif low == "range" then
      regex_fail("invalid character range")
    elseif class then
      for i = 1, #class, 2 do
        range_add(ranges, class[i], class[i + 1], p.fold)
      end
      if p.codes[p.pos] == 45 and p.codes[p.pos + 1] ~= 93 then
        regex_fail("invalid character range")
      end
    else
      local high = low
      if p.codes[p.pos] == 45 and p.codes[p.pos + 1] ~= 93 and p.codes[p.pos + 1] then
        p.pos = p.pos + 1
        if p.codes[p.pos] == 45 then
          p.pos = p.pos + 1
          high = 45
        else
          local item
          high, item = bracket_item(p, false)
          if item then
            regex_fail("invalid character range")
          end
        end
        if high < low then
          regex_fail("invalid character range")
        end
      end
      range_add(ranges, low, high, p.fold)
    end
  end
  if negate and p.line_stop then
    range_add(ranges, 10, 10, false)
  end
  return regex_set(ranges, negate)
end

--- regex_space(p): moves over white space and comments where the pattern is written expanded, and over (?#...) anywhere.
local function regex_space(p)
  while true do
    local code = p.codes[p.pos]
    if p.expanded and code and (code == 32 or code >= 9 and code <= 13) then
      p.pos = p.pos + 1
    elseif p.expanded and code == 35 then
      while p.codes[p.pos] and p.codes[p.pos] ~= 10 do
        p.pos = p.pos + 1
      end
    elseif code == 40 and p.codes[p.pos + 1] == 63 and p.codes[p.pos + 2] == 35 then
      while p.codes[p.pos] and p.codes[p.pos] ~= 41 do
        p.pos = p.pos + 1
      end
      p.pos = p.pos + 1
    else
      return
    end
  end
end

--- regex_bound(p): the least and most repetitions of a bound whose { has been read, and whether it had a comma. Raises 2201B.
local function regex_bound(p)
  local function count()
    local value, digits = 0, 0
    while p.codes[p.pos] and p.codes[p.pos] >= 48 and p.codes[p.pos] <= 57 and value <= 255 do
      value = value * 10 + p.codes[p.pos] - 48
      digits = digits + 1
      p.pos = p.pos + 1
    end
    if value > 255 then
      regex_fail("invalid repetition count(s)")
    end
    return digits > 0 and value or nil
  end
  local least = count()
  local most, comma = least, p.codes[p.pos] == 44
  if comma then
    p.pos = p.pos + 1
    most = count() or 1 / 0
  end
  if not p.codes[p.pos] then
    regex_fail("braces {} not balanced")
  elseif p.codes[p.pos] ~= 125 or most < least then
    regex_fail("invalid repetition count(s)")
  end
  p.pos = p.pos + 1
  return least, most, comma
end

--- regex_quantifier(p, node): node with the quantifier that follows it, if one does. Raises 2201B.
local function regex_quantifier(p, node)
  regex_space(p)
  local code = p.codes[p.pos]
  local least, most, preferring = nil, nil, true
  if code == 42 or code == 43 or code == 63 then
    p.pos = p.pos + 1
    least, most = code == 43 and 1 or 0, code == 63 and 1 or 1 / 0
  elseif code == 123 and p.codes[p.pos + 1] and p.codes[p.pos + 1] >= 48 and p.codes[p.pos + 1] <= 57 then
    p.pos = p.pos + 1
    least, most, preferring = regex_bound(p)
  else
    return node
  end
  local prefer = "L"
  if p.codes[p.pos] == 63 then
    p.pos = p.pos + 1
    prefer = "S"
  end
  return {op = "rep", node = node, min = least, max = most, prefer = preferring and prefer or nil}
end

--- regex_parse_group(p, parse): the parenthesis whose ( has been read; parse reads what is inside. Raises 2201B.
local function regex_parse_group(p, parse)
  local node = {op = "group"}
  if p.codes[p.pos] == 63 then
    local code = p.codes[p.pos + 1]
    p.pos = p.pos + 2
    if code == 60 then
      code = p.codes[p.pos]
      p.pos = p.pos + 1
      node.behind = true
      if code ~= 61 and code ~= 33 then
        regex_fail("quantifier operand invalid")
      end
    end
    if code == 61 or code == 33 then
      node.op = "look"
      node.negate = code == 33
    elseif code ~= 58 then
      regex_fail("quantifier operand invalid")
    end
  elseif not p.look then -- inside of a constraint nothing is captured
    p.captures = p.captures + 1
    node.number = p.captures
  end
  local outer = p.look
  p.look = outer or node.op == "look"
  p.depth = p.depth + 1
  if p.depth > 50 then -- gopher-lua's stack holds about 250 calls
    regex_fail("regular expression is too complex")
  end
  node.node = parse(p, true)
  p.depth = p.depth - 1
  p.look = outer
  if p.codes[p.pos] ~= 41 then
    regex_fail("parentheses () not balanced")
  end
  p.pos = p.pos + 1
  return node
end

--- regex_parse_branches(p, inside): the alternatives up to the end, or up to ) when inside. Raises 2201B, 0A000.
local function regex_parse_branches(p, inside)
  local branches, items = {op = "alt"}, {op = "cat"}
  while true do
    regex_space(p)
    local code = p.codes[p.pos]
    local atom, constraint
    if code == 124 or code == nil or code == 41 and inside then
      branches[#branches + 1] = items
      if code ~= 124 then
        return #branches == 1 and items or branches
      end
      items = {op = "cat"}
      p.pos = p.pos + 1
    else
      p.pos = p.pos + 1
      if code == 41 then
        regex_fail("parentheses () not balanced")
      elseif code == 42 or code == 43 or code == 63 then
        regex_fail("quantifier operand invalid")
      elseif code == 123 and p.codes[p.pos] and p.codes[p.pos] >= 48 and p.codes[p.pos] <= 57 then
        regex_fail("quantifier operand invalid")
      elseif code == 94 then
        constraint = {op = "assert", kind = p.line_anchor and "line_begin" or "begin"}
      elseif code == 36 then
        constraint = {op = "assert", kind = p.line_anchor and "line_end" or "end"}
      elseif code == 46 then
        atom = regex_set(p.line_stop and {10, 10} or {}, true)
      elseif code == 91 then
        local word = {}
        for i = 0, 5 do
          word[i + 1] = p.codes[p.pos + i] and p.codes[p.pos + i] < 128 and string.char(p.codes[p.pos + i]) or " "
        end
        word = table.concat(word)
        if word == "[:<:]]" or word == "[:>:]]" then
          p.pos = p.pos + 6
          constraint = {op = "assert", kind = word == "[:<:]]" and "word_start" or "word_end"}
        else
          atom = regex_bracket(p)
        end
      elseif code == 40 then
        atom = regex_parse_group(p, regex_parse_branches)
        if atom.op == "look" then
          constraint = atom
        end
      else
        local char, ranges, kind = code, nil, nil
        if code == 92 then
          char, ranges, kind = regex_escape(p)
        end
        if kind then
          constraint = {op = "assert", kind = kind}
        elseif ranges then
          atom = regex_set(ranges, false)
        else
          ranges = {}
          range_add(ranges, char, char, p.fold)
          atom = regex_set(ranges, false)
        end
      end
      items[#items + 1] = constraint or regex_quantifier(p, atom)
    end
  end
end

--- regex_option(p, char): takes one letter of the options. Returns false for a letter that is none. Raises 0A000.
local function regex_option(p, char)
  if char == "b" or char == "e" then
    raise("0A000", "basic and extended regular expressions are not supported, only advanced ones")
  elseif char == "c" or char == "i" then
    p.fold = char == "i"
  elseif char == "m" or char == "n" or char == "p" or char == "s" or char == "w" then
    p.line_stop = char == "m" or char == "n" or char == "p"
    p.line_anchor = char == "m" or char == "n" or char == "w"
  elseif char == "q" then
    p.literal = true
  elseif char == "t" or char == "x" then
    p.expanded = char == "x"
  else
    return false
  end
  return true
end

--- regex_parse(pattern, options): the tree of a pattern and the number of its captures. Raises 2201B, 0A000.
local function regex_parse(pattern, options)
  local p = {codes = codes_of(pattern), pos = 1, captures = 0, depth = 0}
  for char in options:gmatch(".") do
    regex_option(p, char)
  end
  if not p.literal and pattern:find("^%*%*%*[:=]") then
    p.literal = pattern:sub(4, 4) == "="
    p.pos = 5
  end
  if not p.literal and pattern:find("^%(%?%a", p.pos) then
    local letters = pattern:match("^%(%?(%a+)", p.pos)
    for char in letters:gmatch(".") do
      if not regex_option(p, char) then
        regex_fail("invalid embedded option")
      end
    end
    p.pos = p.pos + 2 + #letters
    if pattern:sub(p.pos, p.pos) ~= ")" then
      regex_fail("invalid embedded option")
    end
    p.pos = p.pos + 1
  end
  if not p.literal then
    return regex_parse_branches(p, false), p.captures
  end
  local items = {op = "cat"}
  for i = p.pos, p.codes.n do
    local ranges = {}
    range_add(ranges, p.codes[i], p.codes[i], p.fold)
    items[#items + 1] = regex_set(ranges, false)
  end
  return items, 0
end
