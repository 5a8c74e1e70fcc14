package sqlparse

import (
	"strconv"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// columnType reads a column's type, which may be a domain.
func (d *ddl) columnType(n *pg.TypeName) (value.Type, *catalog.Domain, error) {
	domain, err := d.types().Domain(n, d.text)
	if err != nil || domain != nil {
		if domain != nil {
			return domain.Base, domain, nil
		}
		return value.Type{}, nil, err
	}
	t, err := d.types().Type(n, d.text)
	return t, nil, err
}

func (d *ddl) createDomain(n *pg.CreateDomainStmt) error {
	name, err := d.publicName(n.Domainname, d.whole())
	if err != nil {
		return err
	}
	if d.cat.Domain(name) != nil || d.enum(name) != nil || d.cat.Table(name) != nil {
		return diag.DuplicateObject.At(d.whole(), "type %q already exists", name)
	}
	out := &catalog.Domain{Name: name, Span: d.whole()}
	if out.Base, out.Parent, err = d.columnType(n.TypeName); err != nil {
		if reason, ok := unsupported(err); ok {
			d.refuseType(name, reason)
			d.notes = append(d.notes, diag.NotCompiled.Note(d.whole(), "the domain %s is not compiled: %s", name, reason.Problem).
				WithHelp("statements that use it are refused"))
			return nil
		}
		return err
	}
	if p := out.Parent; p != nil {
		out.Default, out.DefaultSpan = p.Default, p.DefaultSpan
	}
	if n.CollClause != nil {
		if err := bind.CheckCollation(n.CollClause, d.text); err != nil {
			return err
		}
	}
	for _, x := range n.Constraints {
		k := x.GetConstraint()
		switch k.GetContype() {
		case pg.ConstrType_CONSTR_NULL:
		case pg.ConstrType_CONSTR_NOTNULL:
			out.NotNull = true
		case pg.ConstrType_CONSTR_DEFAULT:
			if k.RawExpr != nil {
				out.Default, out.DefaultSpan = d.defaultText(int(k.Location))
			}
		case pg.ConstrType_CONSTR_CHECK:
			if err := d.domainCheck(out, k); err != nil {
				return err
			}
		default:
			return diag.BadDefinition.At(d.at(k.GetLocation()), "this constraint is not possible for domains").WithState("42601")
		}
	}
	d.cat.Domains = append(d.cat.Domains, out)
	if err := d.domainDefault(out); err != nil {
		d.cat.Domains = d.cat.Domains[:len(d.cat.Domains)-1]
		return err
	}
	return nil
}

// domainDefault binds a domain's default as that of a column.
func (d *ddl) domainDefault(x *catalog.Domain) error {
	return d.checkDefault(x.Row(), &catalog.Column{Name: x.Name, Type: x.Base, Default: x.Default, DefaultSpan: x.DefaultSpan, Span: x.Span})
}

func (d *ddl) domainCheck(x *catalog.Domain, k *pg.Constraint) error {
	text, at := d.parenthesised(int(k.Location), "check")
	c := &catalog.Check{Name: k.Conname, Text: text, TextSpan: at, Span: d.at(k.Location)}
	taken := func(name string) bool {
		for _, other := range x.Checks {
			if other.Name == name {
				return true
			}
		}
		return false
	}
	if c.Name == "" {
		c.Name = objectName(x.Name, "", "check")
		for n := 1; taken(c.Name); n++ {
			c.Name = objectName(x.Name, "", "check"+strconv.Itoa(n))
		}
	} else if taken(c.Name) {
		return diag.DuplicateObject.At(c.Span, "constraint %q for domain %q already exists", c.Name, x.Name)
	}
	var err error
	if c.Bound, err = d.types().Condition(x.Row(), c.Text, c.TextSpan); err != nil {
		return err
	}
	x.Checks = append(x.Checks, c)
	return nil
}

func (d *ddl) domain(names []*pg.Node) (*catalog.Domain, error) {
	name, err := d.publicName(names, d.whole())
	if err != nil {
		return nil, err
	}
	if x := d.cat.Domain(name); x != nil {
		return x, nil
	}
	return nil, diag.UndefinedObject.At(d.whole(), "type %q does not exist", name)
}

// alterDomain changes a domain's default, nullability or checks.
func (d *ddl) alterDomain(n *pg.AlterDomainStmt) error {
	x, err := d.domain(n.TypeName)
	if err != nil {
		return err
	}
	switch n.Subtype {
	case "T":
		x.Default = ""
		if n.Def != nil {
			x.Default, x.DefaultSpan = d.afterLast("default")
		}
		if err := d.domainDefault(x); err != nil {
			return err
		}
		for _, t := range d.cat.Tables {
			for _, c := range t.Columns {
				if c.Domain == x {
					if err := d.checkDefault(t, c); err != nil {
						return err
					}
				}
			}
		}
	case "N":
		x.NotNull = false
	case "O":
		x.NotNull = true
	case "C":
		return d.domainCheck(x, n.Def.GetConstraint())
	case "X":
		before := len(x.Checks)
		x.Checks = keep(x.Checks, func(c *catalog.Check) bool { return c.Name != n.Name })
		if len(x.Checks) == before && !n.MissingOk {
			return diag.UndefinedObject.At(d.whole(), "constraint %q of domain %q does not exist", n.Name, x.Name)
		}
	}
	return nil
}

// dropDomain removes a domain that nothing uses.
func (d *ddl) dropDomain(x *catalog.Domain) error {
	for _, other := range d.cat.Domains {
		if other.Parent == x {
			return d.dependents("type", x.Name)
		}
	}
	for _, t := range d.cat.Tables {
		for _, c := range t.Columns {
			if c.Domain == x {
				return d.dependents("type", x.Name)
			}
		}
	}
	d.cat.Domains = keep(d.cat.Domains, func(y *catalog.Domain) bool { return y != x })
	return nil
}
