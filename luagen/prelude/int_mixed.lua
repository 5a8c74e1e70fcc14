-- The names of integer operators: comparisons, and the mixed widths, which are other names for the wider one's.

--- int4eq(a, b): a = b.
local function int4eq(a, b)
  return a == b
end

--- int2eq(a, b): a = b.
local int2eq = int4eq

--- int24eq(a, b): a = b.
local int24eq = int4eq

--- int42eq(a, b): a = b.
local int42eq = int4eq

--- int4ne(a, b): a <> b.
local function int4ne(a, b)
  return a ~= b
end

--- int2ne(a, b): a <> b.
local int2ne = int4ne

--- int24ne(a, b): a <> b.
local int24ne = int4ne

--- int42ne(a, b): a <> b.
local int42ne = int4ne

--- int4lt(a, b): a < b.
local function int4lt(a, b)
  return a < b
end

--- int2lt(a, b): a < b.
local int2lt = int4lt

--- int24lt(a, b): a < b.
local int24lt = int4lt

--- int42lt(a, b): a < b.
local int42lt = int4lt

--- int4le(a, b): a <= b.
local function int4le(a, b)
  return a <= b
end

--- int2le(a, b): a <= b.
local int2le = int4le

--- int24le(a, b): a <= b.
local int24le = int4le

--- int42le(a, b): a <= b.
local int42le = int4le

--- int4gt(a, b): a > b.
local function int4gt(a, b)
  return a > b
end

--- int2gt(a, b): a > b.
local int2gt = int4gt

--- int24gt(a, b): a > b.
local int24gt = int4gt

--- int42gt(a, b): a > b.
local int42gt = int4gt

--- int4ge(a, b): a >= b.
local function int4ge(a, b)
  return a >= b
end

--- int2ge(a, b): a >= b.
local int2ge = int4ge

--- int24ge(a, b): a >= b.
local int24ge = int4ge

--- int42ge(a, b): a >= b.
local int42ge = int4ge

--- int8eq(a, b): a = b for bigint, whose form is canonical.
local int8eq = int4eq

--- int84eq(a, b): a = b.
local int84eq = int8eq

--- int48eq(a, b): a = b.
local int48eq = int8eq

--- int82eq(a, b): a = b.
local int82eq = int8eq

--- int28eq(a, b): a = b.
local int28eq = int8eq

--- int8ne(a, b): a <> b for bigint, whose form is canonical.
local int8ne = int4ne

--- int84ne(a, b): a <> b.
local int84ne = int8ne

--- int48ne(a, b): a <> b.
local int48ne = int8ne

--- int82ne(a, b): a <> b.
local int82ne = int8ne

--- int28ne(a, b): a <> b.
local int28ne = int8ne

--- int8lt(a, b): a < b for bigint.
local function int8lt(a, b)
  return wide_lt(a, b)
end

--- int84lt(a, b): a < b.
local int84lt = int8lt

--- int48lt(a, b): a < b.
local int48lt = int8lt

--- int82lt(a, b): a < b.
local int82lt = int8lt

--- int28lt(a, b): a < b.
local int28lt = int8lt

--- int8le(a, b): a <= b for bigint.
local function int8le(a, b)
  return wide_le(a, b)
end

--- int84le(a, b): a <= b.
local int84le = int8le

--- int48le(a, b): a <= b.
local int48le = int8le

--- int82le(a, b): a <= b.
local int82le = int8le

--- int28le(a, b): a <= b.
local int28le = int8le

--- int8gt(a, b): a > b for bigint.
local function int8gt(a, b)
  return wide_lt(b, a)
end

--- int84gt(a, b): a > b.
local int84gt = int8gt

--- int48gt(a, b): a > b.
local int48gt = int8gt

--- int82gt(a, b): a > b.
local int82gt = int8gt

--- int28gt(a, b): a > b.
local int28gt = int8gt

--- int8ge(a, b): a >= b for bigint.
local function int8ge(a, b)
  return wide_le(b, a)
end

--- int84ge(a, b): a >= b.
local int84ge = int8ge

--- int48ge(a, b): a >= b.
local int48ge = int8ge

--- int82ge(a, b): a >= b.
local int82ge = int8ge

--- int28ge(a, b): a >= b.
local int28ge = int8ge

--- btint4cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local function btint4cmp(a, b)
  return a < b and -1 or a > b and 1 or 0
end

--- btint2cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btint2cmp = btint4cmp

--- btint24cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btint24cmp = btint4cmp

--- btint42cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btint42cmp = btint4cmp

--- btint8cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btint8cmp = wide_cmp

--- btint48cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btint48cmp = wide_cmp

--- btint84cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btint84cmp = wide_cmp

--- btint28cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btint28cmp = wide_cmp

--- btint82cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btint82cmp = wide_cmp

--- int24pl(a, b): a + b, as integer. Raises 22003.
local int24pl = int4pl

--- int42pl(a, b): a + b, as integer. Raises 22003.
local int42pl = int4pl

--- int84pl(a, b): a + b, as bigint. Raises 22003.
local int84pl = int8pl

--- int48pl(a, b): a + b, as bigint. Raises 22003.
local int48pl = int8pl

--- int82pl(a, b): a + b, as bigint. Raises 22003.
local int82pl = int8pl

--- int28pl(a, b): a + b, as bigint. Raises 22003.
local int28pl = int8pl

--- int24mi(a, b): a - b, as integer. Raises 22003.
local int24mi = int4mi

--- int42mi(a, b): a - b, as integer. Raises 22003.
local int42mi = int4mi

--- int84mi(a, b): a - b, as bigint. Raises 22003.
local int84mi = int8mi

--- int48mi(a, b): a - b, as bigint. Raises 22003.
local int48mi = int8mi

--- int82mi(a, b): a - b, as bigint. Raises 22003.
local int82mi = int8mi

--- int28mi(a, b): a - b, as bigint. Raises 22003.
local int28mi = int8mi

--- int24mul(a, b): a * b, as integer. Raises 22003.
local int24mul = int4mul

--- int42mul(a, b): a * b, as integer. Raises 22003.
local int42mul = int4mul

--- int84mul(a, b): a * b, as bigint. Raises 22003.
local int84mul = int8mul

--- int48mul(a, b): a * b, as bigint. Raises 22003.
local int48mul = int8mul

--- int82mul(a, b): a * b, as bigint. Raises 22003.
local int82mul = int8mul

--- int28mul(a, b): a * b, as bigint. Raises 22003.
local int28mul = int8mul

--- int24div(a, b): a / b truncated toward zero, as integer. Raises 22012, 22003.
local int24div = int4div

--- int42div(a, b): a / b truncated toward zero, as integer. Raises 22012, 22003.
local int42div = int4div

--- int84div(a, b): a / b truncated toward zero, as bigint. Raises 22012, 22003.
local int84div = int8div

--- int48div(a, b): a / b truncated toward zero, as bigint. Raises 22012, 22003.
local int48div = int8div

--- int82div(a, b): a / b truncated toward zero, as bigint. Raises 22012, 22003.
local int82div = int8div

--- int28div(a, b): a / b truncated toward zero, as bigint. Raises 22012, 22003.
local int28div = int8div
