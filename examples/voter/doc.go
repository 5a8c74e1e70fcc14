// Command voter runs the Voter benchmark, in which callers vote for contestants by telephone: a check, a count, a look-up and an insert in
// one call of a PL/pgSQL function.
//
//	go run ./examples/voter
//	go run ./examples/voter -engine redis://localhost:6379
//
// It calls the declared statements through the generated client and checks what must hold of the result whatever was called. README.md says
// what the workload is.
package main

//go:generate go run ../../cmd/prequel generate
