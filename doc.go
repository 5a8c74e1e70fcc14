// Package prequel is the compiler's entrance: SQL schema and statements in, functions for Redis out, with all that is
// needed to call them. It is the only place where the stages are wired.
//
//	program, problems := prequel.Compile(prequel.Config{
//		Schema:  []*prequel.Source{{Name: "schema.sql", Text: "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL)"}},
//		Queries: []*prequel.Source{{Name: "users.sql", Text: "-- name: GetName :one\nSELECT name FROM users WHERE id = $1"}},
//	})
//	if problems.HasErrors() {
//		return problems // every problem of every statement, with its position
//	}
//	text, err := prequel.Explain(program, []prequel.Stage{prequel.StageLua}, []string{"GetName"})
//	files, err := program.Files(clientgen.Options{Package: "usersdb"}) // the Go client, its manifest, the Lua
//
// Compile works on texts; ParseProject and ReadProject read prequel.yaml and find them. The input of a stage is the IR that
// the stage before it made:
//
//	sqlparse -> planner -> lowering -> luagen -> the manifest (runtime) -> runtime/clientgen
//
// The package promises that the output depends on the input alone, byte for byte; that no input makes it panic; and that
// a program comes out only if every statement of it means what PostgreSQL 15 means. It does not touch Redis, the network
// or, but for ReadProject and ReadSources, files.
package prequel

//go:generate go run ./cmd/prequel generate -f examples/fleet/prequel.yaml
//go:generate go test -run ^(TestProject|TestPipeline|TestRefusals|TestIRReference|TestUnsupportedReference|TestQuotations)$ -rewrite .
