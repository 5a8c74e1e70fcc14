-- The templates of to_char, to_date and to_timestamp: patterns among other text.

--- date_words: the patterns for dates by first letter, of those that could match the one that PostgreSQL tries first.
local date_words = {
  a = {"a.d.", "a.m.", "ad", "am"}, b = {"b.c.", "bc"}, c = {"cc"}, d = {"day", "ddd", "dd", "dy", "d"},
  f = {"ff1", "ff2", "ff3", "ff4", "ff5", "ff6", "fx"}, h = {"hh24", "hh12", "hh"},
  i = {"iddd", "id", "iw", "iyyy", "iyy", "iy", "i"}, j = {"j"}, m = {"mi", "mm", "month", "mon", "ms"}, o = {"of"},
  p = {"p.m.", "pm"}, q = {"q"}, r = {"rm"}, s = {"sssss", "ssss", "ss"}, t = {"tzh", "tzm", "tz"}, u = {"us"},
  w = {"ww", "w"}, y = {"y,yyy", "yyyy", "yyy", "yy", "y"},
}

--- number_words: the patterns for numbers by first letter.
local number_words = {
  [","] = {","}, ["."] = {"."}, ["0"] = {"0"}, ["9"] = {"9"}, b = {"b"}, c = {"c"}, d = {"d"}, e = {"eeee"}, f = {"fm"},
  g = {"g"}, l = {"l"}, m = {"mi"}, p = {"pl", "pr"}, r = {"rn"}, s = {"sg", "sp", "s"}, t = {"th"}, v = {"v"},
}

--- capital_words: the patterns that may also be written with one capital.
local capital_words = {day = "Day", dy = "Dy", month = "Month", mon = "Mon"}

--- pattern_at(template, at, words): the pattern that stands there in lower case and as written; nil when none does.
local function pattern_at(template, at, words)
  for _, word in ipairs(words[lower(template:sub(at, at))] or {}) do
    local written = template:sub(at, at + #word - 1)
    if written == word or written == upper(word) or written == capital_words[word] then
      return word, written
    end
  end
end

--- pattern_mark(template, at, marks): which of the two-letter marks stands there, nil when none does.
local function pattern_mark(template, at, marks)
  local mark = template:sub(at, at + 1)
  return marks[mark] and mark or nil
end

--- template_parts(template, words): the parts of a template in order. A pattern has its word in lower case, the way it is
-- written, and from its prefix and suffix fill (FM), translate (TM), th ("TH" or "th"); other characters have text.
local function template_parts(template, words)
  local parts, n, at, size = {}, 0, 1, #template
  local prefixes, suffixes = {FM = true, fm = true, TM = true, tm = true}, {TH = true, th = true, SP = true}
  local dated = words == date_words
  local function literal(quoted)
    local text = template:match("^.[\128-\191]*", at)
    at = at + #text
    n = n + 1
    local kind = "char"
    if not quoted and dated and text:find("^[!-/:-@%[-`{-~]$") then
      kind = "separator"
    elseif not quoted and text:find("^[ \t\n\v\f\r]$") then
      kind = "space"
    end
    parts[n] = {text = text, kind = kind}
  end
  while at <= size do
    local prefix = dated and pattern_mark(template, at, prefixes)
    if prefix then
      at = at + 2
    end
    local word, written = pattern_at(template, at, words)
    if word then
      at = at + #word
      local suffix = dated and pattern_mark(template, at, suffixes)
      if suffix then
        at = at + 2
      end
      n = n + 1
      parts[n] = {
        word = word, written = written, fill = prefix == "FM" or prefix == "fm", translate = prefix == "TM" or prefix == "tm",
        th = suffix ~= "SP" and suffix or nil,
      }
    elseif at > size then
      break
    elseif template:byte(at) == 34 then -- a quoted text, in which a backslash quotes
      at = at + 1
      while at <= size and template:byte(at) ~= 34 do
        if template:byte(at) == 92 and at < size then
          at = at + 1
        end
        literal(true)
      end
      at = at + 1
    else
      if template:sub(at, at + 1) == '\\"' then
        at = at + 1
      end
      literal(false)
    end
  end
  return parts
end

--- ordinal_suffix(digits, th): ST, ND, RD or TH for a number's text, in the case of th. Raises 22P02 when it ends in no
-- digit.
local function ordinal_suffix(digits, th)
  local last = digits:sub(-1)
  if not last:find("%d") then
    raise("22P02", '"' .. digits .. '" is not a number')
  end
  local ending = digits:sub(-2, -2) ~= "1" and ({["1"] = "ST", ["2"] = "ND", ["3"] = "RD"})[last] or "TH"
  return th == "th" and lower(ending) or ending
end
