// Package lowering turns planned statements into Redis structures and scripts: algebra in, phys out.
//
// It chooses, for every subtree of every query, whether it is maintained or computed at read, which access path each scan
// takes, in which order joins run, and from that which structures exist. It then writes the script of each statement, a
// write's script keeping every structure that depends on its table exact.
//
// The work is a fixpoint: statements ask for structures with the columns they need; writes must keep them and need columns
// (the old row's) for that, which are requests again. Every round lowers all statements against the structures of the round
// before, until nothing is new. The number of requests is finite (columns of tables), so it ends; in practice after two or
// three rounds.
//
// Invariants: a script never writes before its last check that can fail; the output does not depend on map order; equal
// structures are one structure.
package lowering
