package replay

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// sqlError is an error that PostgreSQL has too.
type sqlError struct{ state, message string }

func (e *sqlError) Error() string    { return e.message }
func (e *sqlError) SQLState() string { return e.state }

// refusal is a statement that PostgreSQL could run.
type refusal struct{ code, message string }

func (r *refusal) Error() string       { return r.message }
func (r *refusal) RefusalCode() string { return r.code }

// problem turns a diagnostic into the engine's error.
func problem(d diag.Diagnostic) error {
	if d.SQLState != "" {
		return &sqlError{d.SQLState, d.Problem}
	}
	return &refusal{d.Code, d.Problem}
}

// firstError is the first error of a list, as the engine's error; nil when there is none.
func firstError(list diag.List) error {
	for _, d := range list {
		if d.Severity == diag.Error {
			return problem(d)
		}
	}
	return nil
}

// typeName is the type's name in pg_type.
func typeName(t value.Type) string {
	switch t.Kind {
	case value.Array:
		return "_" + typeName(*t.Elem)
	case value.Enum:
		return t.Enum.Name
	}
	if name, ok := typeNames[t.Kind]; ok {
		return name
	}
	return t.String()
}

var typeNames = map[value.Kind]string{
	value.Unknown: "unknown", value.Bool: "bool", value.Int2: "int2", value.Int4: "int4", value.Int8: "int8", value.Float4: "float4",
	value.Float8: "float8", value.Numeric: "numeric", value.Text: "text", value.Varchar: "varchar", value.Char: "bpchar",
	value.Bytea: "bytea", value.Date: "date", value.Time: "time", value.Timestamp: "timestamp", value.Timestamptz: "timestamptz",
	value.Interval: "interval", value.UUID: "uuid", value.JSON: "json", value.JSONB: "jsonb", value.Record: "record", value.Void: "void",
}
