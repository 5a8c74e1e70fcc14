// Command kv is a key-value store of many tenants, written in SQL: get, put, put-if-absent, compare-and-swap, delete-if-equal, locks,
// counters, and reads and writes of several keys.
//
//	go run ./examples/kv
//	go run ./examples/kv -engine redis://localhost:6379
//
// README.md says what each statement becomes.
package main

//go:generate go run ../../cmd/prequel generate
