package diag

import "fmt"

// Code is a kind of diagnostic. Codes never change their meaning.
type Code struct {
	Code     string
	SQLState string // PostgreSQL's error code, when PostgreSQL refuses the text too
	Title    string
	Help     string // what to do when the place of the error knows nothing better
	Example  string // a text that gets this code over ExampleSchema; "" where one would be too long
}

// ExampleSchema is what the codes' examples are written for.
const ExampleSchema = `CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, age integer);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users, total numeric);
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, kind text, payload json);
`

// The front end's codes: PQ00xx for texts and files, PQ01xx for what PostgreSQL refuses too, PQ02xx for what it would run and
// Prequel does not.
var (
	Syntax          = Declare("PQ0001", "42601", "syntax error", "SELEC 1")
	Encoding        = Declare("PQ0002", "22021", "the text is not valid UTF-8, or has a NUL byte", "SELECT '\x00'")
	TooComplex      = Declare("PQ0003", "54001", "the statement is nested too deeply", "")
	Annotation      = Declare("PQ0004", "", "an annotation is malformed", "-- name: GetUser :first\nSELECT id FROM users;")
	DuplicateName   = Declare("PQ0005", "", "two statements have the same name", "-- name: A :one\nSELECT 1;\n-- name: A :one\nSELECT 2;")
	UnknownOption   = Declare("PQ0006", "", "unknown option in -- prequel:", "-- name: A :one\n-- prequel: allow everything\nSELECT 1;")
	Unnamed         = Declare("PQ0007", "", "a statement has no name", "SELECT 1;")
	Macro           = Declare("PQ0010", "", "a sqlc macro is used wrongly", "-- name: A :one\nSELECT sqlc.arg(1 + 1);")
	CommandMismatch = Declare("PQ0011", "", "the command does not fit the statement", "-- name: A :one\nDELETE FROM users;")
	StatementCount  = Declare("PQ0012", "", "not exactly one statement", "SELECT 1; SELECT 2")

	UndefinedColumn   = Declare("PQ0101", "42703", "the column does not exist", "SELECT nam FROM users")
	UndefinedTable    = Declare("PQ0102", "42P01", "the table does not exist", "SELECT 1 FROM nobody")
	UndefinedFunction = Declare("PQ0103", "42883", "no function or operator takes these arguments", "SELECT name * 1 FROM users")
	AmbiguousColumn   = Declare("PQ0104", "42702", "the column reference is ambiguous", "SELECT id FROM users, orders")
	AmbiguousFunction = Declare("PQ0105", "42725", "several functions or operators fit equally", "SELECT '1' + '2'")
	DatatypeMismatch  = Declare("PQ0106", "42804", "the types do not match", "SELECT id FROM users WHERE name")
	Grouping          = Declare("PQ0107", "42803", "grouping or aggregation error", "SELECT name, count(*) FROM users GROUP BY age")
	Indeterminate     = Declare("PQ0108", "42P18", "the type cannot be determined", "SELECT $1 IS NULL")
	AmbiguousParam    = Declare("PQ0109", "42P08", "a parameter is used with several types", "SELECT id FROM users WHERE $1 IS NULL OR name = $1")
	UndefinedParam    = Declare("PQ0110", "42P02", "there is no such parameter", "SELECT $0")
	CannotCoerce      = Declare("PQ0111", "42846", "there is no cast between the types", "SELECT CAST(true AS date)")
	BadLiteral        = Declare("PQ0112", "22P02", "the literal is not a value of its type", "SELECT 'abc'::integer")
	UndefinedObject   = Declare("PQ0113", "42704", "the type or object does not exist", "SELECT 1::money2")
	ColumnReference   = Declare("PQ0114", "42P10", "the reference to an output column or constraint is invalid", "SELECT id FROM users ORDER BY 2")
	DuplicateAlias    = Declare("PQ0115", "42712", "a table name is used twice", "SELECT 1 FROM users, users")
	DuplicateColumn   = Declare("PQ0116", "42701", "a column is named twice", "INSERT INTO users (id, id) VALUES (1, 2)")
	Windowing         = Declare("PQ0117", "42P20", "a window function is misplaced", "SELECT id FROM users WHERE row_number() OVER () = 1")
	Malformed         = Declare("PQ0118", "42601", "the statement's parts do not fit together", "INSERT INTO users (id) VALUES (1, 2)")
	DuplicateObject   = Declare("PQ0119", "42710", "an object of that name exists", "CREATE TYPE e AS ENUM ('a'); CREATE TYPE e AS ENUM ('b')")
	NotInPostgres     = Declare("PQ0120", "0A000", "PostgreSQL does not implement this", "SELECT DISTINCT id FROM users FOR UPDATE")
	BadRecursion      = Declare("PQ0121", "42P19", "the recursive query is malformed", "WITH RECURSIVE r AS (SELECT 1 FROM r) SELECT 1 FROM r")
	GeneratedAlways   = Declare("PQ0122", "428C9", "the column's value is always generated", "INSERT INTO events (id) VALUES (1)")
	BadDefinition     = Declare("PQ0123", "42P16", "the definition is invalid", "CREATE TABLE x (a integer PRIMARY KEY, b integer PRIMARY KEY)")
	WrongObject       = Declare("PQ0124", "42809", "the object is of the wrong kind", "SELECT lower(DISTINCT name) FROM users")
	OtherError        = Declare("PQ0199", "XX000", "PostgreSQL refuses this", "")

	UnsupportedStatement = Declare("PQ0201", "", "this kind of statement is not supported", "DO 'BEGIN END'").
				Suggest("declare SELECT, VALUES, INSERT, UPDATE, DELETE or MERGE")
	UnsupportedDefinition = Declare("PQ0202", "", "this clause of a definition is not supported", "CREATE TABLE x (a integer UNIQUE DEFERRABLE)").
				Suggest("leave the clause out of the schema given to Prequel, if statements do not depend on it")
	UnsupportedType = Declare("PQ0203", "", "the type is not supported", "SELECT '10.0.0.1'::inet").
			Suggest("cast to a supported type in the source, or store text")
	Volatile = Declare("PQ0204", "", "a function's result would differ between calls", "SELECT random()").
			Suggest("compute the value in the client and pass it as a parameter")
	Collation = Declare("PQ0205", "", "only byte order (collation \"C\") is supported", "SELECT name FROM users ORDER BY name COLLATE \"en_US\"").
			Suggest("text is ordered by bytes: use COLLATE \"C\"")
	UnsupportedClause = Declare("PQ0206", "", "this clause is not supported", "SELECT id FROM users TABLESAMPLE system (10)").
				Suggest("rewrite the query without the clause")
	UnsupportedExpression = Declare("PQ0207", "", "this expression is not supported", "SELECT xmlelement(name a)").
				Suggest("compute the value in the client and pass it as a parameter")
	Composite = Declare("PQ0208", "", "composite values are not supported here", "SELECT count(DISTINCT users) FROM users").
			Suggest("name the columns")
	SetReturning = Declare("PQ0210", "", "set-returning functions are allowed in FROM, and in SELECT, GROUP BY and ORDER BY", "SELECT id FROM users WHERE generate_series(1, 3) = id").
			Suggest("move the function to FROM: CROSS JOIN LATERAL function(...)")
	UnsupportedFunction = Declare("PQ0211", "", "the function is not supported", "SELECT current_user").
				Suggest("compute the value in the client and pass it as a parameter")
	OtherSchema = Declare("PQ0212", "", "only tables of schema public are supported", "SELECT 1 FROM pg_catalog.pg_class").
			Suggest("declare everything in schema public")
	OuterAggregate = Declare("PQ0213", "", "an aggregate that belongs to a surrounding query is not supported",
		"SELECT (SELECT count(users.id)) FROM users").
		Suggest("compute it in the surrounding query itself")
	Triggered = Declare("PQ0217", "", "the write would fire a trigger that is not compiled", "").
			Suggest("leave this write to the source database, or write out in the statement what the trigger does")
	NotCompiled = Declare("PQ0218", "", "a part of the schema has no effect here", "CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1'").
			Suggest("statements that depend on it are refused; the rest is not touched by it")
	ServerDependent = Declare("PQ0215", "", "the meaning depends on the server's settings or time", "SELECT 'now'::timestamp").
			Suggest("write the value in full, in ISO form")
	UnsupportedUpsert = Declare("PQ0216", "", "this form of ON CONFLICT is not supported",
		"").
		Suggest("use DELETE and INSERT")
	UnsupportedRoutine = Declare("PQ0230", "", "this construct of a function is not supported",
		"-- name: F :exec\nCREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT 1'; END $$;").
		Suggest("rewrite the function without it")
)

