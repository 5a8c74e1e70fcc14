package replay

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// segment is a compiled segment and its store.
type segment struct {
	program *prequel.Compiled
	tables  []tableShape
	db      *runtime.DB
	calls   map[string]call // by the statement's text
	readers map[string]string
	writers map[string]string // of carried tables: the statement that inserts a row, where a column is new since
}

// call is a statement of the program with its literals.
type call struct {
	name string
	args map[string]*string
}

// shape is a statement to be compiled, and the statements of the script that it answers.
type shape struct {
	name   string
	text   string // annotated
	uses   []int
	lifted bool // literals were made parameters
}

// compile compiles the statements of a segment that are no schema changes. A statement's errors are its own.
func (e *Engine) compile(statements []sqllogic.Statement, data []int, errs []error) (*segment, error) {
	seg := &segment{tables: e.tables, calls: map[string]call{}, readers: map[string]string{}, writers: map[string]string{}}
	shapes := map[string]*shape{}
	var order []*shape
	for _, i := range data {
		sql := statements[i].SQL
		text, args, err := sql, map[string]*string(nil), error(nil)
		if e.o.Lift != nil {
			if text, args, err = e.o.Lift(sql); err != nil {
				list, _ := diag.AsList(err)
				if errs[i] = firstError(list); errs[i] == nil {
					return nil, err
				}
				continue
			}
		}
		s := shapes[text]
		if s == nil {
			s = &shape{name: fmt.Sprintf("S%d", len(order)+1), lifted: len(args) > 0}
			s.text = annotated(s.name, returnsRows(text), text)
			shapes[text] = s
			order = append(order, s)
		}
		s.uses = append(s.uses, i)
		seg.calls[sql] = call{s.name, args}
	}
	if e.changesAfter(statements) {
		for i, t := range e.tables {
			name := fmt.Sprintf("All%d", i+1)
			seg.readers[t.name] = name
			order = append(order, &shape{name: name, text: annotated(name, true, "SELECT "+columnList(t.columns)+" FROM "+quote(t.name))})
		}
	}
	for i, t := range e.tables {
		if set := e.rows[t.name]; set != nil && len(set.rows) > 0 && len(set.columns) < len(t.columns) {
			name := fmt.Sprintf("Carry%d", i+1)
			seg.writers[t.name] = name
			given := slices.DeleteFunc(slices.Clone(set.columns), func(c string) bool { return slices.Contains(t.generated, c) })
			order = append(order, &shape{name: name, text: annotated(name, false, insertRow(t.name, given))})
		}
	}
	return seg, seg.build(e, statements, order, errs)
}

// build compiles shapes, again and again without those that have errors. A shape whose literals were lifted gets a second
// chance with the literals in place: they may decide a type.
func (seg *segment) build(e *Engine, statements []sqllogic.Statement, shapes []*shape, errs []error) error {
	flipped := map[string]bool{}
	for {
		cfg := prequel.Config{Schema: e.schema, Strategy: e.o.Strategy, AllowScan: true, Root: e.root}
		for _, s := range shapes {
			cfg.Queries = append(cfg.Queries, &diag.Source{Name: s.name, Text: s.text})
		}
		program, problems := prequel.Compile(cfg)
		if !problems.HasErrors() {
			seg.program = program
			return nil
		}
		var failed []*shape
		for _, d := range problems {
			if d.Severity != diag.Error {
				continue
			}
			at := slices.IndexFunc(shapes, func(s *shape) bool { return d.Origin() != nil && d.Origin().Name == s.name })
			if at < 0 || len(shapes[at].uses) == 0 { // the schema, or a statement of the engine's own
				return problem(d)
			}
			s := shapes[at]
			switch {
			case slices.Contains(failed, s):
			case d.Code == commandMismatch && !flipped[s.name]:
				flipped[s.name] = true
				s.text = strings.Replace(s.text, ":many", ":execrows", 1)
			case s.lifted:
				failed = append(failed, s)
				for _, i := range s.uses {
					sql := statements[i].SQL
					one := &shape{name: fmt.Sprintf("%s_%d", s.name, i), uses: []int{i}}
					one.text = annotated(one.name, returnsRows(sql), sql)
					shapes = append(shapes, one)
					seg.calls[sql] = call{one.name, nil}
				}
			default:
				failed = append(failed, s)
				for _, i := range s.uses {
					errs[i] = problem(d)
				}
			}
		}
		shapes = slices.DeleteFunc(shapes, func(s *shape) bool { return slices.Contains(failed, s) })
	}
}

