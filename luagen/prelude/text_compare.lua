-- Comparisons of text, bytea, uuid, char(n) and boolean. Text orders by its bytes (collation "C"), as bytea and uuid do.

--- texteq(a, b): a = b.
local function texteq(a, b)
  return a == b
end

--- textne(a, b): a <> b.
local function textne(a, b)
  return a ~= b
end

--- text_lt(a, b): a < b.
local function text_lt(a, b)
  return bytes_cmp(a, b) < 0
end

--- text_le(a, b): a <= b.
local function text_le(a, b)
  return bytes_cmp(a, b) <= 0
end

--- text_gt(a, b): a > b.
local function text_gt(a, b)
  return bytes_cmp(a, b) > 0
end

--- text_ge(a, b): a >= b.
local function text_ge(a, b)
  return bytes_cmp(a, b) >= 0
end

--- text_larger(a, b): the greater of a and b.
local function text_larger(a, b)
  return bytes_cmp(a, b) > 0 and a or b
end

--- text_smaller(a, b): the lesser of a and b.
local function text_smaller(a, b)
  return bytes_cmp(a, b) < 0 and a or b
end

--- bttextcmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local function bttextcmp(a, b)
  return bytes_cmp(a, b)
end

--- text_pattern_lt(a, b): a ~<~ b.
local text_pattern_lt = text_lt

--- text_pattern_le(a, b): a ~<=~ b.
local text_pattern_le = text_le

--- text_pattern_gt(a, b): a ~>~ b.
local text_pattern_gt = text_gt

--- text_pattern_ge(a, b): a ~>=~ b.
local text_pattern_ge = text_ge

--- bttext_pattern_cmp(a, b): bttextcmp.
local bttext_pattern_cmp = bttextcmp

--- byteaeq(a, b): a = b.
local byteaeq = texteq

--- byteane(a, b): a <> b.
local byteane = textne

--- bytealt(a, b): a < b.
local bytealt = text_lt

--- byteale(a, b): a <= b.
local byteale = text_le

--- byteagt(a, b): a > b.
local byteagt = text_gt

--- byteage(a, b): a >= b.
local byteage = text_ge

--- byteacmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local byteacmp = bttextcmp

--- uuid_eq(a, b): a = b.
local uuid_eq = texteq

--- uuid_ne(a, b): a <> b.
local uuid_ne = textne

--- uuid_lt(a, b): a < b.
local uuid_lt = text_lt

--- uuid_le(a, b): a <= b.
local uuid_le = text_le

--- uuid_gt(a, b): a > b.
local uuid_gt = text_gt

--- uuid_ge(a, b): a >= b.
local uuid_ge = text_ge

--- uuid_cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local uuid_cmp = bttextcmp

--- bpcharcmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b, without the spaces at their ends.
local function bpcharcmp(a, b)
  return bytes_cmp(rtrim1(a), rtrim1(b))
end

--- bpchareq(a, b): a = b for char(n): spaces at the end do not count.
local function bpchareq(a, b)
  return a == b or rtrim1(a) == rtrim1(b)
end

--- bpcharne(a, b): a <> b for char(n).
local function bpcharne(a, b)
  return a ~= b and rtrim1(a) ~= rtrim1(b)
end

--- bpcharlt(a, b): a < b for char(n).
local function bpcharlt(a, b)
  return bpcharcmp(a, b) < 0
end

--- bpcharle(a, b): a <= b for char(n).
local function bpcharle(a, b)
  return bpcharcmp(a, b) <= 0
end

--- bpchargt(a, b): a > b for char(n).
local function bpchargt(a, b)
  return bpcharcmp(a, b) > 0
end

--- bpcharge(a, b): a >= b for char(n).
local function bpcharge(a, b)
  return bpcharcmp(a, b) >= 0
end

--- bpchar_larger(a, b): the greater of a and b, a when they are equal.
local function bpchar_larger(a, b)
  return bpcharcmp(a, b) >= 0 and a or b
end

--- bpchar_smaller(a, b): the lesser of a and b, a when they are equal.
local function bpchar_smaller(a, b)
  return bpcharcmp(a, b) <= 0 and a or b
end

--- bpchar_pattern_lt(a, b): a ~<~ b for char(n).
local bpchar_pattern_lt = bpcharlt

--- bpchar_pattern_le(a, b): a ~<=~ b for char(n).
local bpchar_pattern_le = bpcharle

--- bpchar_pattern_gt(a, b): a ~>~ b for char(n).
local bpchar_pattern_gt = bpchargt

--- bpchar_pattern_ge(a, b): a ~>=~ b for char(n).
local bpchar_pattern_ge = bpcharge

--- btbpchar_pattern_cmp(a, b): bpcharcmp.
local btbpchar_pattern_cmp = bpcharcmp

--- booleq(a, b): a = b for booleans.
local booleq = texteq

--- boolne(a, b): a <> b for booleans.
local boolne = textne

--- boollt(a, b): a < b; false is less than true.
local function boollt(a, b)
  return b and not a
end

--- boolle(a, b): a <= b for booleans.
local function boolle(a, b)
  return b or not a
end

--- boolgt(a, b): a > b for booleans.
local function boolgt(a, b)
  return a and not b
end

--- boolge(a, b): a >= b for booleans.
local function boolge(a, b)
  return a or not b
end

--- btboolcmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local function btboolcmp(a, b)
  return a == b and 0 or a and 1 or -1
end

--- booland_statefunc(a, b): a and b.
local function booland_statefunc(a, b)
  return a and b
end

--- boolor_statefunc(a, b): a or b.
local function boolor_statefunc(a, b)
  return a or b
end
