// Command gen reads PostgreSQL's own catalogs and writes the tables of package builtin.
//
// It needs a PostgreSQL 15 server, named by -dsn or by the PG* environment variables that pgx reads, and changes nothing
// there. Run it through go generate in the package's folder.
package main
