package bind

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// source is a bound FROM item.
type source struct {
	from bound.From
	// main has all columns of the item, in order; names is what the item adds to the namespace (main, or the sides of a
	// join with their columns hidden).
	main  *item
	names []*item
	ids   []scalar.ColumnID // every column the item produces
}

// fromClause binds the comma list of FROM and leaves its names in the scope.
func (s *stmt) fromClause(sc *scope, list []*pg.Node) ([]bound.From, error) {
	var out []bound.From
	for _, n := range list {
		src, err := s.fromItem(sc, n)
		if err != nil {
			return nil, err
		}
		if err := checkNames(sc.items, src.names); err != nil {
			return nil, err
		}
		for _, it := range src.names {
			it.lateralOnly, it.lateralOK = true, true // until the whole clause is read
		}
		sc.items = append(sc.items, src.names...)
		out = append(out, src.from)
	}
	for _, it := range sc.items {
		it.lateralOnly = false
	}
	return out, nil
}

// checkNames refuses a table name that is in the namespace already.
func checkNames(have, add []*item) error {
	for _, a := range add {
		for _, h := range have {
			if a.namesTable && h.namesTable && a.name == h.name && a.name != "" {
				return diag.DuplicateAlias.At(a.place, "table name %q specified more than once", a.name).
					WithHelp("give one of them an alias")
			}
		}
	}
	return nil
}

func (s *stmt) fromItem(sc *scope, n *pg.Node) (*source, error) {
	switch n := n.GetNode().(type) {
	case *pg.Node_RangeVar:
		return s.rangeVar(sc, n.RangeVar)
	case *pg.Node_RangeSubselect:
		return s.derivedTable(sc, n.RangeSubselect)
	case *pg.Node_RangeFunction:
		return s.rangeFunction(sc, n.RangeFunction)
	case *pg.Node_JoinExpr:
		return s.join(sc, n.JoinExpr)
	case *pg.Node_RangeTableSample:
		return nil, diag.UnsupportedClause.At(s.span(n.RangeTableSample.Location), "TABLESAMPLE is not supported").
			WithHelp("remove it: its answer differs between calls")
	}
	return nil, diag.UnsupportedClause.At(s.text.between(0, len(s.text.SQL)), "this FROM item is not supported")
}

// newItem makes the namespace entry of a table-like item, with the alias's column names applied.
func (s *stmt) newItem(name string, alias *pg.Alias, cols []itemColumn, span diag.Span) (*item, error) {
	it := &item{name: name, relation: name, cols: cols, namesTable: true, namesColumns: true, place: span}
	if alias == nil {
		return it, nil
	}
	it.name = alias.Aliasname
	names := stringsOf(alias.Colnames)
	if len(names) > len(cols) {
		return nil, diag.ColumnReference.At(span, "table %q has %d columns available but %d columns specified", it.name, len(cols), len(names))
	}
	for i, n := range names {
		it.cols[i].name = n
	}
	return it, nil
}

func (s *stmt) rangeVar(sc *scope, v *pg.RangeVar) (*source, error) {
	span := s.tableSpan(v)
	if v.GetCatalogname() != "" {
		return nil, diag.OtherSchema.At(span, "cross-database references are not implemented")
	}
	if v.GetSchemaname() == "" {
		if c := findCTE(sc, v.Relname); c != nil {
			return s.cteRef(sc, c, v, span)
		}
	}
	t, view, err := s.relation(v)
	if err != nil {
		return nil, err
	}
	if view != nil {
		return s.viewRef(sc, view, v, span)
	}
	ref := &bound.TableRef{Table: t, Alias: v.Relname, Span: span}
	src := &source{from: ref}
	for i, c := range t.Columns {
		id := s.newColumn(sc, c.Name, c.Type, !c.NotNull)
		s.facts[id].stored = &stored{t, i}
		ref.Cols = append(ref.Cols, id)
	}
	cols := s.columnsOf(t, ref.Cols, span)
	src.ids = ref.Cols
	if src.main, err = s.newItem(v.Relname, v.Alias, cols, span); err != nil {
		return nil, err
	}
	ref.Alias = src.main.name
	src.names = []*item{src.main}
	return src, nil
}

// tableSpan covers schema.table.
func (s *stmt) tableSpan(v *pg.RangeVar) diag.Span {
	parts := 1
	if v.GetSchemaname() != "" {
		parts++
	}
	return s.dotted(v.GetLocation(), parts)
}

// relation finds a table or view of the schema.
func (s *stmt) relation(v *pg.RangeVar) (*catalog.Table, *catalog.View, error) {
	span := s.tableSpan(v)
	if name := v.GetSchemaname(); name != "" && name != "public" {
		return nil, nil, diag.OtherSchema.At(span, "schema %s is not supported", name).WithHelp("only tables of schema public can be used")
	}
	if t := s.cat.Table(v.Relname); t != nil {
		if t.Partitioning != nil && !v.Inh {
			return nil, nil, diag.UnsupportedClause.At(span, "ONLY %s is not supported: all rows of a partitioned table are in its partitions", t.Name).
				WithHelp("leave ONLY out")
		}
		return t, nil, nil
	}
	for _, w := range s.cat.Views {
		if w.Name == v.Relname {
			return nil, w, nil
		}
	}
	if r := s.cat.RefusedView(v.Relname); r != nil {
		return nil, nil, diag.UnsupportedStatement.At(span, "the view %s is not compiled: %s", r.Name, r.Reason.Problem).
			WithHelp("%s", r.Reason.Help)
	}
	if len(v.Relname) > 3 && v.Relname[:3] == "pg_" {
		return nil, nil, diag.OtherSchema.At(span, "the catalog table %s is not supported", v.Relname)
	}
	return nil, nil, diag.UndefinedTable.At(span, "relation %q does not exist", v.Relname)
}

