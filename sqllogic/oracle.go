package sqllogic

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// oracleSettings make PostgreSQL's answers independent of how the server was set up.
var oracleSettings = map[string]string{
	"TimeZone":           "UTC",
	"DateStyle":          "ISO, MDY",
	"IntervalStyle":      "postgres",
	"bytea_output":       "hex",
	"extra_float_digits": "1",
	"client_encoding":    "UTF8",
	"statement_timeout":  "60s",
	"application_name":   "sqllogic",
}

// Oracle is a PostgreSQL server that says what statements mean.
type Oracle struct {
	config *pgconn.Config
}

// schemas numbers the schemas of this process.
var schemas atomic.Int64

// NewOracle takes a connection string; the user must be allowed to create schemas. It does not connect yet.
func NewOracle(dsn string) (*Oracle, error) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	for name, value := range oracleSettings {
		config.RuntimeParams[name] = value
	}
	return &Oracle{config: config}, nil
}

// Open connects and creates an empty schema, which the returned engine works in and drops when it is closed.
func (o *Oracle) Open(ctx context.Context) (*OracleSession, error) {
	name := fmt.Sprintf("sqllogic_%d_%d_%d", os.Getpid(), time.Now().UnixMilli(), schemas.Add(1))
	config := o.config.Copy()
	config.RuntimeParams["search_path"] = name
	s := &OracleSession{config: config, schema: name, named: map[string]*OracleSession{}}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	if _, err := s.Exec(ctx, "CREATE SCHEMA "+name); err != nil {
		return nil, errors.Join(fmt.Errorf("oracle: %w", err), s.conn.Close(ctx))
	}
	return s, nil
}

// OracleSession is PostgreSQL as an Engine: statements go through the simple protocol one by one, as psql sends them,
// and values come back as text. It implements Sessions.
type OracleSession struct {
	config *pgconn.Config
	conn   *pgconn.PgConn
	schema string
	named  map[string]*OracleSession
}

var _ Sessions = (*OracleSession)(nil)

func (s *OracleSession) connect(ctx context.Context) error {
	conn, err := pgconn.ConnectConfig(ctx, s.config)
	if err != nil {
		return fmt.Errorf("oracle: %w", err)
	}
	s.conn = conn
	return nil
}

// Exec implements Engine. A DDL statement affects 0 rows; so does a SELECT, as for a client that drops its rows.
func (s *OracleSession) Exec(ctx context.Context, sql string) (int64, error) {
	_, _, tag, err := s.run(ctx, sql)
	if err != nil || !tag.Insert() && !tag.Update() && !tag.Delete() {
		return 0, err
	}
	return tag.RowsAffected(), nil
}

// Query implements Engine.
func (s *OracleSession) Query(ctx context.Context, sql string) ([]Column, [][]*string, error) {
	columns, rows, _, err := s.run(ctx, sql)
	return columns, rows, err
}

// run sends the text, which may hold several statements, and returns the last one's result. Errors are *ServerError
// unless the connection failed.
func (s *OracleSession) run(ctx context.Context, sql string) (columns []Column, rows [][]*string, tag pgconn.CommandTag, err error) {
	results := s.conn.Exec(ctx, sql)
	for results.NextResult() {
		result := results.ResultReader()
		columns, rows = nil, nil
		for _, f := range result.FieldDescriptions() {
			columns = append(columns, Column{Name: f.Name, Type: typeName(f.DataTypeOID)})
		}
		for result.NextRow() {
			row := make([]*string, len(columns))
			for i, v := range result.Values() {
				if v != nil {
					text := string(v)
					row[i] = &text
				}
			}
			rows = append(rows, row)
		}
		tag, _ = result.Close() // its error comes again from results.Close
	}
	if err = results.Close(); err != nil {
		columns, rows = nil, nil
		var pgErr *pgconn.PgError
		if errors.As(err, &pgErr) {
			err = &ServerError{pgErr}
		} else {
			err = fmt.Errorf("oracle: %w", err)
		}
	}
	return columns, rows, tag, err
}

// Session implements Sessions.
func (s *OracleSession) Session(ctx context.Context, name string) (Engine, error) {
	if other, ok := s.named[name]; ok {
		return other, nil
	}
	other := &OracleSession{config: s.config}
	if err := other.connect(ctx); err != nil {
		return nil, err
	}
	s.named[name] = other
	return other, nil
}

// Close implements Engine: it drops the schema and closes the connections.
func (s *OracleSession) Close(ctx context.Context) error {
	var errs []error
	for _, other := range s.named {
		errs = append(errs, other.conn.Close(ctx))
	}
	if s.conn.IsClosed() { // a statement was cancelled or the server ended the session
		if err := s.connect(ctx); err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
	// A script may have left a transaction open or changed the role or the timeout.
	if _, err := s.Exec(ctx, "ROLLBACK; RESET ALL; SET client_min_messages = warning; DROP SCHEMA IF EXISTS "+s.schema+" CASCADE"); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, s.conn.Close(ctx))...)
}

// ServerError is PostgreSQL's own error. Its text is the message alone, as scripts expect it; SQLSTATE is apart.
type ServerError struct {
	*pgconn.PgError
}

func (e *ServerError) Error() string { return e.Message }

// Unwrap gives the details: position, hint, constraint.
func (e *ServerError) Unwrap() error { return e.PgError }

// types names the built-in types by their OIDs.
var types = pgtype.NewMap()

// typeName is a type's name in pg_type, "" for a type that a script created.
func typeName(oid uint32) string {
	if t, ok := types.TypeForOID(oid); ok {
		return strings.ToLower(t.Name)
	}
	return ""
}
