// Package sidebyside runs a project's statements in PostgreSQL and compiled, and fails where they differ: in a call's rows, in the
// SQLSTATE of an error, or in the final content of a table.
//
//	project := sidebyside.Open(t, "prequel.yaml")
//	project.Compare(t, dsn, []string{"embedded", "redis://" + addr}, calls)
//
// PostgreSQL runs the same schema and the same statements. The compiled side runs every engine under both strategies, each with an empty
// store. For the contents of tables the compiled program has a statement more per table, so its structures hold every column.
//
// It is for tests, and does not start servers.
package sidebyside
