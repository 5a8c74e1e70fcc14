package norm

import (
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// fold simplifies expressions, and the operators that constant conditions decide.
func (e *Env) fold(r algebra.Rel, _ scalar.ColSet) algebra.Rel {
	return algebra.Rewrite(r, func(x algebra.Rel) algebra.Rel {
		x = algebra.MapOwnExprs(x, e.foldExpr)
		switch x := x.(type) {
		case *algebra.Filter:
			return e.foldFilter(x)
		case *algebra.Join:
			if x.On == nil {
				return e.foldEmpty(x)
			}
			on, none := e.foldConjuncts(scalar.Conjuncts(x.On), e.of(x.Left).NotNull.Union(e.of(x.Right).NotNull))
			if none && !x.NullAware {
				on = []scalar.Expr{scalar.Boolean(false)}
			}
			if x.NullAware {
				return e.foldEmpty(x)
			}
			return e.withOn(x, on)
		case *algebra.Apply:
			if x.On != nil && scalar.IsTrueConst(single(x.On)) {
				e.fire("drop-true")
				c := *x
				c.On = nil
				return e.foldEmpty(&c)
			}
			return e.foldApply(x)
		}
		return e.foldEmpty(x)
	})
}

// withOn replaces a join's condition if the conjuncts differ.
func (e *Env) withOn(x *algebra.Join, on []scalar.Expr) algebra.Rel {
	if sameExprs(on, scalar.Conjuncts(x.On)) && (x.On == nil) == (len(on) == 0) {
		return e.foldEmpty(x)
	}
	c := *x
	c.On = scalar.Conjunction(on...)
	return e.foldEmpty(&c)
}

func sameExprs(a, b []scalar.Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// foldFilter drops conjuncts that are always true, and replaces by no rows what a filter never lets through.
func (e *Env) foldFilter(x *algebra.Filter) algebra.Rel {
	conds, none := e.foldConjuncts(scalar.Conjuncts(x.Cond), e.of(x.In).NotNull)
	if none {
		e.fire("filter-never-true")
		return empty(x)
	}
	if len(conds) == 0 {
		return x.In
	}
	if sameExprs(conds, scalar.Conjuncts(x.Cond)) {
		return e.foldEmpty(x)
	}
	return e.foldEmpty(&algebra.Filter{In: x.In, Cond: scalar.Conjunction(conds...)})
}

// foldConjuncts drops true conjuncts and repeated ones. none reports that one is never true.
func (e *Env) foldConjuncts(conds []scalar.Expr, notNull scalar.ColSet) (out []scalar.Expr, none bool) {
next:
	for _, c := range conds {
		c = e.decidedTests(c, notNull)
		c = e.withoutNulls(e.plainEquality(c, notNull))
		switch {
		case scalar.IsTrueConst(c):
			e.fire("drop-true")
			continue
		case scalar.IsFalseOrNullConst(c):
			return nil, true
		}
		for _, old := range out {
			if scalar.Equal(old, c) && !scalar.HasSubquery(c) {
				e.fire("drop-repeated")
				continue next
			}
		}
		out = append(out, c)
	}
	return out, false
}

// decidedTests decides what asks whether something is NULL that never is, wherever it stands in a condition, none of whose parts
// raises an error that would be lost.
func (e *Env) decidedTests(c scalar.Expr, notNull scalar.ColSet) scalar.Expr {
	if !props.Total(c) {
		return c
	}
	decided := false
	out := scalar.Map(c, func(x scalar.Expr) scalar.Expr {
		n, ok := x.(*scalar.IsNull)
		if !ok || scalar.HasSubquery(n.Arg) || !props.Total(n.Arg) || !props.NotNull(n.Arg, notNull) {
			return x
		}
		decided = true
		return scalar.Boolean(n.Negated)
	})
	if !decided {
		return c
	}
	e.fire("null-test-of-not-null")
	return e.foldExpr(out)
}

// withoutNulls drops NULLs from the list of a condition x op ANY (list), where they cannot make it true; x op ALL (list) is never
// true when there is one.
func (e *Env) withoutNulls(c scalar.Expr) scalar.Expr {
	in, ok := c.(*scalar.InList)
	if !ok || !in.Op.Strict {
		return c
	}
	var list []scalar.Expr
	for _, x := range in.List {
		if k, ok := x.(*scalar.Const); !ok || !k.Null {
			list = append(list, x)
		}
	}
	if len(list) == len(in.List) {
		return c
	}
	e.fire("null-in-list")
	if in.All || len(list) == 0 {
		return scalar.Boolean(false)
	}
	d := *in
	d.List = list
	return &d
}

// plainEquality makes a = b of a IS NOT DISTINCT FROM b where a is never NULL: for a NULL b the one is false and the other
// unknown, and neither lets a row through.
func (e *Env) plainEquality(c scalar.Expr, notNull scalar.ColSet) scalar.Expr {
	d, ok := c.(*scalar.IsDistinct)
	if !ok || !d.Negated || scalar.HasSubquery(c) || !props.NotNull(d.Left, notNull) && !props.NotNull(d.Right, notNull) {
		return c
	}
	e.fire("not-distinct-is-equal")
	return scalar.CompareCall(d.Eq, d.Left, d.Right)
}

// empty is no rows with r's columns.
func empty(r algebra.Rel) algebra.Rel { return &algebra.Values{Cols: algebra.OutputCols(r)} }

func isEmpty(r algebra.Rel) bool {
	v, ok := r.(*algebra.Values)
	return ok && len(v.Rows) == 0
}

// isZero reports whether a LIMIT is 0.
func isZero(e scalar.Expr) bool {
	c, ok := e.(*scalar.Const)
	return ok && !c.Null && c.Text == "0"
}

// foldEmpty carries the absence of rows upwards. Filter and Project over nothing are nothing; so is an inner or semi join with
// an empty side; the unmatched side of an outer join stays, padded with NULLs.
func (e *Env) foldEmpty(r algebra.Rel) algebra.Rel {
	none := func() algebra.Rel {
		e.fire("empty-input")
		return empty(r)
	}
	switch x := r.(type) {
	case *algebra.Filter:
		if isEmpty(x.In) {
			return none()
		}
	case *algebra.Project:
		if isEmpty(x.In) {
			return none()
		}
	case *algebra.Distinct:
		if isEmpty(x.In) {
			return none()
		}
	case *algebra.TopK: // LIMIT 0 asks for no row, so that none fails
		if (isEmpty(x.In) || isZero(x.Limit)) && props.TotalRel(&algebra.TopK{In: empty(x.In), Limit: x.Limit, Offset: x.Offset}) {
			return none()
		}
	case *algebra.Window:
		if isEmpty(x.In) && validOffset(x, x.Frame.StartOffset) && validOffset(x, x.Frame.EndOffset) {
			return none()
		}
	case *algebra.GroupBy:
		if isEmpty(x.In) && !x.Scalar {
			return none()
		}
	case *algebra.Join:
		return e.emptyJoin(x)
	case *algebra.Apply:
		if isEmpty(x.Left) || isEmpty(x.Right) && (x.Kind == algebra.Inner || x.Kind == algebra.Semi) {
			return none()
		}
	case *algebra.SetOp:
		return e.emptySetOp(x)
	}
	return r
}

// validOffset reports whether a frame's offset raises nothing where there is no row: PostgreSQL looks at it all the same. In a RANGE frame it
// is only compared with rows.
func validOffset(w *algebra.Window, e scalar.Expr) bool {
	if e == nil {
		return true
	}
	c, ok := e.(*scalar.Const)
	return ok && !c.Null && (w.Frame.Mode == "range" || !strings.HasPrefix(c.Text, "-"))
}

// foldApply decides an Apply whose condition is never true.
func (e *Env) foldApply(x *algebra.Apply) algebra.Rel {
	never := false
	for _, c := range scalar.Conjuncts(x.On) {
		never = never || scalar.IsFalseOrNullConst(c) && !x.NullAware
	}
	if !never {
		return e.foldEmpty(x)
	}
	e.fire("join-nothing")
	switch x.Kind {
	case algebra.Anti:
		return x.Left
	case algebra.Left:
		return e.padded(x.Left, algebra.OutputCols(x.Right))
	}
	return empty(x)
}

func (e *Env) emptyJoin(x *algebra.Join) algebra.Rel {
	never := false
	for _, c := range scalar.Conjuncts(x.On) {
		never = never || scalar.IsFalseOrNullConst(c) && !x.NullAware
	}
	left, right := isEmpty(x.Left), isEmpty(x.Right) || never
	switch x.Kind {
	case algebra.Inner, algebra.Semi:
		if left || right {
			e.fire("empty-input")
			return empty(x)
		}
	case algebra.Left:
		if left {
			e.fire("empty-input")
			return empty(x)
		}
		if right {
			e.fire("join-nothing")
			return e.padded(x.Left, algebra.OutputCols(x.Right))
		}
	case algebra.Anti:
		if left {
			e.fire("empty-input")
			return empty(x)
		}
		if right {
			e.fire("join-nothing")
			return x.Left
		}
	case algebra.Full:
		if isEmpty(x.Left) && isEmpty(x.Right) {
			e.fire("empty-input")
			return empty(x)
		}
	}
	return x
}

// padded is r with further columns that are NULL.
func (e *Env) padded(r algebra.Rel, nulls []algebra.ColumnID) algebra.Rel {
	p := &algebra.Project{In: r}
	for _, id := range algebra.OutputCols(r) {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: e.Columns.Ref(id)})
	}
	for _, id := range nulls {
		e.Columns.Get(id).Nullable = true
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: scalar.NullOf(e.Columns.Get(id).Type)})
	}
	return p
}

