package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// aggregate binds the call of an aggregate, over a group or, with OVER, over a window.
func (s *stmt) aggregate(sc *scope, f *pg.FuncCall, p *builtin.Proc, args []scalar.Expr, result builtin.OID, span diag.Span) (
	scalar.Expr, error,
) {
	if p.AggKind != 'n' {
		return nil, diag.WrongObject.At(span, "WITHIN GROUP is required for ordered-set aggregate %s", p.Name)
	}
	if len(args) == 0 && !f.AggStar {
		return nil, diag.WrongObject.At(span, "%s(*) must be used to call a parameterless aggregate function", p.Name)
	}
	typ, err := s.typeOf(result, span)
	if err != nil {
		return nil, err
	}
	if p.Name == "array_agg" && args[0].Type().Kind == value.Array {
		return nil, diag.UnsupportedType.At(span, "arrays of more than one dimension are not supported")
	}
	agg := &scalar.Agg{
		Node: scalar.Node{Typ: typ, Pos: span}, Name: p.Name, Proc: aggregateProc(p.Name, args), Args: args, Distinct: f.AggDistinct,
	}
	if agg.OrderBy, err = s.aggregateOrder(sc, f.AggOrder); err != nil {
		return nil, err
	}
	if f.AggDistinct {
		if err := s.checkDistinctAggregate(agg, args, span); err != nil {
			return nil, err
		}
	}
	if agg.Filter, err = s.aggregateFilter(sc, f); err != nil {
		return nil, err
	}
	if f.Over != nil {
		return s.windowAggregate(sc, f, agg, span)
	}
	return agg, s.placeAggregate(sc, agg, span)
}

// aggregateProc names an aggregate's implementation by the type it works on.
func aggregateProc(name string, args []scalar.Expr) string {
	if name == "count" || len(args) == 0 {
		return name
	}
	return name + "_" + kindName(args[0].Type())
}

// kindName is the short name of a type in the names of aggregates.
func kindName(t value.Type) string {
	switch t.Kind {
	case value.Enum:
		return "enum"
	case value.Array:
		return "array"
	case value.Unknown:
		return "text"
	}
	return kindNames[t.Kind]
}

var kindNames = map[value.Kind]string{
	value.Bool: "bool", value.Int2: "int2", value.Int4: "int4", value.Int8: "int8", value.Float4: "float4", value.Float8: "float8",
	value.Numeric: "numeric", value.Text: "text", value.Varchar: "varchar", value.Char: "bpchar", value.Bytea: "bytea",
	value.Date: "date", value.Time: "time", value.Timestamp: "timestamp", value.Timestamptz: "timestamptz",
	value.Interval: "interval", value.UUID: "uuid", value.JSON: "json", value.JSONB: "jsonb", value.Record: "record",
}

