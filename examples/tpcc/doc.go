// Command tpcc runs TPC-C, the benchmark of a wholesale supplier: its five transactions as PL/pgSQL functions, each one call.
//
//	go run ./examples/tpcc
//	go run ./examples/tpcc -engine redis://localhost:6379 -warehouses 4
//
// It fills the store, calls the mix of transactions through the generated client, and checks the twelve consistency conditions.
// README.md says what the workload is.
package main

//go:generate go run ../../cmd/prequel generate