// commandMismatch is the code of :many over a statement without rows.
const commandMismatch = "PQ0011"

func annotated(name string, rows bool, sql string) string {
	command := ":execrows"
	if rows {
		command = ":many"
	}
	return fmt.Sprintf("-- name: %s %s\n%s", name, command, sql)
}

var returning = regexp.MustCompile(`(?i)\breturning\b`)

// returnsRows guesses from the text whether a statement has rows; compiling corrects it where WITH begins a write.
func returnsRows(sql string) bool {
	first := strings.ToLower(strings.Trim(firstWord(withoutComments(sql)), "("))
	return !slices.Contains([]string{"insert", "update", "delete"}, first) || returning.MatchString(sql)
}

func firstWord(sql string) string {
	for i, r := range sql {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			return sql[:i]
		}
	}
	return sql
}

// changesAfter reports whether the script changes the schema behind these statements, so that rows will be carried over.
func (e *Engine) changesAfter(statements []sqllogic.Statement) bool {
	last := statements[len(statements)-1].Pos
	passed := false
	for _, r := range e.script.Records {
		switch {
		case r.SQLPos == last:
			passed = true
		case passed && r.Kind == sqllogic.KindStatement && isDDL(r.SQL):
			return true
		}
	}
	return false
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func columnList(columns []string) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = quote(c)
	}
	return strings.Join(quoted, ", ")
}

// insertRow is an INSERT with a parameter for each column, all of which may be NULL.
func insertRow(table string, columns []string) string {
	params := make([]string, len(columns))
	for i := range columns {
		params[i] = fmt.Sprintf("sqlc.narg('%s')", strings.ReplaceAll(columns[i], "'", "''"))
	}
	return fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s)", quote(table), columnList(columns), strings.Join(params, ", "))
}

// start opens an empty store and fills it with carried rows.
func (seg *segment) start(ctx context.Context, store string, rows carried, at positions) error {
	program, err := runtime.NewProgram(seg.program.Manifest)
	if err != nil {
		return err
	}
	if seg.db, err = runtime.Open(ctx, store, program); err != nil {
		return err
	}
	if err := seg.db.Initialize(ctx); err != nil {
		return errors.Join(err, seg.db.Close())
	}
	for _, t := range seg.program.Manifest.Tables {
		set := rows[t.Name]
		if set == nil {
			continue
		}
		at := slices.IndexFunc(seg.tables, func(s tableShape) bool { return s.name == t.Name })
		name, columns := t.Load, set.columns // which fires no triggers and takes generated columns as they are
		if writer := seg.writers[t.Name]; writer != "" {
			name = writer
			columns = slices.Clone(columns)
			for i, c := range columns {
				if slices.Contains(seg.tables[at].generated, c) {
					columns[i] = ""
				}
			}
		}
		if name == "" {
			continue
		}
		for _, row := range set.rows {
			args := map[string]*string{}
			for i, v := range row {
				if columns[i] != "" {
					args[columns[i]] = v
				}
			}
			if _, err := seg.db.Call(ctx, name, args); err != nil {
				return errors.Join(fmt.Errorf("carry rows of %s over: %w", t.Name, err), seg.close(ctx))
			}
		}
	}
	return seg.move(ctx, at)
}

// dump reads all tables.
func (seg *segment) dump(ctx context.Context) (carried, error) {
	out := carried{}
	for _, t := range seg.tables {
		name := seg.readers[t.name]
		if name == "" {
			continue
		}
		rows, err := seg.db.Call(ctx, name, nil)
		if err != nil {
			return nil, err
		}
		out[t.name] = &rowSet{slices.Clone(t.columns), rows.Rows}
	}
	return out, nil
}

// close deletes the store's keys and functions; an embedded store goes as a whole.
func (seg *segment) close(ctx context.Context) error {
	client := seg.db.Redis()
	iter := client.Scan(ctx, 0, strings.NewReplacer("{", `\{`, "}", `\}`).Replace(string(seg.program.Manifest.Root))+"*", 1000).Iterator()
	for iter.Next(ctx) {
		client.Unlink(ctx, iter.Val())
	}
	if lib := seg.program.Manifest.Library.Name; lib != "" {
		client.FunctionDelete(ctx, lib) // an engine without FUNCTION has none
	}
	return errors.Join(iter.Err(), seg.db.Close())
}
