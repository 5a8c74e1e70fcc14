// Package lua is a Lua 5.1 syntax tree with a printer: the last form of a script before it is text.
//
// Input: a Chunk of statements whose local variables are *Var values, identified by address and not by name. Output: Lua
// source in one layout. In between, passes finish the tree:
//
//   - Place puts the declaration of each lazy variable where its first use needs it: in the innermost block that holds
//     all its uses, and outside of loops;
//   - Prune drops locals that nothing reads;
//   - Share computes once what several places need;
//   - Name gives every variable a name that is readable, not a keyword, not a name the script uses otherwise, and not visible
//     already where it is declared;
//   - Fit keeps functions within Lua's limits of locals and upvalues, by moving what is too much into a table, and what closures
//     must not lose when an error is caught.
//
// The printer escapes: a Str may hold any bytes, a Comment any text. Names come from hints that may be anything.
//
//	x := lua.NewVar("order total")
//	chunk := lua.Block{&lua.Local{Vars: []*lua.Var{x}, Values: []lua.Expr{lua.Int(1)}}, &lua.Return{Values: []lua.Expr{x}}}
//	text, err := lua.Print(chunk)
//	// local order_total = 1
//	// return order_total
//
// The package knows nothing of Redis or SQL.
package lua
