package sqlparse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// createIndex declares an index. What is not unique is a hint that changes no answer.
func (d *ddl) createIndex(n *pg.IndexStmt) error {
	if whole, part := d.cat.Partition(n.Relation.GetRelname()); part != nil {
		return d.indexPartition(whole, part, n)
	}
	if d.cat.RefusedView(n.Relation.GetRelname()) != nil {
		return nil
	}
	t, err := d.table(n.Relation)
	if err != nil {
		return err
	}
	if n.Idxname != "" && d.relationExists(n.Idxname) {
		if n.IfNotExists {
			return nil
		}
		return diag.DuplicateObject.At(d.whole(), "relation %q already exists", n.Idxname).WithState("42P07")
	}
	var cols []int
	var exprs []*catalog.IndexExpr
	var names []string
	for i, p := range n.IndexParams {
		e := p.GetIndexElem()
		name := e.GetName()
		if ref := e.GetExpr().GetColumnRef(); ref != nil && len(ref.Fields) == 1 && t.Column(ref.Fields[0].GetString_().GetSval()) >= 0 {
			name = ref.Fields[0].GetString_().GetSval() // a column in parentheses
		}
		at := -1
		var expr *catalog.IndexExpr
		if o := t.Opaque(name); o != nil && n.Unique {
			return o.Reason
		} else if name == "" {
			name = bind.FigureName(e.Expr, "expr")
			expr = &catalog.IndexExpr{Name: name}
			expr.Text, expr.TextSpan = d.indexExpr(i)
		} else if at = t.Column(name); at < 0 && o == nil {
			return diag.UndefinedColumn.At(d.at(n.Relation.Location), "column %q does not exist", name)
		}
		for _, c := range e.GetCollation() {
			if name := c.GetString_().GetSval(); n.Unique && name != "C" && name != "POSIX" && name != "pg_catalog" {
				return diag.Collation.At(d.whole(), "collation %q is not supported", name)
			}
		}
		cols, exprs, names = append(cols, at), append(exprs, expr), append(names, distinctName(names, name))
	}
	name := n.Idxname
	if name == "" {
		name = d.freeName(objectName(t.Name, strings.Join(names, "_"), "idx"))
	}
	if !n.Unique {
		t.Indexes = append(t.Indexes, &catalog.Index{Name: name, Columns: cols, Span: d.whole()})
		return nil
	}
	u := &catalog.Unique{Name: name, Columns: cols, NullsNotDistinct: n.NullsNotDistinct, Index: true, Span: d.whole()}
	if contains(cols, -1) {
		u.Table, u.Exprs = t, exprs
	}
	if n.WhereClause != nil {
		u.Where, u.WhereSpan = d.afterLast("where")
	}
	t.Uniques = append(t.Uniques, u)
	if err := d.checkTable(t); err != nil {
		t.Uniques = t.Uniques[:len(t.Uniques)-1]
		if reason, ok := uncheckable(err); ok && u.Exprs != nil {
			d.uncheck(t, name, append(n.IndexParams, n.WhereClause), reason)
			return nil
		}
		return err
	}
	return nil
}

// uncheckable returns the diagnostic of an index that PostgreSQL may have and that is not compiled: what it calls may come from an extension.
func uncheckable(err error) (diag.Diagnostic, bool) {
	if x, ok := unsupported(err); ok {
		return x, true
	}
	x, ok := err.(diag.Diagnostic)
	return x, ok && x.Code == diag.UndefinedFunction.Code
}

// distinctName is a column name for an index that none of its other columns has, made so by a number.
func distinctName(taken []string, name string) string {
	for i, candidate := 0, name; ; candidate = fmt.Sprint(name, i) {
		if !slices.Contains(taken, candidate) {
			return candidate
		}
		i++
	}
}

// indexExpr is the text of the expression at a place in an index's list: a function's call, or what stands in parentheses.
func (d *ddl) indexExpr(place int) (string, diag.Span) {
	at := 0
	for d.word(at) != "(" {
		at++
	}
	from, depth := at+1, 0
	for i := from; i < len(d.tokens); i++ {
		switch d.word(i) {
		case "(", "[":
			depth++
		case ")", "]":
			if depth--; depth == 0 && place == 0 { // the first closing parenthesis ends it: an operator class may follow
				return d.between(from, i)
			}
		case ",":
			if depth == 0 {
				place--
				from = i + 1
			}
		}
	}
	return "", d.whole()
}

// between is the text from one token to another, both included.
func (d *ddl) between(from, to int) (string, diag.Span) {
	start, end := d.tokens[from].Start, d.tokens[to].End
	return d.text.SQL[start:end], place(d.text, start, end)
}

// afterLast is the text from the last occurrence of a keyword outside parentheses to the end.
func (d *ddl) afterLast(keyword string) (string, diag.Span) {
	depth := 0
	for i := len(d.tokens) - 1; i >= 0; i-- {
		switch w := d.word(i); {
		case w == ")":
			depth++
		case w == "(":
			depth--
		case depth == 0 && i+1 < len(d.tokens) && strings.EqualFold(w, keyword):
			return d.between(i+1, len(d.tokens)-1)
		}
	}
	return "", d.whole()
}

// uniqueMentions reports whether an expression or the predicate of a unique index names a column.
func (d *ddl) uniqueMentions(u *catalog.Unique, name string) bool {
	return d.mentions(u.Where, name) || slices.ContainsFunc(u.Exprs, func(x *catalog.IndexExpr) bool { return x != nil && d.mentions(x.Text, name) })
}
