-- to_char of numbers. A template's layout is the digits before and behind the point and the flags of its patterns; the
-- number's digits then go through the patterns one by one, as in PostgreSQL, which decides what each position shows.

--- layout_refuse(message): never returns; refuses a template. Raises 42601.
local function layout_refuse(message)
  raise("42601", message)
end

--- layout_digit(layout, zero): counts a 9 or a 0 of a template. Raises 42601.
local function layout_digit(layout, zero)
  if layout.bracket then
    layout_refuse('"' .. (zero and "0" or "9") .. '" must be ahead of "PR"')
  end
  if zero then
    if not layout.zero and not layout.decimal then
      layout.zero = true
      layout.zero_start = layout.pre + 1
    end
  elseif layout.multiply then
    layout.shift = layout.shift + 1
    return
  end
  local side = layout.decimal and "post" or "pre"
  layout[side] = layout[side] + 1
  if zero then
    layout.zero_end = layout.pre + layout.post
  end
end

--- layout_sign(layout, word): takes in a pattern for the sign: s, mi, pl, sg or pr. Raises 42601.
local function layout_sign(layout, word)
  if word == "s" then
    if layout.sign then
      layout_refuse('cannot use "S" twice')
    elseif layout.plus or layout.minus or layout.bracket then
      layout_refuse('cannot use "S" and "PL"/"MI"/"SG"/"PR" together')
    end
    layout.sign = layout.decimal and "after" or "before"
    layout.sign_at = layout.decimal and 0 or layout.pre
    return
  elseif word == "pr" then
    if layout.sign or layout.plus or layout.minus then
      layout_refuse('cannot use "PR" and "S"/"PL"/"MI"/"SG" together')
    end
    layout.bracket = true
    return
  elseif layout.sign then
    layout_refuse('cannot use "S" and "' .. upper(word) .. '" together')
  end
  layout.minus = layout.minus or word ~= "pl"
  layout.plus = layout.plus or word ~= "mi"
end

--- number_layout(parts): the layout of a template. Raises 42601.
local function number_layout(parts)
  local layout = {pre = 0, post = 0, shift = 0, zero_start = 0, zero_end = 0, sign_at = 0}
  for _, part in ipairs(parts) do
    local word = part.word
    if word and layout.scientific and word ~= "eeee" then
      layout_refuse('"EEEE" must be the last pattern used')
    end
    if word == "9" or word == "0" then
      layout_digit(layout, word == "0")
    elseif word == "b" then
      layout.blank = layout.blank or layout.pre == 0 and layout.post == 0 and not layout.zero
    elseif word == "." or word == "d" then
      if layout.decimal then
        layout_refuse("multiple decimal points")
      elseif layout.multiply then
        layout_refuse('cannot use "V" and decimal point together')
      end
      layout.decimal = true
    elseif word == "fm" then
      layout.fill = true
    elseif word == "rn" then
      layout.roman = true
    elseif word == "v" then
      if layout.decimal then
        layout_refuse('cannot use "V" and decimal point together')
      end
      layout.multiply = true
    elseif word == "eeee" then
      if layout.scientific then
        layout_refuse('cannot use "EEEE" twice')
      elseif layout.blank or layout.fill or layout.sign or layout.bracket or layout.minus or layout.plus or layout.roman
        or layout.multiply then
        raise("42601", '"EEEE" is incompatible with other formats',
          {detail = '"EEEE" may only be used together with digit and decimal point patterns.'})
      end
      layout.scientific = true
    elseif word == "s" or word == "mi" or word == "pl" or word == "sg" or word == "pr" then
      layout_sign(layout, word)
    end
  end
  return layout
end

