// Command offer decides which campaign to show to a customer: several reads, a branch and four writes in one call of a PL/pgSQL
// function.
//
//	go run ./examples/offer
//	go run ./examples/offer -engine redis://localhost:6379
//
// It fills an engine with campaigns and customers, the same every time, calls the declared statements through the generated client, and
// checks what must hold of the result whatever was called. README.md says what the workload is.
package main

//go:generate go run ../../cmd/prequel generate
