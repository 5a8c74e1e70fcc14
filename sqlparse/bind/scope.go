package bind

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// clause is the part of a query an expression stands in; it decides whether aggregates and window functions may occur.
type clause uint8

const (
	inTargets clause = iota
	inWhere
	inJoin
	inFromFunction
	inGroupBy
	inHaving
	inOrderBy
	inDistinctOn
	inLimit
	inOffset
	inFilter
	inAggregate // arguments of an aggregate
	inWindow    // a window definition
	inFrame
	inValues
	inReturning
	inUpdateSet
	inConflict
	inDefault
	inCheck
	inIndexPredicate
	inIndexExpr
	inGenerated
	inFunctionBody
	inMergeWhen
)

// clauseNames complete PostgreSQL's messages "aggregate functions are not allowed in ...".
var clauseNames = [...]string{
	inTargets: "SELECT", inWhere: "WHERE", inJoin: "JOIN conditions", inFromFunction: "functions in FROM", inGroupBy: "GROUP BY",
	inHaving: "HAVING", inOrderBy: "ORDER BY", inDistinctOn: "DISTINCT ON", inLimit: "LIMIT", inOffset: "OFFSET", inFilter: "FILTER",
	inAggregate: "aggregate arguments", inWindow: "window definitions", inFrame: "window frames", inValues: "VALUES",
	inReturning: "RETURNING", inUpdateSet: "UPDATE", inConflict: "ON CONFLICT", inDefault: "DEFAULT expressions",
	inCheck: "check constraints", inIndexPredicate: "index predicates", inIndexExpr: "index expressions", inGenerated: "column generation expressions", inFunctionBody: "function bodies",
	inMergeWhen: "MERGE WHEN conditions",
}

// allowsAggregates reports whether aggregates may stand in the clause.
func (c clause) allowsAggregates() bool {
	switch c {
	case inTargets, inHaving, inOrderBy, inDistinctOn, inWindow:
		return true
	}
	return false
}

// allowsWindows reports whether window functions may stand in the clause.
func (c clause) allowsWindows() bool {
	switch c {
	case inTargets, inOrderBy, inDistinctOn:
		return true
	}
	return false
}

// scope is the names of one query level.
type scope struct {
	parent *scope
	clause clause
	// expands is set for queries whose targets may be set-returning functions: rows of the result.
	expands bool
	items   []*item
	// lateral is set while a LATERAL item is bound: its query may see the items marked lateralOnly.
	lateral             bool
	ctes                []*cte
	windows             []*pg.WindowDef // the WINDOW clause
	hasAggs, hasWindows bool
	groupingCalls       []*scalar.Grouping
	// defining is the WITH query whose body this scope holds.
	defining *cte
}

// item is an entry of a namespace: a table, a join, a derived table.
type item struct {
	name string
	cols []itemColumn
	// namesTable: usable in name.column; namesColumns: its columns can be used bare and are part of *.
	namesTable, namesColumns bool
	// lateralOnly: visible to LATERAL items alone, as FROM is not complete yet; lateralOK: they may use it.
	lateralOnly, lateralOK bool
	place                  diag.Span
	// isValue is set for a function in FROM that returns values: the item's name stands for the value, not for a row of it.
	isValue bool
	// relation is the table's name when the alias hides it.
	relation string
}

// itemColumn is a visible column; a merged column of USING may be an expression over both sides.
type itemColumn struct {
	name string
	expr scalar.Expr
	// opaque is set for a column that cannot be used; expr is nil then.
	opaque *catalog.Opaque
}

// unusable refuses an opaque column.
func (c *itemColumn) unusable(span diag.Span) error {
	if c.opaque == nil {
		return nil
	}
	return diag.UnsupportedType.At(span, "column %q cannot be used: %s", c.opaque.Name, c.opaque.Reason.Problem).
		WithHelp("name the other columns, or %s", c.opaque.Reason.Help)
}

// columnsOf are the columns of a row of a table with these ids, opaque ones in their places.
func (s *stmt) columnsOf(t *catalog.Table, ids []scalar.ColumnID, span diag.Span) []itemColumn {
	out := make([]itemColumn, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = itemColumn{name: c.Name, expr: s.column(ids[i], span)}
	}
	return withOpaques(out, t.Opaques)
}

