package bind

import (
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// DomainCheck is the implementation's name of the function that returns its first argument, of the domain's base type, when it is a value
// of the domain that the second one, a constant, names, and raises an error otherwise.
const DomainCheck = "domain_check"

// Domain is the domain that a type's name means, nil when it is none.
func (b *Binder) Domain(n *pg.TypeName, text Text) (*catalog.Domain, error) {
	names := stringsOf(n.GetNames())
	if len(names) == 2 && names[0] == "public" {
		names = names[1:]
	}
	if len(names) != 1 || b.types.TypeNamed(names[0]) != nil {
		return nil, nil
	}
	d := b.cat.Domain(names[0])
	if d == nil {
		return nil, nil
	}
	span := text.span(n.GetLocation())
	switch {
	case len(n.GetArrayBounds()) > 0:
		return nil, diag.UnsupportedType.At(span, "arrays of domains are not supported").WithHelp("use an array of %s", d.Base)
	case len(n.GetTypmods()) > 0:
		return nil, diag.BadLiteral.At(span, "type modifier is not allowed for type %q", d.Name).WithState("42601")
	}
	return d, nil
}

// ofDomain checks that a value of the base type is one of a domain; a nil domain takes any.
func (s *stmt) ofDomain(d *catalog.Domain, e scalar.Expr, span diag.Span) scalar.Expr {
	if d == nil {
		return e
	}
	return &scalar.Call{
		Node: scalar.Node{Typ: d.Base, Pos: span}, Fn: &scalar.Func{Name: d.Name, Proc: DomainCheck, Volatile: true},
		Args: []scalar.Expr{e, constant(textType, d.Name, span)},
	}
}