// emptySetOp: of a union, the other side stays, as of EXCEPT the left side; duplicates are still removed. What a side computes for nothing
// PostgreSQL computes too, and it may fail.
func (e *Env) emptySetOp(x *algebra.SetOp) algebra.Rel {
	l, r := isEmpty(x.Left), isEmpty(x.Right)
	var keep algebra.Rel
	var cols []algebra.ColumnID
	switch {
	case !l && !r:
		return x
	case l && r, x.Kind == algebra.Intersect, x.Kind == algebra.Except && l:
		if !props.TotalRel(x.Left) || !props.TotalRel(x.Right) {
			return x
		}
		e.fire("empty-input")
		return empty(x)
	case l:
		keep, cols = x.Right, x.RightCols
	default:
		keep, cols = x.Left, x.LeftCols
	}
	e.fire("set-operation-with-nothing")
	p := &algebra.Project{In: keep}
	for i, id := range x.Cols {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: e.Columns.Ref(cols[i])})
	}
	if x.All {
		return p
	}
	return &algebra.Distinct{In: p}
}

// foldExpr simplifies an expression from the leaves up.
func (e *Env) foldExpr(x scalar.Expr) scalar.Expr {
	if x == nil {
		return nil
	}
	m := scalar.MapChildren(x, e.foldExpr)
	switch n := m.(type) {
	case *scalar.And:
		return e.foldAnd(n)
	case *scalar.Or:
		return e.foldOr(n)
	case *scalar.Not:
		return e.foldNot(n)
	case *scalar.Case:
		return e.foldCase(n)
	case *scalar.Coalesce:
		return e.foldCoalesce(n)
	case *scalar.Call:
		return e.foldCall(n)
	case *scalar.ViaText:
		return e.computed(n)
	case *scalar.IsNull:
		return e.foldIsNull(n)
	case *scalar.IsDistinct:
		return e.foldIsDistinct(n)
	}
	return m
}

