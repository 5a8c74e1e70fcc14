-- Sizes in bytes and their units, the names of objects, Unicode escapes.

--- size_units: the units of sizes, each 1024 times the one before it.
local size_units = {"bytes", "kB", "MB", "GB", "TB", "PB"}

--- pg_size_pretty_numeric(s): a number of bytes in the unit that leaves at most five digits. Raises 22003.
local function pg_size_pretty_numeric(s)
  local at = 1
  local function below(limit)
    return numeric_lt(numeric_abs(s), limit)
  end
  -- From kilobytes on the number is twice the size, so that it can be rounded to the nearest.
  while at < #size_units and not below(at == 1 and "10240" or "20479") do
    s = numeric_div_trunc(s, at == 1 and "512" or "1024")
    at = at + 1
  end
  if at > 1 then
    s = numeric_div_trunc(numeric_add(s, numeric_lt(s, "0") and "-1" or "1"), "2")
  end
  return s .. " " .. size_units[at]
end

--- pg_size_pretty(w): pg_size_pretty_numeric of a bigint.
local function pg_size_pretty(w)
  return pg_size_pretty_numeric(int8_numeric(w))
end

--- size_number(s, at): the number that a size begins with at position at, nil when there is none, and the position behind it.
local function size_number(s, at)
  local stop = s:match("^[+-]?%d+()", at) or at + #s:match("^[+-]?", at)
  local digits = stop > at and s:find("%d", at) ~= nil and s:sub(at, stop - 1):find("%d") ~= nil
  if s:byte(stop) == 46 then
    local fraction = s:match("^%d+", stop + 1) or ""
    digits = digits or fraction ~= ""
    stop = stop + 1 + #fraction
  end
  if not digits then
    return nil
  end
  stop = s:match("^[eE][+-]?%d+()", stop) or stop
  return s:sub(at, stop - 1), stop
end

--- pg_size_bytes(s): the bytes of a size such as 1.5 GB. Raises 22023, 22003.
local function pg_size_bytes(s)
  local number, stop = size_number(s, s:match("^[ \t\n\v\f\r]*()"))
  if not number then
    raise("22023", 'invalid size: "' .. s .. '"')
  end
  local size = numeric_in(number)
  local unit = s:sub(stop):match("^[ \t\n\v\f\r]*(.-)[ \t\n\v\f\r]*$")
  if unit ~= "" then
    local factor = "1"
    for i = 1, #size_units do
      if lower(size_units[i]) == lower(unit) then
        return numeric_int8(numeric_mul(size, factor))
      end
      factor = numeric_mul(factor, "1024")
    end
    raise("22023", 'invalid size: "' .. s .. '"', {
      detail = 'Invalid size unit: "' .. unit .. '".', hint = 'Valid units are "bytes", "kB", "MB", "GB", "TB", and "PB".',
    })
  end
  return numeric_int8(size)
end

--- parse_ident(s, strict): the parts of a qualified name; text behind it is refused when strict. Raises 22023.
local function parse_ident(s, strict)
  local parts = {n = 0}
  local function refuse(detail)
    raise("22023", 'string is not a valid identifier: "' .. s .. '"', detail and {detail = detail})
  end
  local at, after_dot = s:match("^[ \t\n\r\f]*()"), false
  while true do
    local part
    if s:byte(at) == 34 then
      local from = at
      repeat -- a quote that is doubled goes on
        local stop = s:find('"', at + 1, true)
        if not stop then
          refuse("String has unclosed double quotes.")
        end
        at = stop + 1
      until s:byte(at) ~= 34
      part = s:sub(from + 1, at - 2):gsub('""', '"')
      if part == "" then
        refuse("Quoted identifier must not be empty.")
      end
    else
      part = s:match("^[%a_\128-\255][%w_$\128-\255]*", at)
      if not part then
        local dot = s:byte(at) == 46
        refuse(dot and 'No valid identifier before ".".' or after_dot and 'No valid identifier after ".".' or nil)
      end
      at = at + #part
      part = lower(part)
    end
    parts.n = parts.n + 1
    parts[parts.n] = part
    at = s:match("^[ \t\n\r\f]*()", at)
    if s:byte(at) ~= 46 then
      if at <= #s and strict then
        refuse()
      end
      return parts
    end
    after_dot = true
    at = s:match("^[ \t\n\r\f]*()", at + 1)
  end
end

--- unistr(s): s with its Unicode escapes, a backslash and 4, u and 4, + and 6 or U and 8 hexadecimal digits, replaced. Raises 42601, 22023.
local function unistr(s)
  local parts, n, at, high = {}, 0, 1, nil
  local function add(text)
    if high then
      raise("42601", "invalid Unicode surrogate pair")
    end
    n = n + 1
    parts[n] = text
  end
  while at <= #s do
    local stop = s:find("\\", at, true) or #s + 1
    if stop > at then
      add(s:sub(at, stop - 1))
    elseif s:byte(at + 1) == 92 then
      add("\\")
      stop = at + 2
    else
      local digits = s:match("^\\(%x%x%x%x)", at) or s:match("^\\u(%x%x%x%x)", at) or s:match("^\\%+(%x%x%x%x%x%x)", at)
        or s:match("^\\U(%x%x%x%x%x%x%x%x)", at)
      if not digits then
        raise("42601", "invalid Unicode escape", {hint = "Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX."})
      end
      stop = s:find(digits, at, true) + #digits
      local code = tonumber(digits, 16)
      if code == 0 or code > 0x10FFFF then
        raise("42601", "invalid Unicode code point: " .. lower(digits))
      elseif code >= 0xDC00 and code <= 0xDFFF then
        if not high then
          raise("42601", "invalid Unicode surrogate pair")
        end
        code, high = (high - 0xD800) * 1024 + code - 0xDC00 + 0x10000, nil
        add(utf8_char(code))
      elseif code >= 0xD800 and code <= 0xDBFF then
        if high then
          raise("42601", "invalid Unicode surrogate pair")
        end
        high = code
      else
        add(utf8_char(code))
      end
    end
    at = stop
  end
  if high then
    raise("42601", "invalid Unicode surrogate pair")
  end
  return bytes_join(parts, n)
end