// withOpaques puts opaque columns in their places among a table's columns.
func withOpaques(cols []itemColumn, opaques []*catalog.Opaque) []itemColumn {
	if len(opaques) == 0 {
		return cols
	}
	var out []itemColumn
	for i, c := range cols {
		for ; len(opaques) > 0 && opaques[0].At <= i; opaques = opaques[1:] {
			out = append(out, itemColumn{name: opaques[0].Name, opaque: opaques[0]})
		}
		out = append(out, c)
	}
	for _, o := range opaques {
		out = append(out, itemColumn{name: o.Name, opaque: o})
	}
	return out
}

// cte is a WITH query in view.
type cte struct {
	name  string
	def   *bound.CTE
	types []scalar.ColumnInfo
	// pending is set while the query itself is bound: it may only refer to itself in the recursive part.
	pending bool
	// recursive is set while the recursive part is bound; refs counts references made.
	recursive bool
	refs      int
	aliases   []string
}

func newScope(parent *scope) *scope { return &scope{parent: parent} }

// columnByName resolves a bare column name through the surrounding queries; nil when there is none.
func (s *stmt) columnByName(sc *scope, name string, span diag.Span) (scalar.Expr, error) {
	for ; sc != nil; sc = sc.parent {
		var found *itemColumn
		var in *item
		for _, it := range sc.items {
			if !it.namesColumns || it.lateralOnly && !sc.lateral {
				continue
			}
			col, err := it.column(name, span)
			if err != nil {
				return nil, err
			}
			if col == nil {
				continue
			}
			if found != nil {
				return nil, diag.AmbiguousColumn.At(span, "column reference %q is ambiguous", name).
					WithHelp("qualify it: %s.%s", in.label(), name)
			}
			found, in = col, it
		}
		if found != nil {
			if err := in.checkLateral(span); err != nil {
				return nil, err
			}
			return at(found.expr, span), nil
		}
	}
	return nil, nil
}

func (it *item) label() string {
	if it.name == "" {
		return "table"
	}
	return it.name
}

func (it *item) column(name string, span diag.Span) (*itemColumn, error) {
	var found *itemColumn
	for i := range it.cols {
		if it.cols[i].name != name {
			continue
		}
		if found != nil {
			return nil, diag.AmbiguousColumn.At(span, "column reference %q is ambiguous", name)
		}
		found = &it.cols[i]
	}
	if found == nil {
		return nil, nil
	}
	return found, found.unusable(span)
}

func (it *item) checkLateral(span diag.Span) error {
	if it.lateralOnly && !it.lateralOK {
		return diag.ColumnReference.At(span, "invalid reference to FROM-clause entry for table %q", it.name).
			WithHelp("the combining JOIN type must be INNER or LEFT for a LATERAL reference")
	}
	return nil
}

// tableByName resolves a table name or alias; nil when there is none.
func (s *stmt) tableByName(sc *scope, name string, span diag.Span) (*item, error) {
	for ; sc != nil; sc = sc.parent {
		var found *item
		for _, it := range sc.items {
			if !it.namesTable || it.name != name || it.lateralOnly && !sc.lateral {
				continue
			}
			if found != nil {
				return nil, diag.AmbiguousColumn.At(span, "table reference %q is ambiguous", name).WithState("42P09")
			}
			found = it
		}
		if found != nil {
			return found, found.checkLateral(span)
		}
	}
	return nil, nil
}

// at copies a column's expression to the place where it is used.
func at(e scalar.Expr, span diag.Span) scalar.Expr {
	if c, ok := e.(*scalar.Column); ok {
		d := *c
		d.Pos = span
		return &d
	}
	return e
}

// systemColumns exist in every table of PostgreSQL and nowhere here.
var systemColumns = map[string]bool{"tableoid": true, "xmin": true, "cmin": true, "xmax": true, "cmax": true, "ctid": true}

