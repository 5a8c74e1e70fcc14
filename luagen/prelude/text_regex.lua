-- The SQL functions of regular expressions.

--- regex_memo: the patterns compiled last, at most 16 of them, because a filter applies one pattern to many rows.
local regex_memo = {count = 0, compiled = {}}

--- regex_compile(pattern, options): a compiled pattern: its parts, its number of captures, and a machine that finds whether and
-- how early it matches. Raises 2201B, 0A000.
local function regex_compile(pattern, options)
  local key = options .. "/" .. pattern
  local re = regex_memo.compiled[key]
  if not re then
    local tree, captures = regex_parse(pattern, options)
    local anything = {op = "rep", node = regex_set({}, true), min = 0, max = 1 / 0}
    re = {root = part_tree(tree), captures = captures, search = regex_machine({op = "cat", anything, tree})}
    if regex_memo.count >= 16 then
      regex_memo.compiled = {}
      regex_memo.count = 0
    end
    regex_memo.compiled[key] = re
    regex_memo.count = regex_memo.count + 1
  end
  return re
end

--- regex_subject(s): a text to be searched: its code points, their number, and the bytes where they begin unless it is ASCII.
local function regex_subject(s)
  local codes = codes_of(s)
  local subject = {text = s, codes = codes, n = codes.n}
  if codes.n < #s then
    local offsets, at = {}, 1
    for i = 1, codes.n do
      offsets[i] = at
      local code = codes[i]
      at = at + (code < 128 and 1 or code < 2048 and 2 or code < 65536 and 3 or 4)
    end
    offsets[codes.n + 1] = at
    subject.offsets = offsets
  end
  return subject
end

--- regex_slice(subject, from, to): the text between two positions.
local function regex_slice(subject, from, to)
  local offsets = subject.offsets
  if offsets then
    return subject.text:sub(offsets[from + 1], offsets[to + 1] - 1)
  end
  return subject.text:sub(from + 1, to)
end

--- regex_find(re, subject, from): where the first match at or behind from begins and ends; nil for none.
local function regex_find(re, subject, from)
  local early = regex_run(re.search, subject, from, subject.n, from)
  if not early then
    return nil
  end
  local machine = part_machine(re.root)
  for start = from, early do
    local stop = regex_run(machine, subject, start, subject.n, re.root.prefer == "S" and start or nil)
    if stop then
      return start, stop
    end
  end
end

--- regex_captures(re, subject, from, to): the captures of a match as a table {n = count, ...} of texts.
local function regex_captures(re, subject, from, to)
  local captures, texts = {}, {n = re.captures}
  part_dissect(re.root, subject, from, to, captures)
  for i = 1, re.captures do
    if captures[i] then
      texts[i] = regex_slice(subject, captures[i][1], captures[i][2])
    end
  end
  return texts
end

--- regex_test(s, pattern, options): whether s has a match. Raises 2201B, 0A000.
local function regex_test(s, pattern, options)
  local subject = regex_subject(s)
  return regex_run(regex_compile(pattern, options).search, subject, 0, subject.n, 0) ~= nil
end

--- textregexeq(s, pattern): s ~ pattern. Raises 2201B, 0A000.
local function textregexeq(s, pattern)
  return regex_test(s, pattern, "")
end

--- textregexne(s, pattern): s !~ pattern. Raises 2201B, 0A000.
local function textregexne(s, pattern)
  return not textregexeq(s, pattern)
end

--- texticregexeq(s, pattern): s ~* pattern. Raises 2201B, 0A000.
local function texticregexeq(s, pattern)
  return regex_test(s, pattern, "i")
end

--- texticregexne(s, pattern): s !~* pattern. Raises 2201B, 0A000.
local function texticregexne(s, pattern)
  return not texticregexeq(s, pattern)
end

