package replay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded" // the engine named embedded
	"github.com/prequel-db/prequel/sqllogic"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Options of an engine.
type Options struct {
	// Store is where the programs run: embedded, or a redis:// address. The engine's keys have a root of their own there
	// and are deleted on Close.
	Store    string
	Strategy prequel.Strategy
	// Lift makes parameters of a statement's literals: the statement without them, and their values by parameter. Nil
	// compiles literals as they stand.
	Lift func(sql string) (shape string, args map[string]*string, err error)
}

// Engine answers one script.
type Engine struct {
	o      Options
	root   string
	script *sqllogic.Script
	schema []*diag.Source // accepted schema changes, in order
	tables []tableShape   // of the schema as it is
	rows   carried        // what the next segment starts with
	drawn  positions      // and where its sequences stand
	seg    *segment       // nil before the first
}

// engines numbers the engines of this process.
var engines atomic.Int64

// New makes an engine with no tables.
func New(script *sqllogic.Script, o Options) *Engine {
	return &Engine{o: o, script: script, rows: carried{}, drawn: positions{}, root: fmt.Sprintf("{slt%d.%d}", os.Getpid(), engines.Add(1))}
}

// Prepare compiles a segment, and starts its store with the rows of the one before.
func (e *Engine) Prepare(ctx context.Context, statements []sqllogic.Statement) []error {
	errs := make([]error, len(statements))
	if err := e.prepare(ctx, statements, errs); err != nil {
		for i := range errs {
			errs[i] = err
		}
	}
	return errs
}

func (e *Engine) prepare(ctx context.Context, statements []sqllogic.Statement, errs []error) error {
	if e.seg != nil {
		rows, err := e.seg.dump(ctx)
		if err != nil {
			return fmt.Errorf("carry rows over: %w", err)
		}
		e.rows = rows
		if err := e.seg.drawn(ctx, e.drawn); err != nil {
			return fmt.Errorf("carry sequences over: %w", err)
		}
		if err := e.seg.close(ctx); err != nil {
			return err
		}
		e.seg = nil
	}
	var data []int
	for i, s := range statements {
		if isDDL(s.SQL) {
			errs[i] = e.change(s)
		} else {
			data = append(data, i)
		}
	}
	seg, err := e.compile(statements, data, errs)
	if err != nil {
		return err
	}
	if err := seg.start(ctx, e.o.Store, e.rows, e.drawn); err != nil {
		return err
	}
	e.seg = seg
	return nil
}

// Exec runs a statement for its effect.
func (e *Engine) Exec(ctx context.Context, sql string) (int64, error) {
	if isDDL(sql) {
		return 0, nil // done while preparing
	}
	rows, err := e.call(ctx, sql)
	if err != nil {
		return 0, err
	}
	if len(rows.Cols) > 0 {
		return int64(len(rows.Rows)), nil
	}
	return rows.Affected, nil
}

// Query runs a statement for its rows.
func (e *Engine) Query(ctx context.Context, sql string) ([]sqllogic.Column, [][]*string, error) {
	rows, err := e.call(ctx, sql)
	if err != nil {
		return nil, nil, err
	}
	columns := make([]sqllogic.Column, len(rows.Cols))
	for i, name := range rows.Cols {
		columns[i] = sqllogic.Column{Name: name, Type: typeName(rows.Types[i])}
	}
	return columns, rows.Rows, nil
}

func (e *Engine) call(ctx context.Context, sql string) (*runtime.Rows, error) {
	if e.seg == nil {
		return nil, errors.New("the statement was not prepared")
	}
	c, ok := e.seg.calls[sql]
	if !ok {
		return nil, errors.New("the statement was not prepared")
	}
	rows, err := e.seg.db.Call(ctx, c.name, c.args)
	var refused *runtime.Error
	if errors.As(err, &refused) {
		return nil, &sqlError{refused.SQLSTATE, refused.Message}
	}
	return rows, err
}

// Close drops what the engine stored.
func (e *Engine) Close(ctx context.Context) error {
	if e.seg == nil {
		return nil
	}
	err := e.seg.close(ctx)
	e.seg = nil
	return err
}
