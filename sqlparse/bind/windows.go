package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// The bits of WindowDef.frameOptions (PostgreSQL's parsenodes.h).
const (
	frameNonDefault              = 0x00001
	frameRange                   = 0x00002
	frameRows                    = 0x00004
	frameGroups                  = 0x00008
	frameStartUnboundedPreceding = 0x00020
	frameEndUnboundedPreceding   = 0x00040
	frameStartUnboundedFollowing = 0x00080
	frameEndUnboundedFollowing   = 0x00100
	frameStartCurrentRow         = 0x00200
	frameEndCurrentRow           = 0x00400
	frameStartOffsetPreceding    = 0x00800
	frameEndOffsetPreceding      = 0x01000
	frameStartOffsetFollowing    = 0x02000
	frameEndOffsetFollowing      = 0x04000
	frameExcludeCurrentRow       = 0x08000
	frameExcludeGroup            = 0x10000
	frameExcludeTies             = 0x20000
)

func (s *stmt) checkWindowPlace(sc *scope, span diag.Span) error {
	if sc.clause.allowsWindows() {
		sc.hasWindows = true
		return nil
	}
	switch sc.clause {
	case inWindow, inFrame:
		return diag.Windowing.At(span, "window functions are not allowed in window definitions")
	}
	return diag.Windowing.At(span, "window functions are not allowed in %s", clauseNames[sc.clause]).WithHelp("use a subquery")
}

func (s *stmt) windowFunction(sc *scope, f *pg.FuncCall, p *builtin.Proc, args []scalar.Expr, result builtin.OID, span diag.Span) (
	scalar.Expr, error,
) {
	if f.Over == nil {
		return nil, diag.WrongObject.At(span, "window function %s requires an OVER clause", p.Name)
	}
	typ, err := s.typeOf(result, span)
	if err != nil {
		return nil, err
	}
	return s.window(sc, f, &scalar.WindowCall{Node: scalar.Node{Typ: typ, Pos: span}, Name: p.Name, Args: args})
}

func (s *stmt) windowAggregate(sc *scope, f *pg.FuncCall, agg *scalar.Agg, span diag.Span) (scalar.Expr, error) {
	if agg.Distinct {
		return nil, diag.NotInPostgres.At(span, "DISTINCT is not implemented for window functions")
	}
	if len(agg.OrderBy) > 0 {
		return nil, diag.NotInPostgres.At(span, "aggregate ORDER BY is not implemented for window functions")
	}
	return s.window(sc, f, &scalar.WindowCall{Node: agg.Node, Name: agg.Name, Args: agg.Args, Agg: agg})
}

func (s *stmt) window(sc *scope, f *pg.FuncCall, call *scalar.WindowCall) (scalar.Expr, error) {
	if err := s.checkWindowPlace(sc, call.Pos); err != nil {
		return nil, err
	}
	for _, c := range scalar.Children(call) {
		if w := findWindowCall(c); w != nil {
			return nil, diag.Windowing.At(w.Span(), "window function calls cannot be nested")
		}
	}
	var err error
	call.Window, err = s.windowDefinition(sc, f.Over, 0)
	return call, err
}

func findWindowCall(e scalar.Expr) *scalar.WindowCall {
	var found *scalar.WindowCall
	scalar.Walk(e, func(x scalar.Expr) bool {
		if w, ok := x.(*scalar.WindowCall); ok && found == nil {
			found = w
		}
		return found == nil
	})
	return found
}

// windowDefinition binds a window; depth counts references to other windows, which must be defined earlier.
func (s *stmt) windowDefinition(sc *scope, def *pg.WindowDef, depth int) (*scalar.Window, error) {
	span := s.span(def.Location)
	if depth == 0 && def.Name != "" { // OVER name
		named, at := findWindow(sc.windows, def.Name)
		if named == nil {
			return nil, diag.UndefinedObject.At(span, "window %q does not exist", def.Name)
		}
		return s.namedWindow(sc, named, at)
	}
	return s.inlineWindow(sc, def, len(sc.windows), span)
}

func findWindow(list []*pg.WindowDef, name string) (*pg.WindowDef, int) {
	for i, w := range list {
		if w.Name == name {
			return w, i
		}
	}
	return nil, 0
}

// namedWindow binds an entry of the WINDOW clause, which may refer to entries before it.
func (s *stmt) namedWindow(sc *scope, def *pg.WindowDef, index int) (*scalar.Window, error) {
	return s.inlineWindow(sc, def, index, s.span(def.Location))
}

// inlineWindow binds a window's clauses on top of the window it copies, one of the first visible entries of WINDOW.
func (s *stmt) inlineWindow(sc *scope, def *pg.WindowDef, visible int, span diag.Span) (*scalar.Window, error) {
	out := &scalar.Window{}
	if def.Refname != "" {
		base, at := findWindow(sc.windows[:visible], def.Refname)
		if base == nil {
			return nil, diag.UndefinedObject.At(span, "window %q does not exist", def.Refname)
		}
		copied, err := s.namedWindow(sc, base, at)
		if err != nil {
			return nil, err
		}
		switch {
		case len(def.PartitionClause) > 0:
			return nil, diag.Windowing.At(span, "cannot override PARTITION BY clause of window %q", def.Refname)
		case len(def.OrderClause) > 0 && len(copied.OrderBy) > 0:
			return nil, diag.Windowing.At(span, "cannot override ORDER BY clause of window %q", def.Refname)
		case base.FrameOptions&frameNonDefault != 0:
			return nil, diag.Windowing.At(span, "cannot copy window %q because it has a frame clause", def.Refname)
		}
		out.PartitionBy, out.OrderBy = copied.PartitionBy, copied.OrderBy
	}
	before := sc.clause
	sc.clause = inWindow
	err := s.windowClauses(sc, def, out)
	sc.clause = before
	return out, err
}