--- regex_flags(flags, name): the options among a function's flags and whether g is; name is that of a function that does not take
-- g. Raises 22023, 0A000.
local function regex_flags(flags, name)
  for char in flags:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
    if not ("gbceimnpqstwx"):find(char, 1, true) then
      raise("22023", 'invalid regular expression option: "' .. char .. '"')
    end
  end
  local options, global = flags:gsub("g", "")
  if global > 0 and name then
    raise("22023", name .. '() does not support the "global" option')
  end
  return options, global > 0
end

--- regex_all(s, pattern, options, from, visit): calls visit(start, stop, re, subject) for each match, until it returns true. A match
-- that is empty is followed by one that begins a character later. Raises 2201B, 0A000.
local function regex_all(s, pattern, options, from, visit)
  local re, subject = regex_compile(pattern, options), regex_subject(s)
  while from <= subject.n do
    local start, stop = regex_find(re, subject, from)
    if not start or visit(start, stop, re, subject) then
      return
    end
    from = start == stop and stop + 1 or stop
  end
end

--- regex_first(s, pattern, options): the captures of the first match, or the whole of it when there are none; nil for no match.
-- Raises 2201B, 0A000.
local function regex_first(s, pattern, options)
  local found
  regex_all(s, pattern, options, 0, function(start, stop, re, subject)
    found = re.captures > 0 and regex_captures(re, subject, start, stop) or {n = 1, regex_slice(subject, start, stop)}
    return true
  end)
  return found
end

--- regexp_match(s, pattern, flags): the captures of the first match as an array, or the whole of it when there are none; NULL for no
-- match. Raises 22023, 2201B, 0A000.
local function regexp_match(s, pattern, flags)
  return regex_first(s, pattern, (regex_flags(flags, "regexp_match")))
end

--- regexp_match_no_flags(s, pattern): regexp_match. Raises 2201B, 0A000.
local function regexp_match_no_flags(s, pattern)
  return regex_first(s, pattern, "")
end

--- textregexsubstr(s, pattern): substring(s from pattern): the first capture, or the whole match when there are none; NULL for no
-- match and for a capture that took no part. Raises 2201B, 0A000.
local function textregexsubstr(s, pattern)
  local found = regex_first(s, pattern, "")
  return found and found[1]
end

--- regex_replacement(template, whole, captures): a replacement's text: \1 to \9 are captures, \& is the whole match.
local function regex_replacement(template, whole, captures)
  return (template:gsub("\\(.?)", function(char)
    if char == "&" then
      return whole
    elseif char == "\\" then
      return "\\"
    elseif char:find("^[1-9]") then
      return captures[tonumber(char)] or ""
    end
  end))
end

--- regex_replace(s, pattern, template, options, from, nth): s with its nth match at or behind from replaced, all when nth is 0.
-- Raises 2201B, 0A000.
local function regex_replace(s, pattern, template, options, from, nth)
  local parts, n, copied, count = {}, 0, 0, 0
  local searched
  regex_all(s, pattern, options, from, function(start, stop, re, subject)
    count = count + 1
    if nth > 0 and count < nth then
      return false
    end
    searched = subject
    n = n + 1
    parts[n] = regex_slice(subject, copied, start)
    n = n + 1
    parts[n] = template
    if template:find("\\", 1, true) then
      local captures = re.captures > 0 and regex_captures(re, subject, start, stop) or {}
      parts[n] = regex_replacement(template, regex_slice(subject, start, stop), captures)
    end
    copied = stop
    return nth > 0
  end)
  if n == 0 then
    return s
  end
  parts[n + 1] = regex_slice(searched, copied, searched.n)
  return bytes_join(parts, n + 1)
end

--- textregexreplace_noopt(s, pattern, template): regexp_replace of the first match. Raises 2201B, 0A000.
local function textregexreplace_noopt(s, pattern, template)
  return regex_replace(s, pattern, template, "", 0, 1)
end

--- textregexreplace(s, pattern, template, flags): regexp_replace. Raises 22023, 2201B, 0A000.
local function textregexreplace(s, pattern, template, flags)
  local options, global = regex_flags(flags)
  return regex_replace(s, pattern, template, options, 0, global and 0 or 1)
end

