// Package luagen turns physical programs into Lua functions for Redis.
//
// Input: lowering/phys programs. Output: for each program a plain script (EVALSHA) and its part of a function library (FCALL),
// from one translation; and, where a program is no more than commands over its parameters, the commands themselves (Classify).
//
//	out, err := luagen.Generate(programs, luagen.Options{Root: "{fleet}", Library: "prequel_9c1f0a"})
//	out.Functions[0].Script // local call = redis.call ...
//	out.Library             // #!lua name=...
//
// What the package promises:
//   - SQL's three-valued logic is exact. A condition compiles to a Lua expression that is truthy exactly when the SQL condition
//     is true (isTrue) or false (isFalse); a value compiles to an expression that is nil exactly when the value is NULL.
//   - No expression is evaluated twice, and what SQL does not evaluate (the untaken branches of AND, OR, CASE and COALESCE) is
//     not evaluated.
//   - Nothing of a parameter or an identifier becomes code.
//   - A function starts by asking whether the store holds the program's data, and refuses with PQNOTREADY otherwise.
//   - Keys that depend on parameters and constants alone are declared (KEYS), all others are derived inside and begin with the
//     store's root, which carries the hash tag.
//   - The text holds no helper, local or parameter that it does not use.
//   - The output depends on the input only, never on the order of a map.
//
// A construct that the prelude has no function for is refused by Supports, before code is generated; Generate fails on it.
package luagen