func (e *Env) foldIsNull(x *scalar.IsNull) scalar.Expr {
	if c, ok := x.Arg.(*scalar.Const); ok {
		e.fire("fold-constant")
		return scalar.Boolean(c.Null != x.Negated)
	}
	return x
}

// foldIsDistinct makes a IS NULL of a IS NOT DISTINCT FROM NULL.
func (e *Env) foldIsDistinct(x *scalar.IsDistinct) scalar.Expr {
	for _, sides := range [][2]scalar.Expr{{x.Left, x.Right}, {x.Right, x.Left}} {
		if c, ok := sides[1].(*scalar.Const); ok && c.Null {
			e.fire("distinct-from-null")
			return e.foldIsNull(&scalar.IsNull{Node: x.Node, Arg: sides[0], Negated: !x.Negated})
		}
	}
	return x
}

// foldAnd flattens, drops true, and is false when a part is. A single part remains an And of one where conditions are
// expected; Conjunction makes that.
func (e *Env) foldAnd(x *scalar.And) scalar.Expr {
	flat := scalar.Conjuncts(x)
	var out []scalar.Expr
	for _, a := range flat {
		switch {
		case scalar.IsTrueConst(a):
			if len(flat) > 1 {
				e.fire("fold-constant")
			}
			continue
		case isFalse(a):
			if len(flat) > 1 {
				e.fire("fold-constant")
			}
			return &scalar.And{Node: x.Node, Args: []scalar.Expr{a}}
		}
		out = append(out, a)
	}
	if len(out) == 0 {
		if len(flat) == 1 {
			return x
		}
		return &scalar.And{Node: x.Node, Args: []scalar.Expr{scalar.Boolean(true)}}
	}
	if sameExprs(out, x.Args) {
		return x
	}
	return &scalar.And{Node: x.Node, Args: out}
}

