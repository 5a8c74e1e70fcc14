-- The names of float operators: those of real and of mixed widths, which are other names for double precision's because a
-- real is a double.

--- float4eq(a, b): a = b.
local float4eq = float8eq

--- float48eq(a, b): a = b.
local float48eq = float8eq

--- float84eq(a, b): a = b.
local float84eq = float8eq

--- float4ne(a, b): a <> b.
local float4ne = float8ne

--- float48ne(a, b): a <> b.
local float48ne = float8ne

--- float84ne(a, b): a <> b.
local float84ne = float8ne

--- float4lt(a, b): a < b.
local float4lt = float8lt

--- float48lt(a, b): a < b.
local float48lt = float8lt

--- float84lt(a, b): a < b.
local float84lt = float8lt

--- float4le(a, b): a <= b.
local float4le = float8le

--- float48le(a, b): a <= b.
local float48le = float8le

--- float84le(a, b): a <= b.
local float84le = float8le

--- float4gt(a, b): a > b.
local float4gt = float8gt

--- float48gt(a, b): a > b.
local float48gt = float8gt

--- float84gt(a, b): a > b.
local float84gt = float8gt

--- float4ge(a, b): a >= b.
local float4ge = float8ge

--- float48ge(a, b): a >= b.
local float48ge = float8ge

--- float84ge(a, b): a >= b.
local float84ge = float8ge

--- float4larger(a, b): the greater of a and b, the second of equals.
local float4larger = float8larger

--- float4smaller(a, b): the lesser of a and b, the second of equals.
local float4smaller = float8smaller

--- btfloat4cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btfloat4cmp = btfloat8cmp

--- btfloat48cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btfloat48cmp = btfloat8cmp

--- btfloat84cmp(a, b): -1, 0 or 1 as a is less than, equal to or greater than b.
local btfloat84cmp = btfloat8cmp

--- float48pl(a, b): a + b, as double precision. Raises 22003.
local float48pl = float8pl

--- float84pl(a, b): a + b, as double precision. Raises 22003.
local float84pl = float8pl

--- float48mi(a, b): a - b, as double precision. Raises 22003.
local float48mi = float8mi

--- float84mi(a, b): a - b, as double precision. Raises 22003.
local float84mi = float8mi

--- float48mul(a, b): a * b, as double precision. Raises 22003.
local float48mul = float8mul

--- float84mul(a, b): a * b, as double precision. Raises 22003.
local float84mul = float8mul

--- float48div(a, b): a / b, as double precision. Raises 22012, 22003.
local float48div = float8div

--- float84div(a, b): a / b, as double precision. Raises 22012, 22003.
local float84div = float8div
