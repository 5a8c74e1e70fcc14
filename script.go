package prequel

import (
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// A Schema is what ReadSchema makes of DDL: tables, types, views and indexes.
type Schema = catalog.Catalog

// ReadSchema reads DDL alone: what Compile would make of it, for tools that follow a schema's changes.
func ReadSchema(sources []*diag.Source) (*Schema, diag.List) {
	c, problems := sqlparse.ParseSchema(sources)
	problems.Sort(sources)
	return c, problems
}

// Lift makes named parameters of a statement's literals, so that statements of one shape have one text: the statement
// without them, and their values in text form by parameter. A statement without literals, or whose text does not parse,
// comes back as it is. Some literals stay, because they are part of what the statement is; see sqlparse.Lift.
func Lift(sql string) (shape string, args map[string]*string, err error) {
	shape, literals, err := sqlparse.Lift(sql)
	if err != nil {
		return "", nil, err
	}
	args = map[string]*string{}
	for _, l := range literals {
		args[l.Name] = &l.Text
	}
	return shape, args, nil
}
