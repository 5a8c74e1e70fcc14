-- to_number: a text read by a template of to_char. PostgreSQL walks over the template and takes what fits from the text: a pattern that
-- finds nothing of its own passes over a character, so that much that to_char would never write is read too.

--- number_rest(state): whether the text has not ended.
local function number_rest(state)
  return state.at <= #state.text
end

--- number_peek(state, ahead): the character of the text that comes ahead positions later.
local function number_peek(state, ahead)
  local at = state.at + (ahead or 0)
  return state.text:sub(at, at)
end

--- number_skip(state, count): passes over so many characters, up to one that a number is made of.
local function number_skip(state, count)
  while count > 0 and number_rest(state) and not number_peek(state):find("[%d.,+-]") do
    state.at = char_skip(state.text, state.at, 1)
    count = count - 1
  end
end

--- number_sign_before(state, layout): reads a sign ahead of the digits.
local function number_sign_before(state, layout)
  local c = number_peek(state)
  if c == "-" or c == "<" and layout.bracket and layout.sign ~= "before" then
    state.sign = "-"
    state.at = state.at + 1
  elseif c == "+" then
    state.sign = "+"
    state.at = state.at + 1
  end
end

--- number_sign_behind(state, layout, found): reads a sign behind the digits; found says that one was read just now.
local function number_sign_behind(state, layout, found)
  if layout.sign then
    local c = number_peek(state, 1)
    if found and (c == "-" or c == "+") then
      state.sign = c
      state.at = state.at + 1
    end
  elseif not found and not layout.plus and not layout.minus then
    local c = number_peek(state)
    state.sign = (c == "-" or c == "+") and c or state.sign
  end
end

--- number_take(state, layout, word): what the patterns 9, 0, D and the point read.
local function number_take(state, layout, word)
  if number_peek(state) == " " then
    state.at = state.at + 1
  end
  if state.sign == "" and (word == "9" or word == "0") and state.pre + state.post == 0 then
    number_sign_before(state, layout)
  end
  local c, found = number_peek(state), false
  if c:find("%d") then
    if state.point and state.post == layout.post then
      return
    end
    local side = state.point and "post" or "pre"
    state[side] = state[side] + 1
    found = true
  elseif c == "." and layout.decimal and not state.point then
    state.point = true
    found = true
  end
  if found then
    state.digits = state.digits .. c
  end
  if number_rest(state) and state.sign == "" and state.pre + state.post > 0 then
    number_sign_behind(state, layout, found)
  end
end

--- number_read(state, layout, part): reads what a part of the template stands for. True when the character that is left at the state's
-- position belongs to it.
local function number_read(state, layout, part)
  local word, c = part.word, number_peek(state)
  if not word then
    state.at = char_skip(state.text, state.at, 1)
  elseif word == "9" or word == "0" or word == "." or word == "d" then
    number_take(state, layout, word)
    return true
  elseif word == "," or word == "g" then
    return c == "," and not (layout.fill and state.started)
  elseif word == "l" then
    number_skip(state, 1)
  elseif word == "th" then
    if not layout.decimal then
      number_skip(state, 2)
    end
  elseif word == "mi" or word == "pl" or word == "sg" then
    if c == "-" and word ~= "pl" or c == "+" and word ~= "mi" then
      state.sign = c
      return true
    end
    number_skip(state, 1)
  end
  return false
end

--- numeric_to_number(s, template): to_number. NULL for an empty template. Raises 42601, 22P02, 22003, 0A000.
local function numeric_to_number(s, template)
  if template == "" then
    return nil
  end
  local parts = template_parts(template, number_words)
  local layout = number_layout(parts)
  if layout.scientific then
    raise("0A000", '"EEEE" not supported for input')
  elseif layout.roman then
    raise("0A000", '"RN" not supported for input')
  end
  local state = {text = s, at = 1, sign = "", digits = "", pre = 0, post = 0, started = layout.fill}
  for _, part in ipairs(parts) do
    if not number_rest(state) then
      break
    end
    if number_read(state, layout, part) then
      state.at = state.at + 1
    end
  end
  local text = state.digits:gsub("%.$", "")
  text = (state.sign == "" and " " or state.sign) .. text
  local read = numeric(numeric_in(text), (layout.pre + layout.shift + state.post) * 65536 + state.post + 4)
  if layout.multiply then
    read = numeric_mul(read, numeric_power("10", int4out(-layout.shift)))
  end
  return read
end
