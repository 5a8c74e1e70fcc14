package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A derived relation that a query reads in several places, a WITH query that is named twice, say, is evaluated by the first that comes to
// it; its rows are kept in a list. Where one place looks up a few of its rows instead, the places that are left read it on their own.
type shared struct {
	text  string
	rel   algebra.Rel // one of the relations: they differ in the numbers of their columns
	times int         // in the query
	read  int         // places that read all of it
	list  phys.Reg
	done  scalar.ColumnID // 0 when the first place is always come to
}

// share finds the derived relations that occur several times in a query, but for those in apart.
func (g *gen) share(root algebra.Rel, apart map[string]bool) {
	byText := map[string]*shared{}
	g.shared = map[algebra.Rel]*shared{}
	algebra.Walk(root, func(r algebra.Rel) bool {
		switch r.(type) {
		case *algebra.GroupBy, *algebra.Distinct, *algebra.SetOp, *algebra.Window, *algebra.GroupingSets, *algebra.TopK:
		default:
			return true
		}
		text, ok := algebra.Canonical(r, g.cols)
		if !ok || apart[text] {
			return true
		}
		s := byText[text]
		if s == nil {
			s = &shared{text: text, rel: r}
			byText[text] = s
		}
		s.times++
		g.shared[r] = s
		return true
	})
	for r, s := range g.shared {
		if s.times < 2 {
			delete(g.shared, r)
		}
	}
	g.begin = &frame{before: g.body}
}

// alone lists the texts of relations that have turned out to be read in one place only.
func (g *gen) alone() []string {
	var out []string
	for _, s := range g.shared {
		if s.read == 1 {
			out = append(out, s.text)
		}
	}
	return out
}

// sharedNode reads a relation that several places share.
type sharedNode struct {
	node
	of   *shared
	cols []scalar.ColumnID
}

// time counts the evaluation once for all places.
func (n *sharedNode) time() float64 {
	return n.node.time()/float64(n.of.times) + n.rows()*costLua
}

// ordered is false: the order asked for is another place's.
func (n *sharedNode) ordered() bool { return false }

func (n *sharedNode) produce(g *gen, need scalar.ColSet, consume func()) {
	s := n.of
	s.read++
	evaluate := func() {
		n.node.produce(g, scalar.SetOf(n.cols...), func() { g.emit(&phys.AppendRow{List: s.list, Exprs: g.refs(n.cols)}) })
	}
	switch {
	case s.list == 0 && g.sure:
		s.list = g.reg("list")
		g.ahead(g.begin, func() { g.emit(&phys.NewList{Dst: s.list}) })
		g.scope("", evaluate)
	case s.list == 0:
		s.list = g.reg("list")
		g.ahead(g.begin, func() {
			g.emit(&phys.NewList{Dst: s.list})
			s.done = g.temp("done", boolean(false).Type(), false)
			g.let(s.done, boolean(false))
		})
	}
	if s.done != 0 {
		g.emit(&phys.Once{Done: s.done, Body: g.inside(evaluate)})
	}
	g.forRows(s.list, n.cols, need, n.bound(), consume)
}