--- regex_parameter(name, value, least): checks a parameter. Raises 22023.
local function regex_parameter(name, value, least)
  if value < least then
    raise("22023", ('invalid value for parameter "%s": %.0f'):format(name, value))
  end
end

--- textregexreplace_extended(s, pattern, template, start, nth, flags): regexp_replace of the nth match from start on, of all when
-- nth is 0. Raises 22023, 2201B, 0A000.
local function textregexreplace_extended(s, pattern, template, start, nth, flags)
  regex_parameter("start", start, 1)
  regex_parameter("n", nth, 0)
  return regex_replace(s, pattern, template, (regex_flags(flags)), start - 1, nth)
end

--- textregexreplace_extended_no_flags(s, pattern, template, start, nth): regexp_replace. Raises 22023, 2201B, 0A000.
local function textregexreplace_extended_no_flags(s, pattern, template, start, nth)
  return textregexreplace_extended(s, pattern, template, start, nth, "")
end

--- textregexreplace_extended_no_n(s, pattern, template, start): regexp_replace of the first match. Raises 22023, 2201B, 0A000.
local function textregexreplace_extended_no_n(s, pattern, template, start)
  return textregexreplace_extended(s, pattern, template, start, 1, "")
end

--- regex_split(s, pattern, options): the text between the matches as an array. Raises 2201B, 0A000.
local function regex_split(s, pattern, options)
  local parts, n, copied, last, searched = {}, 0, 0, 0, nil
  regex_all(s, pattern, options, 0, function(start, stop, _, subject)
    if start < subject.n and stop > last then -- not an empty match at an end or right behind a match
      n = n + 1
      parts[n] = regex_slice(subject, copied, start)
      copied = stop
      searched = subject
    end
    last = stop
    return false
  end)
  parts[n + 1] = n == 0 and s or regex_slice(searched, copied, searched.n)
  parts.n = n + 1
  return parts
end

--- regexp_split_to_array(s, pattern, flags): the text between the matches as an array. Raises 22023, 2201B, 0A000.
local function regexp_split_to_array(s, pattern, flags)
  return regex_split(s, pattern, (regex_flags(flags, "regexp_split_to_array")))
end

--- regexp_split_to_array_no_flags(s, pattern): regexp_split_to_array. Raises 2201B, 0A000.
local function regexp_split_to_array_no_flags(s, pattern)
  return regexp_split_to_array(s, pattern, "")
end

--- regexp_like(s, pattern, flags): whether there is a match. Raises 22023, 2201B, 0A000.
local function regexp_like(s, pattern, flags)
  return regex_test(s, pattern, (regex_flags(flags, "regexp_like")))
end

--- regexp_like_no_flags(s, pattern): regexp_like. Raises 2201B, 0A000.
local regexp_like_no_flags = textregexeq

--- regexp_count(s, pattern, start, flags): the number of matches from start on. Raises 22023, 2201B, 0A000.
local function regexp_count(s, pattern, start, flags)
  regex_parameter("start", start, 1)
  local count = 0
  regex_all(s, pattern, (regex_flags(flags, "regexp_count")), start - 1, function()
    count = count + 1
    return false
  end)
  return count
end

--- regexp_count_no_start(s, pattern): regexp_count. Raises 2201B, 0A000.
local function regexp_count_no_start(s, pattern)
  return regexp_count(s, pattern, 1, "")
end

--- regexp_count_no_flags(s, pattern, start): regexp_count. Raises 22023, 2201B, 0A000.
local function regexp_count_no_flags(s, pattern, start)
  return regexp_count(s, pattern, start, "")
end

--- regex_nth(s, pattern, start, nth, options, number): where the nth match from start on begins and ends, or its capture of that number
-- when it is not 0, and the subject; nil for none. Raises 2201B, 0A000.
local function regex_nth(s, pattern, start, nth, options, number)
  local from, to, searched
  local count = 0
  regex_all(s, pattern, options, start - 1, function(begins, ends, re, subject)
    count = count + 1
    if count < nth then
      return false
    end
    searched = subject
    if number == 0 or number == 1 and re.captures == 0 then
      from, to = begins, ends
    elseif number <= re.captures then
      local captures = {}
      part_dissect(re.root, subject, begins, ends, captures)
      if captures[number] then
        from, to = captures[number][1], captures[number][2]
      end
    end
    return true
  end)
  return from, to, searched
