package norm

import (
	"fmt"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Env is what the passes share while they normalise one statement.
type Env struct {
	Columns *scalar.Columns
	// Fired counts how often each rule fired; nil when nobody asks.
	Fired map[string]int
	// Off names passes that are left out; required ones are not.
	Off map[string]bool
	// References says that foreign keys hold for the rows that are read: not inside triggers.
	References bool
	// Verify checks the tree after every pass; a violation panics. Tests set it.
	Verify bool

	known   props.Cache
	changes int
}

// pass is one step of a round.
type pass struct {
	name string
	fn   func(e *Env, r algebra.Rel, need scalar.ColSet) algebra.Rel
	// required passes bring about what later stages rely on; the others only make plans better.
	required bool
	reason   string
}

var passes = []pass{
	{"fold", (*Env).fold, false, "constants decide conditions"},
	{"decorrelate", (*Env).decorrelate, true, "lowering knows no null-aware Apply"},
	{"push", (*Env).push, false, "conditions reach the scans that they select from"},
	{"equate", (*Env).equate, false, "what is equal to a parameter can be looked up by it"},
	{"flatten", (*Env).flatten, false, "joins see each other, and the tables, without projections between"},
	{"windows", (*Env).windows, false, "windows see only the rows that their results need"},
	{"prune", (*Env).prune, false, "columns, joins and functions that nobody reads disappear"},
	{"reduce", (*Env).reduce, false, "operators that change nothing disappear"},
}

// order says which pass must stand before which in the table, and why.
var order = []struct{ before, after, reason string }{
	{"fold", "push", "conjunctions are flat before they are split"},
	{"decorrelate", "push", "a condition of a subquery becomes a join condition before it is pushed"},
	{"push", "equate", "equalities stand at their joins before classes are built"},
	{"flatten", "windows", "a window stands below one projection"},
	{"flatten", "prune", "an unused join is recognised when no projection mentions its columns"},
	{"prune", "reduce", "a key is recognised in the output once other columns are gone"},
}

func init() {
	at := map[string]int{}
	for i, p := range passes {
		at[p.name] = i
	}
	for _, o := range order {
		if at[o.before] >= at[o.after] {
			panic(fmt.Sprintf("norm: pass %s must stand before %s: %s", o.before, o.after, o.reason))
		}
	}
}

// maxRounds bounds the rounds. Every rule makes the tree smaller, or moves a condition down, or a projection up, so that
// rounds end by themselves; a handful is the rule.
const maxRounds = 40

// Run normalises a relation of which the columns in need are used. Its output has at least those.
func (e *Env) Run(r algebra.Rel, need scalar.ColSet) algebra.Rel {
	r = algebra.MapExprs(r, e.Expr)
	if e.known == nil {
		e.known = props.Cache{}
	}
	for range maxRounds {
		before := e.changes
		for _, p := range passes {
			if e.Off[p.name] && !p.required {
				continue
			}
			r = p.fn(e, r, need)
			if e.Verify {
				e.verify(p.name, r)
			}
		}
		if e.changes == before {
			return r
		}
	}
	if e.Verify {
		panic("norm: the rules do not come to an end:\n" + algebra.Format(r, e.Columns))
	}
	return r
}

func (e *Env) verify(pass string, r algebra.Rel) {
	if err := algebra.Check(r, e.Columns, algebra.FreeColumns(r)); err != nil {
		panic(fmt.Sprintf("norm: after pass %s: %v", pass, err))
	}
}

// fire notes that a rule changed the tree.
func (e *Env) fire(rule string) {
	e.changes++
	if e.Fired != nil {
		e.Fired[rule]++
	}
}

// Unique reports whether no two rows of r have the same values in cols.
func (e *Env) Unique(r algebra.Rel, cols scalar.ColSet) bool { return e.of(r).Unique(cols) }

func (e *Env) of(r algebra.Rel) *props.Props {
	if e.known == nil {
		e.known = props.Cache{}
	}
	return e.known.Of(r)
}

// Expr folds an expression and normalises the relations inside it. Their output columns keep their positions.
func (e *Env) Expr(x scalar.Expr) scalar.Expr {
	if x == nil {
		return nil
	}
	x = e.foldExpr(x)
	if !scalar.HasSubquery(x) {
		return x
	}
	return mapSubqueries(x, func(s *scalar.Subquery, rel algebra.Rel) algebra.Rel {
		outs := algebra.OutputCols(rel)
		need := scalar.SetOf(outs...)
		if s.Kind == scalar.ExistsSubquery {
			only := &algebra.Apply{Right: rel}
			e.existence(only)
			outs, need, rel = nil, scalar.ColSet{}, only.Right
		}
		r := e.Run(rel, need)
		if len(outs) == 0 || sameIDs(algebra.OutputCols(r), outs) {
			return r
		}
		return e.columns(r, outs)
	})
}

// mapSubqueries rewrites the relations directly inside an expression.
func mapSubqueries(x scalar.Expr, f func(*scalar.Subquery, algebra.Rel) algebra.Rel) scalar.Expr {
	m := scalar.MapChildren(x, func(c scalar.Expr) scalar.Expr { return mapSubqueries(c, f) })
	s, ok := m.(*scalar.Subquery)
	if !ok {
		return m
	}
	rel, ok := s.Query.(algebra.Rel)
	if !ok {
		return m
	}
	c := *s
	c.Query = f(s, rel)
	return &c
}

// Exprs is Expr for each of a list.
func (e *Env) Exprs(list []scalar.Expr) []scalar.Expr {
	out := make([]scalar.Expr, len(list))
	for i, x := range list {
		out[i] = e.Expr(x)
	}
	return out
}

// Items is Expr for each of a list of computed columns.
func (e *Env) Items(list []algebra.Item) []algebra.Item {
	out := make([]algebra.Item, len(list))
	for i, it := range list {
		out[i] = algebra.Item{ID: it.ID, Expr: e.Expr(it.Expr)}
	}
	return out
}

// columns projects r to the given columns.
func (e *Env) columns(r algebra.Rel, ids []algebra.ColumnID) algebra.Rel {
	p := &algebra.Project{In: r, Items: make([]algebra.Item, len(ids))}
	for i, id := range ids {
		p.Items[i] = algebra.Item{ID: id, Expr: e.Columns.Ref(id)}
	}
	return p
}

func sameIDs(a, b []algebra.ColumnID) bool {
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

// filtered filters r by the conjuncts, if there are any.
func filtered(r algebra.Rel, conds []scalar.Expr) algebra.Rel {
	if len(conds) == 0 {
		return r
	}
	return &algebra.Filter{In: r, Cond: scalar.Conjunction(conds...)}
}
