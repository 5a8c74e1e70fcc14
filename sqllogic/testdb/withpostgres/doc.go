// Command withpostgres runs a command beside a private PostgreSQL, whose connection string the command finds in
// PREQUEL_TEST_PG, and exits with the command's exit code. The Makefile runs all packages' tests under one, so that they
// share a server instead of each making its own:
//
//	go run ./sqllogic/testdb/withpostgres -- go test ./...
//
// An interrupt from the terminal reaches the command, and the server stops after it.
package main