func (s *stmt) windowClauses(sc *scope, def *pg.WindowDef, out *scalar.Window) error {
	for _, n := range def.PartitionClause {
		e, err := s.expr(sc, n)
		if err != nil {
			return err
		}
		if e, err = s.textIfUnknown(e); err != nil {
			return err
		}
		if err := s.checkEquality(e, e.Span()); err != nil {
			return err
		}
		out.PartitionBy = append(out.PartitionBy, e)
	}
	if len(def.OrderClause) > 0 {
		keys, err := s.aggregateOrder(sc, def.OrderClause)
		if err != nil {
			return err
		}
		out.OrderBy = keys
	}
	return s.frame(sc, def, out)
}

// checkEquality refuses grouping by types without an order, as PostgreSQL does (json).
func (s *stmt) checkEquality(e scalar.Expr, span diag.Span) error {
	if err := comparesRow(e, span); err != nil {
		return err
	}
	if _, ok := s.types.Ordering(s.oid(e)); !ok {
		return diag.UndefinedFunction.At(span, "could not identify an equality operator for type %s", unmodified(e.Type()))
	}
	return nil
}

func (s *stmt) frame(sc *scope, def *pg.WindowDef, out *scalar.Window) error {
	o := int(def.FrameOptions)
	if o&frameNonDefault == 0 {
		return nil
	}
	f := &out.Frame
	switch {
	case o&frameRows != 0:
		f.Mode = "rows"
	case o&frameGroups != 0:
		f.Mode = "groups"
		if len(out.OrderBy) == 0 {
			return diag.Windowing.At(s.span(def.Location), "GROUPS mode requires an ORDER BY clause")
		}
	case o&frameRange != 0:
		f.Mode = "range"
	}
	switch {
	case o&frameExcludeCurrentRow != 0:
		f.Exclude = "current row"
	case o&frameExcludeGroup != 0:
		f.Exclude = "group"
	case o&frameExcludeTies != 0:
		f.Exclude = "ties"
	}
	switch {
	case o&frameStartUnboundedPreceding != 0:
		f.Start = scalar.UnboundedPreceding
	case o&frameStartOffsetPreceding != 0:
		f.Start = scalar.OffsetPreceding
	case o&frameStartCurrentRow != 0:
		f.Start = scalar.CurrentRow
	case o&frameStartOffsetFollowing != 0:
		f.Start = scalar.OffsetFollowing
	case o&frameStartUnboundedFollowing != 0:
		f.Start = scalar.UnboundedFollowing
	}
	switch {
	case o&frameEndUnboundedPreceding != 0:
		f.End = scalar.UnboundedPreceding
	case o&frameEndOffsetPreceding != 0:
		f.End = scalar.OffsetPreceding
	case o&frameEndCurrentRow != 0:
		f.End = scalar.CurrentRow
	case o&frameEndOffsetFollowing != 0:
		f.End = scalar.OffsetFollowing
	case o&frameEndUnboundedFollowing != 0:
		f.End = scalar.UnboundedFollowing
	}
	var err error
	if f.Mode == "range" && (def.StartOffset != nil || def.EndOffset != nil) && len(out.OrderBy) != 1 {
		return diag.Windowing.At(s.span(def.Location), "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column")
	}
	if f.StartOffset, err = s.frameOffset(sc, def.StartOffset, f.Mode, out); err != nil {
		return err
	}
	f.EndOffset, err = s.frameOffset(sc, def.EndOffset, f.Mode, out)
	return err
}

// frameOffset binds the n of n PRECEDING: a number of rows or groups, or a distance in the order column's values.
func (s *stmt) frameOffset(sc *scope, n *pg.Node, mode string, w *scalar.Window) (scalar.Expr, error) {
	if n == nil {
		return nil, nil
	}
	sc.clause = inFrame
	e, err := s.expr(sc, n)
	sc.clause = inWindow
	if err != nil {
		return nil, err
	}
	name := map[string]string{"rows": "ROWS", "groups": "GROUPS", "range": "RANGE"}[mode]
	if s.usesLevel(e, sc) {
		return nil, diag.ColumnReference.At(e.Span(), "argument of %s must not contain variables", name)
	}
	if mode != "range" {
		return s.coerceClause(e, value.Of(value.Int8), name)
	}
	to, ok := distanceType(w.OrderBy[0].Expr.Type(), e.Type())
	if !ok {
		return nil, diag.NotInPostgres.At(e.Span(), "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s",
			unmodified(w.OrderBy[0].Expr.Type()))
	}
	out, ok, err := s.coerceTo(e, to, builtin.Implicit, e.Span())
	if err == nil && !ok {
		err = diag.NotInPostgres.At(e.Span(), "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s and offset type %s",
			unmodified(w.OrderBy[0].Expr.Type()), unmodified(e.Type()))
	}
	return out, err
}

// distanceType is the type of an in_range function's offset (btree support function 3) for an order column's type.
func distanceType(column, offset value.Type) (value.Type, bool) {
	switch column.Kind {
	case value.Int2, value.Int4, value.Int8:
		if isInteger(offset.Kind) {
			return offset.Base(), true
		}
		return value.Of(column.Kind), true
	case value.Float4, value.Float8:
		return value.Of(value.Float8), true
	case value.Numeric:
		return value.Of(value.Numeric), true
	case value.Date, value.Time, value.Timestamp, value.Timestamptz, value.Interval:
		return value.Of(value.Interval), true
	}
	return value.Type{}, false
}
