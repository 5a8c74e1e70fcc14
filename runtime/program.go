package runtime

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prequel-db/prequel/runtime/value"
)

// A Program is a manifest made ready for calls. It is immutable and can be shared.
type Program struct {
	manifest   *Manifest
	statements map[string]*Statement
	ready      string
	loading    string
}

// A Statement is one function of a program.
type Statement struct {
	fn      *Function
	program *Program
	// visible is the number of parameters that callers give.
	visible  int
	sha      string
	args     []Arg         // ARGV of a script
	keyTexts []any         // of the script's keys, those that are the same in every call; nil for the others
	defaults []value.Value // of the reply's columns: the constants, and what nil means
	// reader reads the reply's packed rows; nil without a layout. keysNeeded is the number of sort key columns in front that some
	// column of the result comes from.
	reader     *value.RowReader
	keysNeeded int
}

// NewProgram checks a manifest and prepares it. It fails on what a compiler must not write: unknown forms, positions outside
// their lists.
func NewProgram(m *Manifest) (*Program, error) {
	p := &Program{manifest: m, statements: make(map[string]*Statement, len(m.Functions)), ready: m.ReadyKey(), loading: m.LoadingKey()}
	for i := range m.Functions {
		fn := &m.Functions[i]
		if p.statements[fn.Name] != nil {
			return nil, fmt.Errorf("manifest: statement %s is declared twice", fn.Name)
		}
		s, err := p.prepare(fn)
		if err != nil {
			return nil, fmt.Errorf("manifest: statement %s: %w", fn.Name, err)
		}
		p.statements[fn.Name] = s
	}
	return p, nil
}

// LoadProgram reads a manifest's JSON and prepares it.
func LoadProgram(manifest []byte) (*Program, error) {
	m, err := DecodeManifest(bytes.NewReader(manifest))
	if err != nil {
		return nil, err
	}
	return NewProgram(m)
}

// MustLoad is LoadProgram for manifests that are part of the binary; it panics on an error.
func MustLoad(manifest string) *Program {
	p, err := LoadProgram([]byte(manifest))
	if err != nil {
		panic(err)
	}
	return p
}

// Manifest returns what the program was made of. It must not be changed.
func (p *Program) Manifest() *Manifest { return p.manifest }

// recursive reports whether a function of the program calls itself.
func (p *Program) recursive() bool {
	return slices.ContainsFunc(p.manifest.Functions, func(f Function) bool { return f.Script != nil && f.Script.Recursive })
}

// Statement returns a statement by name, nil when there is none.
func (p *Program) Statement(name string) *Statement { return p.statements[name] }

// MustStatement is Statement for names that a generator wrote; it panics when there is none.
func (p *Program) MustStatement(name string) *Statement {
	s := p.statements[name]
	if s == nil {
		panic(fmt.Sprintf("program %s has no statement %s", p.manifest.Program, name))
	}
	return s
}

// Function returns the statement's description. It must not be changed.
func (s *Statement) Function() *Function { return s.fn }

// Name is the statement's name as declared.
func (s *Statement) Name() string { return s.fn.Name }

// writes reports whether a call may change the store.
func (s *Statement) writes() bool { return !s.fn.ReadOnly }

