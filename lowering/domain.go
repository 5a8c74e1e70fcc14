package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// domainCheck is the implementation of a cast from a domain's base type to the domain.
const domainCheck = "domain_check"

// domainCheck writes the check that a value is one of a domain, and gives the value.
func (g *gen) domainCheck(c *scalar.Call) scalar.Expr {
	d := g.m.cat.Domain(c.Args[1].(*scalar.Const).Text)
	e := g.prep(c.Args[0])
	nullable := g.nullable(e)
	id := g.temp(d.Name, c.Typ, nullable)
	g.let(id, e)
	boolean := scalar.Node{Typ: value.Of(value.Bool)}
	if d.RefusesNull() {
		if nullable {
			g.emit(&phys.If{Cond: &phys.IsTrue{Expr: &scalar.IsNull{Node: boolean, Arg: g.ref(id)}}, Then: []phys.Op{&phys.Raise{
				SQLState: "23502", Message: []scalar.Expr{text("domain " + d.Name + " does not allow null values")},
			}}})
		}
		g.cols.Get(id).Nullable = false
	}
	for _, k := range d.Ordered() {
		no := false
		cond := g.prep(k.Bound.Over(func(int) scalar.Expr { return g.ref(id) }))
		g.emit(&phys.If{
			Cond: &phys.IsTrue{Expr: &scalar.IsBool{Node: boolean, Arg: cond, Value: &no}},
			Then: []phys.Op{&phys.Raise{
				SQLState: "23514", Constraint: k.Name,
				Message: []scalar.Expr{text("value for domain " + d.Name + " violates check constraint " + quoted(k.Name))},
			}},
		})
	}
	return g.ref(id)
}