// columnRef resolves a (qualified) column reference.
func (s *stmt) columnRef(sc *scope, ref *pg.ColumnRef) (scalar.Expr, error) {
	span := s.refSpan(ref)
	fields := ref.Fields
	if len(fields) > 0 && fields[len(fields)-1].GetAStar() != nil {
		if s.views == 0 && s.embeds[int(ref.Location)] != "" {
			return nil, diag.Macro.At(span, "sqlc.embed stands among the output columns of the statement itself").
				WithHelp("write %s.* here", s.embeds[int(ref.Location)])
		}
		it, err := s.starItem(sc, fields, span)
		if err != nil {
			return nil, err
		}
		return s.wholeRow(it, span)
	}
	names := stringsOf(fields)
	e, err := s.namedColumn(sc, names, span)
	return s.withVariables(names, span, e, err)
}

// starItem is the item that a reference table.* means where a value is expected.
func (s *stmt) starItem(sc *scope, fields []*pg.Node, span diag.Span) (*item, error) {
	names := stringsOf(fields[:len(fields)-1])
	if len(names) == 2 && names[0] == "public" {
		names = names[1:]
	}
	if len(names) != 1 {
		return nil, diag.Composite.At(span, "* is not supported here").WithHelp("name the table: t.*")
	}
	it, err := s.tableByName(sc, names[0], span)
	if err == nil && it == nil {
		err = s.missingTable(sc, names[0], span)
	}
	return it, err
}

// namedColumn resolves the parts of a column reference.
func (s *stmt) namedColumn(sc *scope, names []string, span diag.Span) (scalar.Expr, error) {
	switch {
	case len(names) == 1:
		return s.bareRef(sc, names[0], span)
	case len(names) == 3 && names[0] == "public":
		names = names[1:]
	case len(names) != 2:
		return nil, diag.UnsupportedExpression.At(span, "a reference of %d parts is not supported", len(names)).
			WithHelp("write table.column")
	}
	it, err := s.tableByName(sc, names[0], span)
	if err != nil {
		return nil, err
	}
	if it == nil {
		return nil, s.missingTable(sc, names[0], span)
	}
	col, err := it.column(names[1], span)
	if err != nil {
		return nil, err
	}
	if col == nil {
		if systemColumns[names[1]] {
			return nil, diag.UnsupportedExpression.At(span, "the system column %s is not supported", names[1])
		}
		return nil, diag.UndefinedColumn.At(span, "column %s.%s does not exist", names[0], names[1]).WithHelp("%s", similar(names[1], it))
	}
	return at(col.expr, span), nil
}

func (s *stmt) bareRef(sc *scope, name string, span diag.Span) (scalar.Expr, error) {
	e, err := s.columnByName(sc, name, span)
	if e != nil || err != nil {
		return e, err
	}
	if it, err := s.tableByName(sc, name, span); err != nil {
		return nil, err
	} else if it != nil {
		return s.wholeRow(it, span)
	}
	if systemColumns[name] && sc != nil && len(sc.items) > 0 {
		return nil, diag.UnsupportedExpression.At(span, "the system column %s is not supported", name)
	}
	var help string
	for up := sc; up != nil && help == ""; up = up.parent {
		help = similar(name, up.items...)
	}
	return nil, diag.UndefinedColumn.At(span, "column %q does not exist", name).WithHelp("%s", help)
}

func (s *stmt) missingTable(sc *scope, name string, span diag.Span) error {
	for up := sc; up != nil; up = up.parent {
		for _, it := range up.items {
			if it.relation == name && it.name != name {
				return diag.UndefinedTable.At(span, "invalid reference to FROM-clause entry for table %q", name).
					WithHelp("perhaps you meant the table alias %q", it.name)
			}
			if it.name == name {
				return diag.UndefinedTable.At(span, "invalid reference to FROM-clause entry for table %q", name).
					WithHelp("the table is not visible here; to reference it, the FROM item must be marked LATERAL")
			}
		}
	}
	return diag.UndefinedTable.At(span, "missing FROM-clause entry for table %q", name)
}

// refSpan covers all parts of a dotted reference.
func (s *stmt) refSpan(ref *pg.ColumnRef) diag.Span {
	return s.dotted(ref.GetLocation(), len(ref.GetFields()))
}