func isFalse(e scalar.Expr) bool {
	c, ok := e.(*scalar.Const)
	return ok && !c.Null && c.Typ.Kind == value.Bool && !scalar.IsTrueConst(e)
}

// single is what an And or Or of one part is.
func single(e scalar.Expr) scalar.Expr {
	for {
		switch x := e.(type) {
		case *scalar.And:
			if len(x.Args) != 1 {
				return e
			}
			e = x.Args[0]
		case *scalar.Or:
			if len(x.Args) != 1 {
				return e
			}
			e = x.Args[0]
		default:
			return e
		}
	}
}

// foldOr flattens, drops false, is true when a part is, and takes out what all parts have in common:
// (a AND b) OR (a AND c) is a AND (b OR c), in three-valued logic too.
func (e *Env) foldOr(x *scalar.Or) scalar.Expr {
	var out []scalar.Expr
	changed := false
	var add func(scalar.Expr)
	add = func(a scalar.Expr) {
		s := single(a)
		changed = changed || s != a
		if inner, ok := s.(*scalar.Or); ok {
			changed = true
			for _, b := range inner.Args {
				add(b)
			}
			return
		}
		out = append(out, s)
	}
	for _, a := range x.Args {
		add(a)
	}
	kept := out[:0:0]
	for _, a := range out {
		if scalar.IsTrueConst(a) {
			e.fire("fold-constant")
			return a
		}
		if isFalse(a) {
			e.fire("fold-constant")
			changed = true
			continue
		}
		kept = append(kept, a)
	}
	if len(kept) == 0 {
		return scalar.Boolean(false)
	}
	if len(kept) == 1 {
		return kept[0]
	}
	if f := e.commonFactor(x.Node, kept); f != nil {
		return f
	}
	if !changed {
		return x
	}
	return &scalar.Or{Node: x.Node, Args: kept}
}

// commonFactor takes the conjuncts out of a disjunction that all its parts have.
func (e *Env) commonFactor(node scalar.Node, parts []scalar.Expr) scalar.Expr {
	var common []scalar.Expr
	for _, c := range scalar.Conjuncts(parts[0]) {
		everywhere := !scalar.HasSubquery(c)
		for _, p := range parts[1:] {
			everywhere = everywhere && containsExpr(scalar.Conjuncts(p), c)
		}
		if everywhere {
			common = append(common, c)
		}
	}
	if len(common) == 0 {
		return nil
	}
	e.fire("or-common-factor")
	var rest []scalar.Expr
	for _, p := range parts {
		var left []scalar.Expr
		for _, c := range scalar.Conjuncts(p) {
			if !containsExpr(common, c) {
				left = append(left, c)
			}
		}
		if len(left) == 0 { // a OR (a AND b) is a
			return single(scalar.Conjunction(common...))
		}
		rest = append(rest, single(scalar.Conjunction(left...)))
	}
	return scalar.Conjunction(append(common, &scalar.Or{Node: node, Args: rest})...)
}

func containsExpr(list []scalar.Expr, e scalar.Expr) bool {
	for _, x := range list {
		if scalar.Equal(x, e) {
			return true
		}
	}
	return false
}

// foldNot moves a negation to the comparisons (De Morgan), where it becomes their negator.
func (e *Env) foldNot(x *scalar.Not) scalar.Expr {
	arg := single(x.Arg)
	var parts []scalar.Expr
	switch a := arg.(type) {
	case *scalar.And:
		parts = a.Args
	case *scalar.Or:
		parts = a.Args
	default:
		n := scalar.Negate(arg)
		if m, ok := n.(*scalar.Not); ok {
			if c, ok := m.Arg.(*scalar.Const); ok && c.Null {
				e.fire("fold-constant")
				return c
			}
			if m.Arg == x.Arg {
				return x
			}
			return n
		}
		e.fire("negate-operator")
		return n
	}
	e.fire("de-morgan")
	neg := make([]scalar.Expr, len(parts))
	for i, p := range parts {
		neg[i] = e.foldExpr(&scalar.Not{Node: scalar.Node{Typ: x.Typ, Pos: p.Span()}, Arg: p})
	}
	if _, isAnd := arg.(*scalar.And); isAnd {
		return e.foldOr(&scalar.Or{Node: x.Node, Args: neg})
	}
	return scalar.Conjunction(neg...)
}

