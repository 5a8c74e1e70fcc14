// Command fleet is a small service's data layer, compiled and run in one process: vehicles of several fleets report
// positions, and dispatchers ask for them.
//
// It writes a SQLite source (vehicles and more than 100,000 pings, the same every time), compiles schema.sql and queries/, fills
// the embedded engine from the source, calls every statement through the generated client in fleetdb, compares answers
// with the source's, and prints what happened:
//
//	go run ./examples/fleet
//	go run ./examples/fleet -engine redis://localhost:6379
package main

//go:generate go run ../../cmd/prequel generate
