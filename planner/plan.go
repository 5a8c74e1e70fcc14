package planner

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/norm"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Plan translates a bound statement to algebra and normalises it.
func Plan(s *bound.Statement) (*algebra.Statement, diag.List) {
	out, problems := Translate(s)
	if problems.HasErrors() {
		return out, problems
	}
	Normalise(out, &norm.Env{Columns: out.Columns, References: true})
	return out, problems
}

// Translate is the first half of Plan: the statement as it was written.
func Translate(s *bound.Statement) (*algebra.Statement, diag.List) {
	t := &translator{
		cols:      s.Columns,
		relations: map[*bound.Query]algebra.Rel{},
		working:   map[*bound.CTE]int{},
		known:     props.Cache{},
	}
	if t.cols == nil {
		t.cols = &scalar.Columns{}
	}
	out := &algebra.Statement{Name: s.Name, Columns: t.cols, Params: s.Params, Options: s.Options, SQL: s.SQL, Span: s.Span}
	out.Body = t.body(s.Body)
	return out, t.diags
}

// body translates what a statement does.
func (t *translator) body(b bound.Body) algebra.Body {
	switch b := b.(type) {
	case *bound.Query:
		return &algebra.Query{Root: t.query(b), Outputs: t.outputs(b.Targets)}
	case *bound.Insert:
		return t.insert(b)
	case *bound.Update:
		return t.update(b)
	case *bound.Delete:
		return t.delete(b)
	case *bound.Compound:
		return t.compound(b)
	case *bound.Merge:
		return t.merge(b)
	case *bound.Routine:
		return t.routine(b)
	}
	return nil
}

// Normalise applies the rules of package norm to a statement, whose body it replaces.
func Normalise(s *algebra.Statement, env *norm.Env) {
	switch b := s.Body.(type) {
	case *algebra.Routine:
		s.Body = normaliseRoutine(s, b, env)
	case *algebra.Compound:
		each := func(b algebra.Body) algebra.Body {
			part := *s
			part.Body = b
			Normalise(&part, env)
			return part.Body
		}
		c := &algebra.Compound{Main: each(b.Main), Merge: b.Merge}
		for _, p := range b.Parts {
			p.Body = each(p.Body)
			c.Parts = append(c.Parts, p)
		}
		s.Body = c
	case *algebra.Query:
		c := *b
		var need scalar.ColSet
		for _, o := range b.Outputs {
			need.Add(o.ID)
		}
		c.Root = env.Run(b.Root, need)
		c.Constants = env.Constants(b.Root, need)
		s.Body = &c
	case *algebra.Insert:
		c := *b
		c.Effects = normaliseEffects(s, b.Effects, env)
		c.Assign = env.Exprs(b.Assign)
		c.Returning = env.Items(b.Returning)
		var need scalar.ColSet
		for _, e := range c.Assign {
			scalar.AddColumns(&need, e)
		}
		c.Source = env.Run(b.Source, need)
		c.Constants = env.Constants(b.Source, need, writtenExprs(b.Assign, b.OnConflict, b.Returning)...)
		s.Body = &c
	case *algebra.Update:
		c := *b
		c.Effects = normaliseEffects(s, b.Effects, env)
		c.Set = append([]bound.Assign(nil), b.Set...)
		c.Returning = env.Items(b.Returning)
		need := rowColumns(b.Old, b.RowID, c.Returning)
		var set []scalar.Expr
		for i := range c.Set {
			set = append(set, b.Set[i].Expr)
			c.Set[i].Expr = env.Expr(c.Set[i].Expr)
			scalar.AddColumns(&need, c.Set[i].Expr)
		}
		c.Source = env.Run(b.Source, need)
		c.Constants = env.Constants(b.Source, need, writtenExprs(set, nil, b.Returning)...)
		c.Multi = b.Multi && !env.Unique(c.Source, keyColumns(b.Table.PrimaryKey, b.Old, b.RowID))
		s.Body = &c
	case *algebra.Delete:
		c := *b
		c.Effects = normaliseEffects(s, b.Effects, env)
		c.Returning = env.Items(b.Returning)
		need := rowColumns(b.Old, b.RowID, c.Returning)
		c.Source = env.Run(b.Source, need)
		c.Constants = env.Constants(b.Source, need, writtenExprs(nil, nil, b.Returning)...)
		c.Multi = b.Multi && !env.Unique(c.Source, keyColumns(b.Table.PrimaryKey, b.Old, b.RowID))
		s.Body = &c
	}
}

