-- Quoting for SQL text, and format().

--- reserved_keywords: the keywords that an identifier must not be without quotes.
local reserved_keywords = [[ all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char
character check coalesce collate collation column concurrently constraint create cross current_catalog current_date
current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else
end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in
initially inner inout int integer intersect interval into is isnull join lateral leading least left like limit localtime
localtimestamp national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer
overlaps overlay placing position precision primary real references returning right row select session_user setof similar
smallint some substring symmetric table tablesample then time timestamp to trailing treat trim true union unique user using
values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces
xmlparse xmlpi xmlroot xmlserialize xmltable ]]

--- quote_ident(s): s as an SQL identifier, in quotes where it needs them.
local function quote_ident(s)
  if s:find("^[a-z_][a-z0-9_]*$") and not reserved_keywords:find("%s" .. s .. "%s") then
    return s
  end
  return '"' .. replace_text(s, '"', '""') .. '"'
end

--- quote_literal(s): s as an SQL string literal.
local function quote_literal(s)
  local quoted = "'" .. replace_text(replace_text(s, "\\", "\\\\"), "'", "''") .. "'"
  return s:find("\\", 1, true) and "E" .. quoted or quoted
end

--- quote_nullable(s): s as an SQL string literal, or the text NULL; takes NULL.
local function quote_nullable(s)
  return s == nil and "NULL" or quote_literal(s)
end

--- format_digits(template, pos): the number that stands at pos of format's template, nil when there is none, and the position
-- after it. Raises 22003, 22023.
local function format_digits(template, pos)
  local digits = template:match("^%d*", pos)
  local stop = pos + #digits
  if #digits > 0 and (#digits > 300 or tonumber(digits .. ".") > 2147483647) then
    raise("22003", "number is out of range")
  elseif stop > #template then
    raise("22023", "unterminated format() type specifier")
  end
  return tonumber(digits), stop
end

--- format_specifier(template, pos): what stands between % and the type of the specifier at pos of format's template: argument's
-- position, width's argument's position (0 for the next argument), whether to the left, width, and the type's position.
-- Raises 22003, 22023.
local function format_specifier(template, pos)
  local left, of_argument, of_width = false, nil, nil
  local number
  local function position()
    if number == 0 then
      raise("22023", "format specifies argument 0, but arguments are numbered from 1")
    end
    pos = pos + 1
    format_digits(template, pos)
    return number
  end
  number, pos = format_digits(template, pos)
  if number then
    if template:sub(pos, pos) ~= "$" then
      return nil, nil, false, number, pos
    end
    of_argument = position()
  end
  while template:sub(pos, pos) == "-" do
    left = true
    pos = pos + 1
    format_digits(template, pos)
  end
  if template:sub(pos, pos) ~= "*" then
    number, pos = format_digits(template, pos)
    return of_argument, nil, left, number or 0, pos
  end
  number, pos = format_digits(template, pos + 1)
  if not number then
    return of_argument, 0, left, 0, pos
  elseif template:sub(pos, pos) ~= "$" then
    raise("22023", 'width argument position must be ended by "$"')
  end
  of_width = position()
  return of_argument, of_width, left, 0, pos
end

--- format_aligned(text, width, left): text filled with spaces to a width, which is negative for the left side. Raises 22003.
local function format_aligned(text, width, left)
  if width == -2147483648 then
    raise("22003", "number is out of range")
  end
  local missing = math.abs(width) - textlen(text)
  if missing <= 0 then
    return text
  elseif left or width < 0 then
    return text .. (" "):rep(missing)
  end
  return (" "):rep(missing) .. text
end

--- text_format(template, ...): format(); NULL for a NULL template. The arguments are already converted by their types' output
-- functions. Raises 22023, 22003, 22004, 22P02.
local function text_format(template, ...)
  if template == nil then
    return nil
  end
  local arguments, count = {...}, select("#", ...)
  local parts, n, pos, argument = {}, 0, 1, 1
  local function fetch(at)
    if at > count then
      raise("22023", "too few arguments for format()")
    end
    argument = at + 1
    return arguments[at]
  end
  while true do
    local percent = template:find("%", pos, true)
    n = n + 1
    parts[n] = template:sub(pos, percent and percent - 1)
    if not percent then
      return bytes_join(parts, n)
    end
    pos = percent + 1
    format_digits(template, pos)
    n = n + 1
    if template:sub(pos, pos) == "%" then
      parts[n] = "%"
      pos = pos + 1
    else
      local of_argument, of_width, left, width
      of_argument, of_width, left, width, pos = format_specifier(template, pos)
      local kind = template:sub(pos, pos)
      if kind ~= "s" and kind ~= "I" and kind ~= "L" then
        raise("22023", 'unrecognized format() type specifier "' .. template:sub(pos, char_skip(template, pos, 1) - 1) .. '"')
      end
      if of_width then
        local text = fetch(of_width > 0 and of_width or argument)
        width = text and int4in(text) or 0
      end
      local value = fetch(of_argument or argument)
      if value == nil then
        if kind == "I" then
          raise("22004", "null values cannot be formatted as an SQL identifier")
        end
        value = kind == "L" and "NULL" or ""
      elseif kind == "I" then
        value = quote_ident(value)
      elseif kind == "L" then
        value = quote_literal(value)
      end
      parts[n] = format_aligned(value, width, left)
      pos = pos + 1
    end
  end
end

--- text_format_nv(template): format() without arguments; NULL for a NULL template. Raises 22023, 22003.
local function text_format_nv(template)
  return text_format(template)
end

--- text_format_array(template, list): format() with the elements of an array of texts; a NULL array has none.
local function text_format_array(template, list)
  if list == nil then
    return text_format(template)
  end
  return text_format(template, unpack(list, 1, list.n))
end

--- row_text(...): a row of texts as PostgreSQL prints rows: (1,abc,"a b",), nothing for NULL.
local function row_text(...)
  local fields, count = {...}, select("#", ...)
  for i = 1, count do
    local text = fields[i]
    if text == nil then
      fields[i] = ""
    elseif text == "" or text:find('[%s"\\(),]') then
      fields[i] = '"' .. text:gsub('["\\]', "%0%0") .. '"'
    end
  end
  return "(" .. table.concat(fields, ",", 1, count) .. ")"
end