func (s *stmt) derivedTable(sc *scope, r *pg.RangeSubselect) (*source, error) {
	sel := r.GetSubquery().GetSelectStmt()
	span := s.text.between(0, len(s.text.SQL))
	if sel == nil {
		return nil, diag.UnsupportedClause.At(span, "this subquery in FROM is not supported")
	}
	if loc := firstLocation(r.Subquery); loc >= 0 {
		span = s.span(loc)
	}
	if r.Alias == nil {
		return nil, diag.Malformed.At(s.openParen(span, firstLocation(r.Subquery)), "subquery in FROM must have an alias").WithHelp("for example, FROM (SELECT ...) AS foo")
	}
	before := sc.lateral
	sc.lateral = r.Lateral
	q, err := s.query(sc, sel, true)
	sc.lateral = before
	if err != nil {
		return nil, err
	}
	ref := &bound.SubqueryRef{Query: q, Alias: r.Alias.Aliasname, Lateral: r.Lateral, Span: span}
	return s.subquerySource(sc, ref, r.Alias, span)
}

// subquerySource makes the item of a derived table or view.
func (s *stmt) subquerySource(sc *scope, ref *bound.SubqueryRef, alias *pg.Alias, span diag.Span, opaques ...*catalog.Opaque) (*source, error) {
	src := &source{from: ref}
	var cols []itemColumn
	for _, t := range ref.Query.Targets {
		if t.Hidden {
			continue
		}
		s.facts[t.ID].owner = sc
		src.ids = append(src.ids, t.ID)
		cols = append(cols, itemColumn{name: t.Name, expr: s.column(t.ID, span)})
	}
	var err error
	src.main, err = s.newItem(ref.Alias, alias, withOpaques(cols, opaques), span)
	if err != nil {
		return nil, err
	}
	src.names = []*item{src.main}
	return src, nil
}

// maxViewDepth bounds the nesting of views; a view cannot refer to itself, so deeper nesting has no use.
const maxViewDepth = 100

// viewRef expands a view where it is used.
func (s *stmt) viewRef(sc *scope, v *catalog.View, r *pg.RangeVar, span diag.Span) (*source, error) {
	if s.views >= maxViewDepth {
		return nil, diag.TooComplex.At(span, "views are nested too deeply")
	}
	q, err := s.bindView(v)
	if err != nil {
		return nil, err
	}
	ref := &bound.SubqueryRef{Query: q, Alias: v.Name, Span: span}
	if r.Alias != nil {
		ref.Alias = r.Alias.Aliasname
	}
	var opaques []*catalog.Opaque
	if whole, part := s.cat.Partition(v.Name); part != nil {
		opaques = whole.Opaques // it has all columns of the table
	}
	return s.subquerySource(sc, ref, r.Alias, span, opaques...)
}

// bindView binds a view's query in the statement's column table, with the view's text as the place of errors.
func (s *stmt) bindView(v *catalog.View) (*bound.Query, error) {
	tree, err := s.parse(v.Query, v.QuerySpan)
	if err != nil {
		return nil, err
	}
	outer, views := s.text, s.views
	s.text, s.views = Verbatim(v.QuerySpan.Source, v.Query, v.QuerySpan.Start), views+1
	q, err := s.query(nil, tree.GetSelectStmt(), true)
	s.text, s.views = outer, views
	if err != nil {
		return nil, err
	}
	n := 0
	for i := range q.Targets {
		if q.Targets[i].Hidden {
			continue
		}
		if n < len(v.Columns) {
			q.Targets[i].Name = v.Columns[n]
			s.cols.Get(q.Targets[i].ID).Name = v.Columns[n]
		}
		n++
	}
	if n < len(v.Columns) {
		return nil, diag.Malformed.At(v.Span, "CREATE VIEW specifies more column names than columns")
	}
	return q, nil
}

func (s *stmt) cteRef(sc *scope, c *cte, v *pg.RangeVar, span diag.Span) (*source, error) {
	if c.pending && !c.recursive {
		return nil, diag.BadRecursion.At(span, "recursive reference to query %q must not appear within its non-recursive term", c.name)
	}
	if c.def.Write != nil && len(c.types) == 0 {
		return nil, diag.NotInPostgres.At(span, "WITH query %q does not have a RETURNING clause", c.name).WithHelp("add RETURNING")
	}
	c.refs++
	ref := &bound.CTERef{CTE: c.def, Span: span}
	src := &source{from: ref}
	cols := make([]itemColumn, len(c.types))
	for i, t := range c.types {
		id := s.newColumn(sc, t.Name, t.Type, t.Nullable)
		ref.Cols = append(ref.Cols, id)
		cols[i] = itemColumn{name: t.Name, expr: s.column(id, span)}
	}
	src.ids = ref.Cols
	var err error
	if src.main, err = s.newItem(c.name, v.Alias, cols, span); err != nil {
		return nil, err
	}
	src.names = []*item{src.main}
	return src, nil
}
