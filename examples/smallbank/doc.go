// Command smallbank runs the SmallBank benchmark, six transactions of a bank whose customers have two accounts each, as six PL/pgSQL
// functions.
//
//	go run ./examples/smallbank
//	go run ./examples/smallbank -engine redis://localhost:6379
//
// It calls the declared statements through the generated client and checks what must hold of the result whatever was called. README.md says
// what the workload is.
package main

//go:generate go run ../../cmd/prequel generate