func (p *Program) prepare(fn *Function) (*Statement, error) {
	s := &Statement{fn: fn, program: p, visible: len(fn.Params)}
	for i, param := range fn.Params {
		switch {
		case param.Hidden == "" && i > s.visible:
			return nil, fmt.Errorf("parameter %s follows a hidden one", param.Name)
		case param.Hidden == HiddenNow && param.Type.Kind != value.Timestamptz:
			return nil, fmt.Errorf("hidden parameter %s is no timestamptz", param.Name)
		case param.Hidden != "" && param.Hidden != HiddenNow:
			return nil, fmt.Errorf("parameter %s is filled by %q, which this runtime does not know", param.Name, param.Hidden)
		case param.Hidden != "":
			s.visible = min(s.visible, i)
		}
	}
	switch {
	case fn.Script != nil && len(fn.Commands) > 0:
		return nil, fmt.Errorf("it has both commands and a script")
	case fn.Script != nil:
		sum := sha1.Sum([]byte(fn.Script.Source))
		s.sha = hex.EncodeToString(sum[:])
		if s.args = fn.Script.Args; s.args == nil {
			for i, param := range fn.Params {
				s.args = append(s.args, Arg{Parts: []Part{{Param: i + 1, Form: FormArgv, Nullable: param.Nullable}}})
			}
		}
		if len(fn.Script.Keys) == 0 || !isReadyKey(fn.Script.Keys[0]) {
			return nil, fmt.Errorf("its first key is not the ready key")
		}
		if err := p.checkArgs(fn, append(slices.Clone(fn.Script.Keys), s.args...)); err != nil {
			return nil, err
		}
		s.keyTexts = make([]any, len(fn.Script.Keys))
		for i := range fn.Script.Keys {
			if text, ok := fn.Script.Keys[i].literal(); ok {
				s.keyTexts[i] = text
			}
		}
	case len(fn.Commands) == 0:
		return nil, fmt.Errorf("it has neither commands nor a script")
	}
	for _, c := range fn.Commands {
		if len(c.Args) == 0 {
			return nil, fmt.Errorf("empty command")
		}
		if err := p.checkArgs(fn, c.Args); err != nil {
			return nil, err
		}
	}
	if fn.ReadOnly && len(fn.Commands) > 1 {
		return nil, fmt.Errorf("a read in several commands")
	}
	if err := s.checkReply(); err != nil {
		return nil, err
	}
	return s, nil
}

func isReadyKey(a Arg) bool { return len(a.Parts) == 1 && a.Parts[0].Form == FormReady }

