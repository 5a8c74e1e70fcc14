// Package prelude holds the small Lua 5.1 functions that emitted scripts are built from, and the loader that picks
// exactly those a script uses.
//
// Input: names. Output: the definitions behind those names and everything they call, in an order in which each stands
// after what it uses.
//
//	defs, err := prelude.Resolve([]string{"int4pl", "dec_i4"})
//	text := prelude.Text(defs, true)
//
// The library is the *.lua files of this directory. Each definition is one block:
//
//	--- int4pl(a, b): a + b, or 22003 "integer out of range".
//	-- Further lines of documentation.
//	local function int4pl(a, b)
//	  ...
//	end
//
// The directory redis has other sources for some definitions, made of what only Redis' Lua has: libraries of functions take these.
//
// What the package promises:
//   - Every definition is one local function or local constant; it refers to other definitions and to Lua's standard
//     names only, never to itself through a cycle of several definitions, and never assigns to a definition.
//   - A function that implements a PostgreSQL builtin bears the name of its pg_proc.prosrc. A name whose meaning depends
//     on the argument types says so in its doc line. Functions that are strict in PostgreSQL take no nil.
//   - Values have the Lua forms of docs/values.md.
//   - Every function gives the same answer in Redis' Lua and in gopher-lua, whichever source it has, except those whose doc says "(libm)": they
//     are the C library's transcendental functions and may differ in the last digit (Def.Libm).
//   - The order of Resolve's answer depends on the set of names only, not on their order.
//
// It does not decide what to call (package luagen does), and it contains no redis.call.
package prelude