// writtenExprs are the expressions of a write outside of its source.
func writtenExprs(list []scalar.Expr, conflict *bound.OnConflict, returning []algebra.Item) []scalar.Expr {
	out := slices.Clone(list)
	if conflict != nil {
		out = append(out, conflict.Where)
		for _, a := range conflict.Set {
			out = append(out, a.Expr)
		}
	}
	for _, it := range returning {
		out = append(out, it.Expr)
	}
	return slices.DeleteFunc(out, func(e scalar.Expr) bool { return e == nil })
}

// rowColumns are the columns that a write needs of its source: the whole old row, and what RETURNING reads.
func rowColumns(old []algebra.ColumnID, rowID algebra.ColumnID, returning []algebra.Item) scalar.ColSet {
	need := scalar.SetOf(old...)
	need.Add(rowID)
	for _, it := range returning {
		scalar.AddColumns(&need, it.Expr)
	}
	return need
}

func keyColumns(key []int, cols []algebra.ColumnID, rowID algebra.ColumnID) scalar.ColSet {
	s := scalar.SetOf(rowID)
	for _, k := range key {
		s.Add(cols[k])
	}
	return s
}

// translator translates one statement.
type translator struct {
	cols *scalar.Columns
	// relations remembers translated subqueries, so that an expression that occurs in several clauses (GROUP BY and the
	// targets) stays one expression.
	relations map[*bound.Query]algebra.Rel
	// working are the recursive queries whose recursive side is being translated, with their numbers.
	working    map[*bound.CTE]int
	recursions int
	// routines are the declared functions that expressions call, with their bodies planned.
	routines map[*scalar.Func]*scalar.Func
	known    props.Cache
	diags    diag.List
}

// expr replaces the bound queries inside an expression by relations.
func (t *translator) expr(e scalar.Expr) scalar.Expr {
	if e == nil {
		return nil
	}
	return scalar.Map(e, func(x scalar.Expr) scalar.Expr {
		if c, ok := x.(*scalar.Call); ok && c.Fn.Routine != nil {
			return t.routineCall(c)
		}
		s, ok := x.(*scalar.Subquery)
		if !ok {
			return x
		}
		q, ok := s.Query.(*bound.Query)
		if !ok {
			return x
		}
		c := *s
		c.Query = t.relation(q)
		return &c
	})
}

func (t *translator) relation(q *bound.Query) algebra.Rel {
	if r, ok := t.relations[q]; ok {
		return r
	}
	r := t.query(q)
	t.relations[q] = r
	return r
}

func (t *translator) exprs(list []scalar.Expr) []scalar.Expr {
	out := make([]scalar.Expr, len(list))
	for i, e := range list {
		out[i] = t.expr(e)
	}
	return out
}

func (t *translator) outputs(targets []bound.Target) []algebra.Output {
	var out []algebra.Output
	for _, x := range targets {
		if !x.Hidden {
			out = append(out, algebra.Output{ID: x.ID, Name: x.Name, Nullable: t.cols.Get(x.ID).Nullable})
		}
	}
	return out
}

// visible are the ids of a query's output columns.
func visible(q *bound.Query) []algebra.ColumnID {
	var ids []algebra.ColumnID
	for _, x := range q.Targets {
		if !x.Hidden {
			ids = append(ids, x.ID)
		}
	}
	return ids
}

// oneRow is what a SELECT without FROM reads.
func oneRow() algebra.Rel { return &algebra.Values{Rows: [][]scalar.Expr{{}}} }

func filter(r algebra.Rel, conds ...scalar.Expr) algebra.Rel {
	if len(conds) == 0 {
		return r
	}
	return &algebra.Filter{In: r, Cond: scalar.Conjunction(conds...)}
}
