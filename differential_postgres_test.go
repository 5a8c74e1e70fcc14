package prequel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// outcome is what a call gave: rows in PostgreSQL's text form, the number of affected rows, or an error's SQLSTATE.
type outcome struct {
	rows     [][]*string
	affected int64
	state    string // SQLSTATE, "" for success
	message  string
}

// judge runs a case in PostgreSQL, in a schema of its own.
type judge struct {
	conn *pgx.Conn
}

// newJudge connects with the settings that Prequel's text forms follow.
func newJudge(ctx context.Context, dsn string) (*judge, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	for k, v := range map[string]string{
		"timezone": "UTC", "datestyle": "ISO, MDY", "intervalstyle": "postgres", "bytea_output": "hex", "client_min_messages": "error",
		"statement_timeout": "5s",
		"plan_cache_mode":   "force_generic_plan", // a plan for these values folds what the parameters alone say, and fails where no row does
	} {
		cfg.RuntimeParams[k] = v
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &judge{conn}, nil
}

// begin makes the case's schema, emptying what the previous case left.
func (j *judge) begin(ctx context.Context, c *diffCase) error {
	for _, sql := range []string{"DEALLOCATE ALL", "DROP SCHEMA IF EXISTS diff CASCADE; CREATE SCHEMA diff; SET search_path = diff", c.ddl()} {
		if _, err := j.conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			return err
		}
	}
	return nil
}

// prepare checks a statement and reports its parameter and column types (as format_type prints them).
func (j *judge) prepare(ctx context.Context, s *statement) (params, columns []string, err error) {
	text, _ := s.sql()
	d, err := j.conn.PgConn().Prepare(ctx, s.name, text, nil)
	if err != nil {
		return nil, nil, err
	}
	var oids, mods []string
	for _, p := range d.ParamOIDs {
		oids, mods = append(oids, fmt.Sprint(p)), append(mods, "-1")
	}
	for _, f := range d.Fields {
		oids, mods = append(oids, fmt.Sprint(f.DataTypeOID)), append(mods, fmt.Sprint(f.TypeModifier))
	}
	names := make([]string, 0, len(oids))
	if len(oids) > 0 {
		r := j.conn.PgConn().ExecParams(ctx, "SELECT format_type(o, nullif(m, -1)) FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY u(o, m, n) ORDER BY n",
			[][]byte{[]byte("{" + strings.Join(oids, ",") + "}"), []byte("{" + strings.Join(mods, ",") + "}")}, nil, nil, nil).Read()
		if r.Err != nil {
			return nil, nil, r.Err
		}
		for _, row := range r.Rows {
			name := string(row[0])
			if name == "void" { // its only value is '', which clients get as text
				name = "text"
			}
			for _, d := range domains {
				if name == d.name {
					name = d.base.name
				}
			}
			names = append(names, name)
		}
	}
	return names[:len(d.ParamOIDs)], names[len(d.ParamOIDs):], nil
}

// call runs a prepared statement.
func (j *judge) call(ctx context.Context, s *statement, args []*string) outcome {
	values := make([][]byte, len(args))
	for i, a := range args {
		if a != nil {
			values[i] = []byte(*a)
		}
	}
	// A session is one call.
	if _, err := j.conn.PgConn().Exec(ctx, "DISCARD SEQUENCES").ReadAll(); err != nil {
		return outcome{state: "XX000", message: err.Error()}
	}
	r := j.conn.PgConn().ExecPrepared(ctx, s.name, values, nil, nil).Read()
	out := outcomeOf(r)
	if out.state == "" && s.write != nil {
		out.affected = r.CommandTag.RowsAffected()
	}
	return out
}

// outcomeOf is what PostgreSQL answered.
func outcomeOf(r *pgconn.Result) outcome {
	var pgErr *pgconn.PgError
	if errors.As(r.Err, &pgErr) && pgErr.Code == "57014" {
		return outcome{state: tooMuch}
	}
	if pgErr != nil {
		return outcome{state: pgErr.Code, message: pgErr.Message}
	}
	if r.Err != nil {
		return outcome{state: "XX000", message: r.Err.Error()}
	}
	out := outcome{}
	for _, row := range r.Rows {
		cells := make([]*string, len(row))
		for i, v := range row {
			if v != nil {
				text := string(v)
				cells[i] = &text
			}
		}
		out.rows = append(out.rows, cells)
	}
	return out
}

// Rows makes the judge's tables a source of rows (verify.Source).
func (j *judge) Rows(ctx context.Context, t *runtime.Table, yield func(row []value.Value) error) error {
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	r := j.conn.PgConn().ExecParams(ctx, "SELECT "+strings.Join(names, ", ")+" FROM "+t.Name, nil, nil, nil, nil).Read()
	if r.Err != nil {
		return r.Err
	}
	for _, cells := range outcomeOf(r).rows {
		row := make([]value.Value, len(cells))
		for i, c := range cells {
			var err error
			if row[i], err = value.ParsePtr(t.Columns[i].Type, c); err != nil {
				return err
			}
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}