// checkArgs checks the templates of a command or script.
func (p *Program) checkArgs(fn *Function, args []Arg) error {
	param := func(n int) error {
		if n < 1 || n > len(fn.Params) {
			return fmt.Errorf("parameter $%d of %d", n, len(fn.Params))
		}
		return nil
	}
	for _, a := range args {
		if a.Each != 0 {
			if err := param(a.Each); err != nil {
				return err
			}
			if fn.Params[a.Each-1].Type.Kind != value.Array {
				return fmt.Errorf("argument for each element of $%d, which is no array", a.Each)
			}
		}
		for _, part := range a.Parts {
			switch {
			case part.Row != nil:
				if err := part.Row.Layout.Check(); err != nil {
					return err
				}
				if len(part.Row.Cols) != len(part.Row.Layout.Cols) {
					return fmt.Errorf("row of %d columns for a layout of %d", len(part.Row.Cols), len(part.Row.Layout.Cols))
				}
				for _, c := range part.Row.Cols {
					if c.Param == 0 {
						continue
					}
					if err := param(c.Param); err != nil {
						return err
					}
				}
			case part.Form == FormReady:
			case part.Param != 0:
				if err := param(part.Param); err != nil {
					return err
				}
				if !slices.Contains(paramForms, part.Form) {
					return fmt.Errorf("parameter form %q", part.Form)
				}
				if (part.Form == FormBucket || part.Form == FormWithin || part.Form == FormHash) && part.Size < 1 {
					return fmt.Errorf("parameter form %s without a size", part.Form)
				}
			}
		}
	}
	for _, list := range [][]int{fn.EmptyIfNull} {
		for _, n := range list {
			if err := param(n); err != nil {
				return err
			}
		}
	}
	for _, n := range fn.NotNull {
		if err := param(n.Param); err != nil {
			return err
		}
		for _, v := range n.Row {
			if v.Param != 0 {
				if err := param(v.Param); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

var paramForms = []Form{FormArgv, FormName, FormSort, FormPack, FormScore, FormLimit, FormOffset, FormBucket, FormWithin, FormHash}

// checkReply checks that every result column has a source that exists.
func (s *Statement) checkReply() error {
	fn, r := s.fn, &s.fn.Reply
	switch r.Shape {
	case ShapeNone:
		if len(fn.Columns) > 0 {
			return fmt.Errorf("it has columns but its reply has no rows")
		}
		return nil
	case ShapePacked:
		if r.Layout != nil {
			if err := r.Layout.Check(); err != nil {
				return err
			}
			s.reader = value.NewRowReader(r.Layout)
		}
	case ShapeFlat:
		if r.Width < 1 || r.Present < 0 || r.Present > r.Width {
			return fmt.Errorf("flat reply of width %d, present %d", r.Width, r.Present)
		}
	default:
		return fmt.Errorf("reply of shape %q", r.Shape)
	}
	if len(r.From) != len(fn.Columns) {
		return fmt.Errorf("%d columns have %d sources", len(fn.Columns), len(r.From))
	}
	if r.Command < 0 || len(fn.Commands) > 0 && r.Command >= len(fn.Commands) {
		return fmt.Errorf("reply is that of command %d of %d", r.Command, len(fn.Commands))
	}
	s.defaults = make([]value.Value, len(r.From))
	for i, f := range r.From {
		limit := 0
		switch f.Kind {
		case FromRow:
			if r.Layout != nil {
				limit = len(r.Layout.Cols)
			}
		case FromKey:
			limit = len(r.Key)
			if f.Index >= 0 && f.Index < limit && !r.Key[f.Index].Lossless() {
				return fmt.Errorf("column %s comes from a sort key that does not hold it exactly", fn.Columns[i].Name)
			}
			s.keysNeeded = max(s.keysNeeded, f.Index+1)
		case FromValue, FromName:
			limit = r.Width
		case FromParam:
			limit = len(fn.Params) + 1
		case FromScore, FromConst:
			limit = 1
		default:
			return fmt.Errorf("column %s comes from %q", fn.Columns[i].Name, f.Kind)
		}
		if f.Index < 0 || f.Index >= limit || f.Kind == FromParam && f.Index == 0 {
			return fmt.Errorf("column %s comes from %s %d of %d", fn.Columns[i].Name, f.Kind, f.Index, limit)
		}
		v, err := value.ParsePtr(fn.Columns[i].Type, f.Text)
		if err != nil {
			return fmt.Errorf("column %s: constant: %w", fn.Columns[i].Name, err)
		}
		s.defaults[i] = v
	}
	return nil
}

// shownBytes is the length of a value that an error's detail shows.
const shownBytes = 64

// failingRow is the detail of an error about a row, "" without one.
func (s *Statement) failingRow(row []RowCol, args []value.Value) string {
	if len(row) == 0 {
		return ""
	}
	parts := make([]string, len(row))
	for i, v := range row {
		text := "null"
		switch {
		case v.Param > 0 && !args[v.Param-1].IsNull():
			text = value.Format(s.fn.Params[v.Param-1].Type, args[v.Param-1])
		case v.Text != nil:
			text = *v.Text
		}
		if len(text) > shownBytes {
			at := shownBytes
			for at > 0 && !utf8.RuneStart(text[at]) {
				at--
			}
			text = text[:at] + "..."
		}
		parts[i] = text
	}
	return "Failing row contains (" + strings.Join(parts, ", ") + ")."
}

// bind checks a call's parameters and adds the hidden ones.
func (s *Statement) bind(args []value.Value, now int64) ([]value.Value, error) {
	if len(args) != s.visible {
		return nil, fmt.Errorf("%s: %d parameters given, %d declared", s.fn.Name, len(args), s.visible)
	}
	bound := make([]value.Value, len(s.fn.Params))
	copy(bound, args)
	for i := s.visible; i < len(bound); i++ {
		bound[i] = value.Int(now)
	}
	for _, n := range s.fn.NotNull {
		if bound[n.Param-1].IsNull() {
			return nil, &Error{
				SQLSTATE: "23502", Statement: s.fn.Name, Table: n.Table, Column: n.Column,
				Message: `null value in column "` + n.Column + `" of relation "` + n.Table + `" violates not-null constraint`,
				Detail:  s.failingRow(n.Row, bound),
			}
		}
	}
	for i := range bound {
		param := &s.fn.Params[i]
		if bound[i].IsNull() && !param.Nullable && !slices.Contains(s.fn.EmptyIfNull, i+1) {
			return nil, &Error{SQLSTATE: "22004", Message: fmt.Sprintf("parameter %s must not be NULL", param.Name), Statement: s.fn.Name}
		}
		if err := value.Bind(param.Type, bound[i]); err != nil {
			return nil, refuse(err, s.fn.Name)
		}
	}
	return bound, nil
}
