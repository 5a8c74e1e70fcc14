// Command tatp runs TATP, the benchmark of a mobile network's home location register: seven short transactions, four in five of them reads.
//
//	go run ./examples/tatp
//	go run ./examples/tatp -engine redis://localhost:6379 -subscribers 100000
//
// It fills the store, calls the mix of transactions through the generated client, and checks that what they wrote is there.
// README.md says what the workload is.
package main

//go:generate go run ../../cmd/prequel generate
