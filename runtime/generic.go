package runtime

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
)

// Rows is a result in PostgreSQL's text form, for callers that know statements by name alone.
type Rows struct {
	Cols     []string
	Types    []value.Type
	Rows     [][]*string // nil is NULL
	Affected int64
}

// Call runs a declared statement by name. Parameters are in PostgreSQL's text input form, nil for NULL; one that is not given is
// NULL. The result of :one has at most one row; none is not an error here.
func (db *DB) Call(ctx context.Context, name string, params map[string]*string) (*Rows, error) {
	s := db.program.Statement(name)
	if s == nil {
		return nil, fmt.Errorf("no statement %s is declared", name)
	}
	args, err := s.ParseParams(params)
	if err != nil {
		return nil, err
	}
	c, err := db.Query(ctx, s, args...)
	if err != nil {
		return nil, err
	}
	return c.Rows()
}

// ParseParams reads parameters in PostgreSQL's text form, by name. Names that the statement does not have are an error.
func (s *Statement) ParseParams(params map[string]*string) ([]value.Value, error) {
	args := make([]value.Value, s.visible)
	used := 0
	for i := range args {
		param := &s.fn.Params[i]
		text, given := params[param.Name]
		if given {
			used++
		}
		var err error
		if args[i], err = value.ParsePtr(param.Type, text); err != nil {
			return nil, refuse(err, s.fn.Name)
		}
	}
	if used < len(params) {
		var unknown []string
		for name := range params {
			if !slices.ContainsFunc(s.fn.Params[:s.visible], func(p Param) bool { return p.Name == name }) {
				unknown = append(unknown, name)
			}
		}
		slices.Sort(unknown)
		return nil, fmt.Errorf("%s: no parameter %s", s.fn.Name, strings.Join(unknown, ", "))
	}
	return args, nil
}

// Rows reads the rest of a cursor in text form. Of a :one statement it reads one row.
func (c *Cursor) Rows() (*Rows, error) {
	cols := c.stmt.fn.Columns
	r := &Rows{Affected: c.affected}
	for _, col := range cols {
		r.Cols = append(r.Cols, col.Name)
		r.Types = append(r.Types, col.Type)
	}
	for c.Next() {
		row := make([]*string, len(cols))
		for i := range row {
			row[i] = c.Text(i)
		}
		r.Rows = append(r.Rows, row)
		if c.stmt.fn.Mode.Call() == One {
			break
		}
	}
	return r, c.Err()
}