func (e *Env) foldCase(x *scalar.Case) scalar.Expr {
	var whens []scalar.When
	els := x.Else
	changed := false
	for _, w := range x.Whens {
		cond := single(w.Cond)
		if scalar.IsFalseOrNullConst(cond) {
			changed = true
			continue
		}
		if scalar.IsTrueConst(cond) {
			els, changed = w.Then, true
			break
		}
		whens = append(whens, w)
	}
	if !changed {
		return x
	}
	e.fire("fold-constant")
	if len(whens) == 0 {
		if els == nil {
			return scalar.NullOf(x.Typ)
		}
		if els.Type().Equal(x.Typ) {
			return els
		}
	}
	if len(whens) == 0 {
		return &scalar.Relabel{Node: x.Node, Arg: els}
	}
	return &scalar.Case{Node: x.Node, Whens: whens, Else: els}
}

func (e *Env) foldCoalesce(x *scalar.Coalesce) scalar.Expr {
	var args []scalar.Expr
	for _, a := range x.Args {
		c, constant := a.(*scalar.Const)
		if constant && c.Null {
			continue
		}
		args = append(args, a)
		if constant {
			break
		}
	}
	switch {
	case len(args) == len(x.Args) && len(args) > 1:
		return x
	case len(args) == 0:
		e.fire("fold-constant")
		return scalar.NullOf(x.Typ)
	case len(args) == 1 && args[0].Type().Equal(x.Typ):
		e.fire("fold-constant")
		return args[0]
	case len(args) == len(x.Args):
		return x
	}
	e.fire("fold-constant")
	return &scalar.Coalesce{Node: x.Node, Args: args}
}

// computed is the constant that a conversion or integer arithmetic of constants gives.
func (e *Env) computed(x scalar.Expr) scalar.Expr {
	c := scalar.Fold(x)
	if c != x {
		e.fire("fold-constant")
	}
	return c
}

// foldCall evaluates comparisons of constants, and strict functions of NULL.
func (e *Env) foldCall(x *scalar.Call) scalar.Expr {
	if x.Fn.Strict {
		for _, a := range x.Args {
			if c, ok := a.(*scalar.Const); ok && c.Null {
				e.fire("fold-constant")
				return scalar.NullOf(x.Typ)
			}
		}
	}
	op := scalar.ComparisonOf(x.Fn)
	if op == scalar.NotComparison || len(x.Args) != 2 {
		return e.computed(x)
	}
	a, okA := x.Args[0].(*scalar.Const)
	b, okB := x.Args[1].(*scalar.Const)
	if !okA || !okB {
		return x
	}
	sign, ok := compareConsts(a, b)
	if !ok {
		return x
	}
	e.fire("fold-constant")
	truth := false
	switch op {
	case scalar.EQ:
		truth = sign == 0
	case scalar.NE:
		truth = sign != 0
	case scalar.LT:
		truth = sign < 0
	case scalar.LE:
		truth = sign <= 0
	case scalar.GT:
		truth = sign > 0
	case scalar.GE:
		truth = sign >= 0
	}
	return scalar.Boolean(truth)
}

// compareConsts compares integers and texts.
func compareConsts(a, b *scalar.Const) (sign int, ok bool) {
	integer := func(t value.Type) bool { return t.Kind == value.Int2 || t.Kind == value.Int4 || t.Kind == value.Int8 }
	text := func(t value.Type) bool { return t.Kind == value.Text || t.Kind == value.Varchar }
	switch {
	case integer(a.Typ) && integer(b.Typ):
		x, errX := strconv.ParseInt(a.Text, 10, 64)
		y, errY := strconv.ParseInt(b.Text, 10, 64)
		if errX != nil || errY != nil {
			return 0, false
		}
		switch {
		case x < y:
			return -1, true
		case x > y:
			return 1, true
		}
		return 0, true
	case text(a.Typ) && text(b.Typ):
		switch {
		case a.Text < b.Text:
			return -1, true
		case a.Text > b.Text:
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