// Codes lists every declared code, in order of declaration.
var Codes []*Code

// Declare registers a code. Stages declare theirs in package variables.
func Declare(code, sqlstate, title, example string) *Code {
	c := &Code{Code: code, SQLState: sqlstate, Title: title, Example: example}
	Codes = append(Codes, c)
	return c
}

// Note makes a warning of this code: something that changes no answer and that the user may want to know.
func (c *Code) Note(span Span, format string, args ...any) Diagnostic {
	d := c.At(span, format, args...)
	d.Severity = Warning
	return d
}

// Suggest sets the code's help and returns the code.
func (c *Code) Suggest(help string) *Code {
	c.Help = help
	return c
}

// At makes an error of this code.
func (c *Code) At(span Span, format string, args ...any) Diagnostic {
	return Diagnostic{Code: c.Code, Severity: Error, Span: span, Problem: fmt.Sprintf(format, args...), Help: c.Help, SQLState: c.SQLState}
}

// WithHelp adds what to do about it.
func (d Diagnostic) WithHelp(format string, args ...any) Diagnostic {
	d.Help = fmt.Sprintf(format, args...)
	return d
}

// WithState replaces the SQLSTATE, for codes that stand for a family of PostgreSQL's errors.
func (d Diagnostic) WithState(sqlstate string) Diagnostic {
	d.SQLState = sqlstate
	return d
}

// ForState is the front end's code for an error of PostgreSQL.
func ForState(sqlstate string) *Code {
	for _, c := range Codes {
		if c.SQLState == sqlstate && c != Syntax {
			return c
		}
	}
	switch sqlstate[:2] {
	case "22":
		return BadLiteral
	case "42":
		if sqlstate == "42P09" {
			return AmbiguousColumn
		}
		if sqlstate == "42P07" {
			return DuplicateObject
		}
	}
	return OtherError
}
