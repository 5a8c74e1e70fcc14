package sqlparse

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/token"
)

// isCreateFunction reports whether a statement of a query file declares a function.
func isCreateFunction(src *diag.Source, p piece) bool {
	var words []string
	for _, t := range p.tokens {
		if t.Kind == token.Comment {
			continue
		}
		w := strings.ToLower(t.Text(src.Text))
		if w == "or" || w == "replace" {
			continue
		}
		if words = append(words, w); len(words) == 2 {
			break
		}
	}
	return len(words) == 2 && words[0] == "create" && words[1] == "function"
}

// declareFunctions adds the functions of query files to the schema, before any statement that may call them is bound.
func declareFunctions(cat *catalog.Catalog, sources []*diag.Source) diag.List {
	var errs diag.List
	for _, src := range sources {
		if _, ok := checkText(src); !ok {
			continue // reported with the statements
		}
		d := &ddl{cat: cat, src: src, sql: src.Text}
		for _, p := range split(src.Text) {
			if len(p.tokens) == 0 || !isCreateFunction(src, p) {
				continue
			}
			if err := d.piece(p); err != nil {
				errs = append(errs, toList(err)...)
			}
		}
	}
	return errs
}

// declaredFunction is the statement that an annotated CREATE FUNCTION is; nil for one without a name, which others call, and for
// one that was refused.
func declaredFunction(b *bind.Binder, src *diag.Source, p piece, a annotation, names map[string]diag.Span) (*bound.Statement, error) {
	if a.name == "" {
		return nil, nil
	}
	if before, ok := names[a.name]; ok {
		return nil, diag.DuplicateName.At(a.span, "the name %s is taken by the statement at %s", a.name, before)
	}
	names[a.name] = a.span
	fn := b.FunctionAt(diag.Span{Source: src, Start: p.start, End: p.end})
	if fn == nil {
		return nil, nil
	}
	st, err := b.Function(fn)
	if err != nil {
		return nil, err
	}
	st.SQL = src.Text[p.start:p.end]
	st.Name, st.Command, st.Options, st.Comment = a.name, a.command, a.options, a.comment
	if (a.command == "one" || a.command == "many") && !returnsRows(st.Body) {
		return nil, diag.CommandMismatch.At(a.span, "the function returns nothing, so it cannot be :%s", a.command).WithHelp("use :exec")
	}
	return st, nil
}
