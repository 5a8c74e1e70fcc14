package sqlparse

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Options change how a bare statement is bound.
type Options struct {
	// ParamTypes declares the types of $1, $2, ...; kind Unknown, or absence, leaves a parameter to inference.
	ParamTypes []value.Type
}

// ParseQueries binds the annotated statements of query files, in order. The statements that have no error are returned beside the
// errors of the others.
func ParseQueries(cat *catalog.Catalog, sources []*diag.Source) ([]*bound.Statement, diag.List) {
	var out []*bound.Statement
	var errs diag.List
	b := bind.New(cat)
	names := map[string]diag.Span{}
	errs = append(errs, declareFunctions(cat, sources)...)
	for _, src := range sources {
		if d, ok := checkText(src); !ok {
			errs = append(errs, d)
			continue
		}
		for _, p := range split(src.Text) {
			st, err := declared(b, src, p, names)
			if err != nil {
				errs = append(errs, toList(err)...)
			} else if st != nil {
				out = append(out, st)
			}
		}
	}
	return out, errs
}

// toList makes diagnostics of any error of this package.
func toList(err error) diag.List {
	if l, ok := diag.AsList(err); ok {
		return l
	}
	return diag.List{diag.OtherError.At(diag.Span{}, "%v", err)}
}

// declared binds one annotated statement; nil for a piece of comments only.
func declared(b *bind.Binder, src *diag.Source, p piece, names map[string]diag.Span) (*bound.Statement, error) {
	a, err := readAnnotation(src, p)
	if err != nil {
		return nil, err
	}
	if len(p.tokens) == 0 {
		if a.name != "" {
			return nil, diag.Annotation.At(a.span, "no statement follows the name %s", a.name)
		}
		return nil, nil
	}
	if isCreateFunction(src, p) {
		return declaredFunction(b, src, p, a, names)
	}
	if a.name == "" {
		return nil, diag.Unnamed.At(diag.Span{Source: src, Start: p.tokens[0].Start, End: p.tokens[0].End}, "the statement has no name").
			WithHelp("write -- name: GetUser :one above it")
	}
	if before, ok := names[a.name]; ok {
		return nil, diag.DuplicateName.At(a.span, "the name %s is taken by the statement at %s", a.name, before)
	}
	names[a.name] = a.span
	st, err := bindPiece(b, src, p, nil)
	if err != nil {
		return nil, err
	}
	st.Name, st.Command, st.Options, st.Comment = a.name, a.command, a.options, a.comment
	return st, checkCommand(a, st)
}

// checkCommand compares what a command promises with what the statement is.
func checkCommand(a annotation, st *bound.Statement) error {
	switch a.command {
	case "one", "many", "batchone", "batchmany":
		if !returnsRows(st.Body) {
			help := "add RETURNING, or use :exec or :execrows"
			if strings.HasPrefix(a.command, "batch") {
				help = "add RETURNING, or use :batchexec"
			}
			return diag.CommandMismatch.At(a.span, "the statement returns no rows, so it cannot be :%s", a.command).WithHelp("%s", help)
		}
	case "copyfrom":
		if _, ok := st.Body.(*bound.Insert); !ok || returnsRows(st.Body) {
			return diag.CommandMismatch.At(a.span, "only an INSERT without RETURNING can be :copyfrom").WithHelp("use :batchexec")
		}
	}
	if (strings.HasPrefix(a.command, "batch") || a.command == "copyfrom") && len(st.Params) == 0 {
		return diag.CommandMismatch.At(a.span, "a statement without parameters cannot be :%s", a.command).WithHelp("use :exec or :many")
	}
	return nil
}

func returnsRows(b bound.Body) bool {
	if r, ok := b.(*bound.Routine); ok {
		return len(r.Results) > 0
	}
	return bound.Results(b) != nil || isQuery(b)
}

// isQuery reports whether a statement is a query, whose rows may have no columns.
func isQuery(b bound.Body) bool {
	if c, ok := b.(*bound.Compound); ok {
		b = c.Main
	}
	_, ok := b.(*bound.Query)
	return ok
}

// bindPiece numbers parameters, parses and binds one statement.
func bindPiece(b *bind.Binder, src *diag.Source, p piece, types []value.Type) (*bound.Statement, error) {
	r, tree, err := parsePiece(src, p)
	if err != nil {
		return nil, err
	}
	st, err := b.Bind(bind.Input{Text: r.text, Node: tree, ParamTypes: types, Named: r.named, Embeds: r.embeds})
	if err != nil {
		list := toList(err)
		for i, d := range list {
			list[i] = d.In(diag.Span{Source: src, Start: p.tokens[0].Start, End: p.tokens[0].End})
		}
		return nil, list
	}
	st.SQL = r.text.SQL
	return st, nil
}

// Bind binds one bare statement.
func Bind(cat *catalog.Catalog, src *diag.Source, opts Options) (*bound.Statement, diag.List) {
	return NewBinder(cat).Bind(src, opts)
}

// A Binder binds statements one by one over one schema and keeps what they share. It is not safe for concurrent use.
type Binder struct{ b *bind.Binder }

// NewBinder makes a binder for a schema.
func NewBinder(cat *catalog.Catalog) *Binder { return &Binder{bind.New(cat)} }

// Bind binds one bare statement.
func (b *Binder) Bind(src *diag.Source, opts Options) (*bound.Statement, diag.List) {
	if d, ok := checkText(src); !ok {
		return nil, diag.List{d}
	}
	p, err := onlyPiece(src)
	if err != nil {
		return nil, toList(err)
	}
	st, err := bindPiece(b.b, src, p, opts.ParamTypes)
	if err != nil {
		return nil, toList(err)
	}
	return st, nil
}

func onlyPiece(src *diag.Source) (piece, error) {
	var found *piece
	pieces := split(src.Text)
	for i := range pieces {
		if len(pieces[i].tokens) == 0 {
			continue
		}
		if found != nil {
			return piece{}, diag.StatementCount.At(diag.Span{Source: src, Start: pieces[i].start, End: pieces[i].tokens[0].End},
				"a second statement where one is expected")
		}
		found = &pieces[i]
	}
	if found == nil {
		return piece{}, diag.StatementCount.At(diag.Span{Source: src, End: len(src.Text)}, "there is no statement")
	}
	return *found, nil
}