--- last_relevant(number, layout, spaces): where the digits end that FM shows, 0 for all of them.
local function last_relevant(number, layout, spaces)
  local point = number:find(".", 1, true)
  if not (layout.fill and layout.decimal and point) then
    return 0
  end
  local last = point
  for i = point + 1, #number do
    if number:byte(i) ~= 48 then
      last = i
    end
  end
  if layout.zero_end > spaces then
    last = math.max(last, math.min(#number, layout.zero_end - spaces + 1))
  end
  return last
end

--- digit_step(state, layout, word): what one of the patterns 9, 0, D and the point shows, and goes on in the number.
local function digit_step(state, layout, word)
  local out = ""
  local number, spaces, last = state.number, state.spaces, state.last
  local ends_in_point = last > 0 and number:byte(last) == 46
  local start = math.max(layout.zero_start - 1, 0)
  local function hidden_zero() -- the 0 before the point that 9.9 does not show
    return not layout.zero and state.at == 1 and number:byte(1) == 48 and layout.post ~= 0
  end
  state.inside = false
  local reached = state.count >= spaces or layout.zero and start == state.count
  if not state.signed and reached and (not hidden_zero() or ends_in_point) then
    if layout.sign then
      if state.sign_place == "before" then
        out = state.sign
        state.signed = true
      end
    else
      if layout.bracket then
        out = state.sign == "+" and " " or "<"
      elseif state.sign == "-" then
        out = "-"
      elseif not layout.fill then
        out = " "
      end
      state.signed = true
    end
  end
  if state.count < spaces and (start > state.count or not layout.zero) then
    out = out .. (layout.fill and "" or " ")
  elseif layout.zero and state.count < spaces then
    out = out .. "0"
    state.inside = true
  else
    local digit = number:sub(state.at, state.at)
    if digit == "." then
      if not ends_in_point or layout.fill then
        out = out .. "."
      end
    elseif not (last > 0 and state.at > last and word ~= "0") then
      if hidden_zero() then
        if not layout.fill then
          out = out .. " "
        elseif ends_in_point then
          out = out .. "0"
        end
      else
        out = out .. (digit == "" and "\0" or digit)
        state.inside = true
      end
    end
    if digit ~= "" then
      state.at = state.at + 1
    end
  end
  local stop = state.total + (spaces > 0 and 1 or 0) + (layout.decimal and 1 or 0)
  if last > 0 and last == state.at then
    stop = state.count
  end
  if state.count + 1 == stop then
    if state.signed and layout.bracket then
      out = out .. (state.sign == "+" and " " or ">")
    elseif layout.sign and state.sign_place == "after" then
      out = out .. state.sign
    end
  end
  state.count = state.count + 1
  return out
end

--- number_state(layout, number, sign, spaces): what digit_step needs: number is the digits with their point, sign + or -,
-- spaces how many positions before the point stay empty.
local function number_state(layout, number, sign, spaces)
  local signed
  if layout.plus or layout.minus then
    signed = layout.minus or false
  else
    if sign ~= "-" and layout.fill then
      layout.bracket = false
    end
    signed = sign == "+" and layout.fill and not layout.sign or false
  end
  local place = layout.sign
  if place == "before" and layout.pre == layout.sign_at and not (layout.plus or layout.minus) then
    place = "after"
  end
  local total = layout.post + layout.pre - 1
  if not signed and spaces == 0 then
    total = total + 1
  end
  return {
    number = number, sign = sign, spaces = spaces, signed = signed, sign_place = place, total = total, count = 0, at = 1,
    inside = false, last = last_relevant(number, layout, spaces),
  }
end

--- pattern_other(state, layout, part): what a pattern that is no digit shows.
local function pattern_other(state, layout, part)
  local word, gap = part.word, layout.fill and "" or " "
  if word == "," or word == "g" then
    return state.inside and "," or gap
  elseif word == "l" then
    return " "
  elseif word == "rn" then
    local text = part.written == "rn" and lower(state.number) or state.number
    return (" "):rep(layout.fill and 0 or 15 - #text) .. text
  elseif word == "th" then
    if layout.roman or state.number:byte(1) == 35 or state.sign == "-" or layout.decimal then
      return ""
    end
    return ordinal_suffix(state.number, part.written)
  elseif word == "mi" then
    return state.sign == "-" and "-" or gap
  elseif word == "pl" then
    return state.sign == "+" and "+" or gap
  elseif word == "sg" then
    return state.sign
  end
  return ""
end

--- number_lay(parts, layout, number, sign, spaces): the number by the template. Raises 22P02.
local function number_lay(parts, layout, number, sign, spaces)
  if layout.scientific then
    return number
  elseif layout.roman then
    layout = {fill = layout.fill, roman = true, pre = 0, post = 0, zero_start = 0, zero_end = 0, sign_at = 0}
    sign = "\0"
  end
  local state = number_state(layout, number, sign, spaces)
  local out = {}
  for i, part in ipairs(parts) do
    local word = part.word
    if part.text then
      out[i] = part.text
    elseif word == "9" or word == "0" or word == "." or word == "d" then
      out[i] = layout.roman and "" or digit_step(state, layout, word)
    else
      out[i] = pattern_other(state, layout, part)
    end
  end
  return (bytes_join(out, #out):match("^[^%z]*")) -- a zero byte ends the text in C
end

--- number_split(text, layout): the digits of a number's text without its sign, or number signs where they do not fit; the
-- sign; the positions before the point that stay empty.
local function number_split(text, layout)
  local sign, number = "+", text
  if text:byte() == 45 then
    sign = "-"
    number = text:sub(2)
  end
  local size = (number:find(".", 1, true) or #number + 1) - 1
  if size > layout.pre then
    return ("#"):rep(layout.pre) .. "." .. ("#"):rep(layout.post), sign, 0
  end
  return number, sign, layout.pre - size
end

--- roman_text(n): n in Roman figures, number signs outside of 1 to 3999 and for NaN.
local function roman_text(n)
  if not (n >= 1 and n <= 3999) then
    return ("#"):rep(15)
  end
  local out = ""
  for _, step in ipairs({{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"},
    {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}}) do
    local count = math.floor(n / step[1])
    out = out .. step[2]:rep(count)
    n = n - count * step[1]
  end
  return out
end

--- scientific_special(layout): what EEEE shows for NaN and the infinities.
local function scientific_special(layout)
  return " " .. ("#"):rep(layout.pre) .. "." .. ("#"):rep(layout.post + 4)
end

--- numeric_scientific(s, digits): a finite numeric as d.ddde+dd, with a space before it when it is not negative.
local function numeric_scientific(s, digits)
  local sign = s:byte() == 45 and "-" or " "
  local whole, fraction = s:match("^%-?(%d+)%.?(%d*)$")
  local figures = whole .. fraction
  local lead = figures:find("[1-9]")
  if not lead then
    return " 0" .. (digits > 0 and "." .. ("0"):rep(digits) or "") .. "e+00"
  end
  local exponent = #whole - lead
  figures = figures:sub(lead)
  local rounded = numeric_round(figures:sub(1, 1) .. "." .. figures:sub(2) .. "0", digits)
  return sign .. rounded .. ("e%s%02.0f"):format(exponent < 0 and "-" or "+", math.abs(exponent))
end

--- numeric_lay(s, parts, layout): a numeric by the template, EEEE and RN apart. Raises 22P02.
local function numeric_lay(s, parts, layout)
  if layout.multiply then
    if layout.shift > 0 then
      s = numeric_mul(s, "1" .. ("0"):rep(layout.shift))
    end
    layout.pre = layout.pre + layout.shift
  end
  return number_lay(parts, layout, number_split(numeric_round(s, layout.post), layout))
end

--- numeric_to_char(s, template): to_char. Raises 42601, 22P02, 22003, 0A000.
local function numeric_to_char(s, template)
  local parts = template_parts(template, number_words)
  local layout = number_layout(parts)
  if layout.roman then
    return number_lay(parts, layout, roman_text(numeric_int4(numeric_round(s, 0))), "+", 0)
  elseif not layout.scientific then
    return numeric_lay(s, parts, layout)
  elseif numeric_special(s) then
    return scientific_special(layout)
  end
  return numeric_scientific(s, layout.post)
end

--- int8_to_char(w, template): to_char. Raises 42601, 22P02, 22003.
local function int8_to_char(w, template)
  local parts = template_parts(template, number_words)
  local layout = number_layout(parts)
  local text = int8out(w)
  if layout.roman then
    return number_lay(parts, layout, roman_text(numeric_int4(text)), "+", 0)
  elseif layout.scientific then
    return numeric_scientific(text, layout.post)
  elseif layout.multiply and layout.shift > 0 then
    int8mul(w, dtoi8(10 ^ layout.shift)) -- refuses what does not fit
  end
  return numeric_lay(text, parts, layout)
end

--- int4_to_char(n, template): to_char. Raises 42601, 22P02, 22003.
local function int4_to_char(n, template)
  local parts = template_parts(template, number_words)
  local layout = number_layout(parts)
  if layout.roman then
    return number_lay(parts, layout, roman_text(n), "+", 0)
  elseif layout.scientific then
    return float_scientific(n, layout.post)
  elseif layout.multiply and layout.shift > 0 then
    -- PostgreSQL multiplies without a check: what remains is the product's lower 32 bits
    local _, low = wide_halves(wide_mul(n, dtoi4(10 ^ layout.shift)))
    layout.pre = layout.pre + layout.shift
    return number_lay(parts, layout, number_split(int4out(low < 2147483648 and low or low - 4294967296), layout))
  end
  return numeric_lay(int4out(n), parts, layout)
end

--- float_scientific(x, digits): a finite double as d.ddde+dd, with a space before it when it is not negative.
local function float_scientific(x, digits)
  local text = ("%." .. ("%.0f"):format(digits) .. "e"):format(x)
  return text:byte() == 45 and text or " " .. text
end

--- float_to_char(x, template, precision): to_char of a double that has so many sure digits. Raises 42601, 22P02, 22003.
local function float_to_char(x, template, precision)
  local parts = template_parts(template, number_words)
  local layout = number_layout(parts)
  if layout.roman then
    return number_lay(parts, layout, roman_text(dround(x)), "+", 0)
  end
  if layout.scientific then
    return float_special(x) and scientific_special(layout) or float_scientific(x, layout.post)
  elseif layout.multiply then
    layout.pre = layout.pre + layout.shift
    if x ~= 0 then -- which keeps the sign of -0
      x = x * 10 ^ layout.shift
      x = precision == 6 and float_round4(x) or x
    end
  end
  local special = float_special(x)
  local size = special and #special:gsub("-", "") or #("%.0f"):format(math.abs(x))
  if size >= precision then
    layout.post = 0
  elseif size + layout.post > precision then
    layout.post = precision - size
  end
  local text = special
  if not text then
    text = ("%." .. ("%.0f"):format(layout.post) .. "f"):format(x)
  end
  return number_lay(parts, layout, number_split(text, layout))
end

--- float8_to_char(x, template): to_char. Raises 42601, 22P02, 22003.
local function float8_to_char(x, template)
  return float_to_char(x, template, 15)
end

--- float4_to_char(x, template): to_char. Raises 42601, 22P02, 22003.
local function float4_to_char(x, template)
  return float_to_char(x, template, 6)
end