func (s *stmt) aggregateOrder(sc *scope, list []*pg.Node) ([]scalar.SortKey, error) {
	keys := make([]scalar.SortKey, 0, len(list))
	for _, n := range list {
		by := n.GetSortBy()
		e, err := s.expr(sc, by.GetNode())
		if err != nil {
			return nil, err
		}
		if e, err = s.textIfUnknown(e); err != nil {
			return nil, err
		}
		key, err := s.sortKey(e, by, e.Span())
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	return keys, nil
}

func (s *stmt) aggregateFilter(sc *scope, f *pg.FuncCall) (scalar.Expr, error) {
	if f.AggFilter == nil {
		return nil, nil
	}
	before := sc.clause
	sc.clause = inFilter
	e, err := s.expr(sc, f.AggFilter)
	sc.clause = before
	if err != nil {
		return nil, err
	}
	return s.coerceBool(e, "FILTER")
}

func (s *stmt) checkDistinctAggregate(agg *scalar.Agg, args []scalar.Expr, span diag.Span) error {
	for _, a := range args {
		if err := comparesRow(a, span); err != nil {
			return err
		}
		if _, ok := s.types.Ordering(s.oid(a)); !ok {
			return diag.UndefinedFunction.At(span, "could not identify an equality operator for type %s", unmodified(a.Type()))
		}
	}
keys:
	for i, k := range agg.OrderBy {
		for _, a := range args {
			if s.equal(a, k.Expr) {
				agg.OrderBy[i].Expr = a
				continue keys
			}
		}
		return diag.ColumnReference.At(k.Expr.Span(), "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list")
	}
	return nil
}

// placeAggregate checks that an aggregate may stand here and marks its query as aggregated.
func (s *stmt) placeAggregate(sc *scope, agg *scalar.Agg, span diag.Span) error {
	if err := checkNesting(agg, span); err != nil {
		return err
	}
	own, outer := false, false
	s.eachColumn(agg, func(c *scalar.Column) {
		switch s.facts[c.ID].owner {
		case sc:
			own = true
		case nil:
		default:
			outer = outer || isAbove(s.facts[c.ID].owner, sc)
		}
	})
	if outer && !own {
		return diag.OuterAggregate.At(span, "the aggregate %s belongs to a surrounding query", agg.Name).
			WithHelp("compute it in the surrounding query's own SELECT list or HAVING")
	}
	if !sc.clause.allowsAggregates() {
		if sc.clause == inFilter || sc.clause == inAggregate {
			return diag.Grouping.At(span, "aggregate functions are not allowed in %s", clauseNames[sc.clause])
		}
		return diag.Grouping.At(span, "aggregate functions are not allowed in %s", clauseNames[sc.clause]).
			WithHelp("use HAVING, or a subquery")
	}
	sc.hasAggs = true
	return nil
}

func isAbove(owner, sc *scope) bool {
	for up := sc.parent; up != nil; up = up.parent {
		if up == owner {
			return true
		}
	}
	return false
}

// checkNesting refuses aggregates and window functions inside an aggregate.
func checkNesting(agg *scalar.Agg, span diag.Span) error {
	var err error
	visit := func(e scalar.Expr) bool {
		switch e.(type) {
		case *scalar.Agg:
			err = diag.Grouping.At(e.Span(), "aggregate function calls cannot be nested")
		case *scalar.WindowCall:
			err = diag.Grouping.At(e.Span(), "aggregate function calls cannot contain window function calls")
		}
		return err == nil
	}
	for _, c := range scalar.Children(agg) {
		scalar.Walk(c, visit)
	}
	return err
}

// orderedSet binds name(direct) WITHIN GROUP (ORDER BY ...).
func (s *stmt) orderedSet(sc *scope, f *pg.FuncCall, name string, direct []scalar.Expr, span diag.Span) (scalar.Expr, error) {
	if f.AggDistinct {
		return nil, diag.WrongObject.At(span, "cannot use DISTINCT with WITHIN GROUP")
	}
	if f.Over != nil {
		return nil, diag.NotInPostgres.At(span, "OVER is not supported for ordered-set aggregate %s", name)
	}
	keys, err := s.aggregateOrder(sc, f.AggOrder)
	if err != nil {
		return nil, err
	}
	args := append([]scalar.Expr{}, direct...)
	for _, k := range keys {
		args = append(args, k.Expr)
	}
	oids := make([]builtin.OID, len(args))
	for i, a := range args {
		oids[i] = s.oid(a)
	}
	match, refusal := s.types.Function(name, oids, f.FuncVariadic)
	if refusal != nil {
		return nil, asDiagnostic(refusal, span)
	}
	p := match.Proc
	if p.Kind != 'a' || p.AggKind == 'n' {
		return nil, diag.WrongObject.At(span, "%s is not an ordered-set aggregate, so it cannot have WITHIN GROUP", name)
	}
	if p.AggKind == 'h' {
		return s.hypothetical(sc, f, name, direct, keys, span)
	}
	args, result, err := s.convertArguments(match, args, span)
	if err != nil {
		return nil, err
	}
	typ, err := s.typeOf(result, span)
	if err != nil {
		return nil, err
	}
	agg := &scalar.Agg{
		Node: scalar.Node{Typ: typ, Pos: span}, Name: p.Name, Args: args[:len(direct):len(direct)], Within: true, OrderBy: keys,
		Proc: aggregateProc(p.Name, args[len(direct):]),
	}
	for i := range keys {
		keys[i].Expr = args[len(direct)+i]
	}
	if agg.Filter, err = s.aggregateFilter(sc, f); err != nil {
		return nil, err
	}
	return agg, s.placeAggregate(sc, agg, span)
}

// grouping binds GROUPING(...). Its arguments are checked once GROUP BY is known.
func (s *stmt) grouping(sc *scope, g *pg.GroupingFunc) (scalar.Expr, error) {
	span := s.span(g.Location)
	if !sc.clause.allowsAggregates() {
		return nil, diag.Grouping.At(span, "grouping operations are not allowed in %s", clauseNames[sc.clause])
	}
	if len(g.Args) > 31 {
		return nil, diag.WrongObject.At(span, "GROUPING must have fewer than 32 arguments").WithState("54023")
	}
	args, err := s.exprs(sc, g.Args)
	if err != nil {
		return nil, err
	}
	out := &scalar.Grouping{Node: scalar.Node{Typ: value.Of(value.Int4), Pos: span}, Args: args}
	sc.groupingCalls = append(sc.groupingCalls, out)
	sc.hasAggs = true
	return out, nil
}