end

--- regexp_instr(s, pattern, start, nth, behind, flags, number): the position of the nth match from start on, or behind its end when
-- behind is 1, or of its capture of that number; 0 for none. Raises 22023, 2201B, 0A000.
local function regexp_instr(s, pattern, start, nth, behind, flags, number)
  regex_parameter("start", start, 1)
  regex_parameter("n", nth, 1)
  if behind ~= 0 and behind ~= 1 then
    regex_parameter("endoption", behind, 1 / 0)
  end
  regex_parameter("subexpr", number, 0)
  local from, to = regex_nth(s, pattern, start, nth, (regex_flags(flags, "regexp_instr")), number)
  return from and (behind == 1 and to or from) + 1 or 0
end

--- regexp_instr_no_start(s, pattern): regexp_instr. Raises 2201B, 0A000.
local function regexp_instr_no_start(s, pattern)
  return regexp_instr(s, pattern, 1, 1, 0, "", 0)
end

--- regexp_instr_no_n(s, pattern, start): regexp_instr. Raises 22023, 2201B, 0A000.
local function regexp_instr_no_n(s, pattern, start)
  return regexp_instr(s, pattern, start, 1, 0, "", 0)
end

--- regexp_instr_no_endoption(s, pattern, start, nth): regexp_instr. Raises 22023, 2201B, 0A000.
local function regexp_instr_no_endoption(s, pattern, start, nth)
  return regexp_instr(s, pattern, start, nth, 0, "", 0)
end

--- regexp_instr_no_flags(s, pattern, start, nth, behind): regexp_instr. Raises 22023, 2201B, 0A000.
local function regexp_instr_no_flags(s, pattern, start, nth, behind)
  return regexp_instr(s, pattern, start, nth, behind, "", 0)
end

--- regexp_instr_no_subexpr(s, pattern, start, nth, behind, flags): regexp_instr. Raises 22023, 2201B, 0A000.
local function regexp_instr_no_subexpr(s, pattern, start, nth, behind, flags)
  return regexp_instr(s, pattern, start, nth, behind, flags, 0)
end

--- regexp_substr(s, pattern, start, nth, flags, number): the nth match from start on, or its capture of that number; NULL for none.
-- Raises 22023, 2201B, 0A000.
local function regexp_substr(s, pattern, start, nth, flags, number)
  regex_parameter("start", start, 1)
  regex_parameter("n", nth, 1)
  regex_parameter("subexpr", number, 0)
  local from, to, subject = regex_nth(s, pattern, start, nth, (regex_flags(flags, "regexp_substr")), number)
  return from and regex_slice(subject, from, to)
end

--- regexp_substr_no_start(s, pattern): regexp_substr. Raises 2201B, 0A000.
local function regexp_substr_no_start(s, pattern)
  return regexp_substr(s, pattern, 1, 1, "", 0)
end

--- regexp_substr_no_n(s, pattern, start): regexp_substr. Raises 22023, 2201B, 0A000.
local function regexp_substr_no_n(s, pattern, start)
  return regexp_substr(s, pattern, start, 1, "", 0)
end

--- regexp_substr_no_flags(s, pattern, start, nth): regexp_substr. Raises 22023, 2201B, 0A000.
local function regexp_substr_no_flags(s, pattern, start, nth)
  return regexp_substr(s, pattern, start, nth, "", 0)
end

--- regexp_substr_no_subexpr(s, pattern, start, nth, flags): regexp_substr. Raises 22023, 2201B, 0A000.
local function regexp_substr_no_subexpr(s, pattern, start, nth, flags)
  return regexp_substr(s, pattern, start, nth, flags, 0)
end
