package sqlparse

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// createFunction declares a function. Its body is parsed here, as PostgreSQL does, and bound where it is called. One that uses what is
// not supported is noted: it changes nothing as long as nothing calls it.
func (d *ddl) createFunction(n *pg.CreateFunctionStmt) error {
	f := &catalog.Function{Name: lastName(n.Funcname), Span: d.whole(), Returns: value.Of(value.Void)}
	if err := d.describeFunction(f, n); err != nil {
		refused, ok := err.(diag.Diagnostic)
		if !ok || refused.SQLState != "" {
			return err
		}
		f.Refused = &refused
		d.notes = append(d.notes, diag.NotCompiled.Note(d.whole(), "function %s is not compiled: %s", f.Name, refused.Problem).
			WithHelp("statements that call it are refused"))
	}
	for i, old := range d.cat.Functions {
		if old.Name != f.Name {
			continue
		}
		if f.Refused == nil && old.Refused == nil {
			if !sameInputs(old, f) { // another function
				continue
			}
			if !n.Replace {
				return diag.DuplicateObject.At(d.whole(), "function %q already exists with same argument types", f.Name).WithState("42723")
			}
		}
		d.cat.Functions[i] = f
		return nil
	}
	d.cat.Functions = append(d.cat.Functions, f)
	return nil
}

// describeFunction reads all of a function.
func (d *ddl) describeFunction(f *catalog.Function, n *pg.CreateFunctionStmt) error {
	if _, err := d.publicName(n.Funcname, d.whole()); err != nil {
		return err
	}
	if n.IsProcedure {
		return diag.UnsupportedDefinition.At(d.whole(), "CREATE PROCEDURE is not supported").WithHelp("declare a function that returns void")
	}
	if err := d.functionOptions(f, n); err != nil {
		return err
	}
	if err := d.functionArgs(f, n.Parameters); err != nil {
		return err
	}
	if err := d.functionResult(f, n.ReturnType); err != nil {
		return err
	}
	if f.Language != "plpgsql" {
		return nil
	}
	own := bind.CheckRoutine(f)
	if _, err := pg.ParsePlPgSqlToJSON(d.text.SQL); err != nil && own == nil {
		// It knows no types and no OUT arguments: what it says of names and of RETURN is not to be trusted.
		if strings.HasPrefix(err.Error(), "syntax error") {
			return diag.Syntax.At(f.BodySpan, "%v", err)
		}
	}
	return own
}

func sameInputs(a, b *catalog.Function) bool {
	x, y := a.Inputs(), b.Inputs()
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !x[i].Type.SameBase(y[i].Type) {
			return false
		}
	}
	return true
}

var argModes = map[pg.FunctionParameterMode]catalog.ArgMode{
	pg.FunctionParameterMode_FUNC_PARAM_IN: catalog.ArgIn, pg.FunctionParameterMode_FUNC_PARAM_DEFAULT: catalog.ArgIn,
	pg.FunctionParameterMode_FUNC_PARAM_OUT: catalog.ArgOut, pg.FunctionParameterMode_FUNC_PARAM_INOUT: catalog.ArgInOut,
	pg.FunctionParameterMode_FUNC_PARAM_TABLE: catalog.ArgTable,
}

func (d *ddl) functionArgs(f *catalog.Function, list []*pg.Node) error {
	names := map[string]bool{}
	for _, n := range list {
		p := n.GetFunctionParameter()
		span := d.at(p.GetArgType().GetLocation())
		mode, ok := argModes[p.Mode]
		if !ok {
			return diag.UnsupportedDefinition.At(span, "VARIADIC arguments are not supported").WithHelp("declare an array")
		}
		t, domain, err := d.functionType(p.ArgType)
		if err != nil {
			return err
		}
		if p.Name != "" && names[p.Name] {
			return diag.BadDefinition.At(span, "parameter name %q used more than once", p.Name).WithState("42P13")
		}
		names[p.Name] = true
		if domain != nil && mode == catalog.ArgTable {
			return domainRows(domain, span)
		}
		arg := &catalog.FuncArg{Name: p.Name, Mode: mode, Type: t, Domain: domain}
		if p.Defexpr != nil {
			arg.Default, arg.DefaultSpan = d.argumentDefault(int(p.ArgType.Location))
		}
		f.Args = append(f.Args, arg)
	}
	return nil
}

// functionType resolves a type without modifiers, which PostgreSQL drops from arguments and results; those of a domain are its own.
func (d *ddl) functionType(n *pg.TypeName) (value.Type, *catalog.Domain, error) {
	t, domain, ok, err := bind.ColumnType(d.cat, n, d.text)
	if err != nil {
		return t, nil, err
	}
	if !ok {
		if t, domain, err = d.columnType(n); err != nil {
			return t, nil, err
		}
	}
	switch {
	case domain != nil:
		return t, domain, nil
	case t.Kind == value.Array:
		return value.ArrayOf(t.Elem.Base()), nil, nil
	}
	return t.Base(), nil, nil
}

// domainRows refuses a set of values of a domain.
func domainRows(x *catalog.Domain, at diag.Span) error {
	return diag.UnsupportedType.At(at, "a set of the domain %s is not supported", x.Name).WithHelp("return %s, which the domain is over", x.Base)
}

// argumentDefault is the expression behind DEFAULT or = of the argument whose type stands at a place.
func (d *ddl) argumentDefault(at int) (string, diag.Span) {
	depth, start := 0, -1
	for i, t := range d.tokens {
		if t.Start < at {
			continue
		}
		word := strings.ToLower(t.Text(d.text.SQL))
		end := depth == 0 && (word == "," || word == ")")
		if start >= 0 && end {
			from, to := d.tokens[start].Start, d.tokens[i-1].End
			return d.text.SQL[from:to], place(d.text, from, to)
		}
		switch word {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		case "default", "=", ":=":
			if start < 0 && depth == 0 {
				start = i + 1
			}
		}
	}
	return "", diag.Span{}
}

// functionResult reads RETURNS.
func (d *ddl) functionResult(f *catalog.Function, n *pg.TypeName) error {
	outs := f.Outputs()
	if n == nil {
		if len(outs) == 0 {
			return diag.BadDefinition.At(d.whole(), "function result type must be specified").WithState("42P13")
		}
		f.Returns = value.Of(value.Record)
		if len(outs) == 1 {
			f.Returns = outs[0].Type
		}
		return nil
	}
	f.SetOf = n.Setof
	names := n.Names
	last := lastName(names)
	switch {
	case len(outs) > 0:
		f.Returns = value.Of(value.Record)
		if len(outs) == 1 {
			f.Returns = outs[0].Type
		}
		return nil
	case last == "void" && !n.PctType:
		return nil
	case last == "trigger" && !n.PctType:
		f.Trigger = true
		return nil
	case last == "record" && !n.PctType:
		return diag.UnsupportedType.At(d.at(n.Location), "RETURNS record is not supported").
			WithHelp("declare the columns: RETURNS TABLE (...), or OUT arguments")
	}
	if t := d.cat.Table(last); t != nil && !n.PctType {
		f.Table, f.Returns = t, value.Of(value.Record)
		return nil
	}
	plain := &pg.TypeName{Names: n.Names, PctType: n.PctType, Typmods: n.Typmods, ArrayBounds: n.ArrayBounds, Location: n.Location}
	var err error
	f.Returns, f.Domain, err = d.functionType(plain)
	if err == nil && f.SetOf && f.Domain != nil {
		err = domainRows(f.Domain, d.at(n.Location))
	}
	return err
}

var volatilities = map[string]catalog.Volatility{"stable": catalog.StableFunction, "immutable": catalog.ImmutableFunction}

func (d *ddl) functionOptions(f *catalog.Function, n *pg.CreateFunctionStmt) error {
	if n.SqlBody != nil {
		return diag.UnsupportedDefinition.At(d.whole(), "a body of BEGIN ATOMIC is not supported").WithHelp("write the body as a string: AS $$ ... $$")
	}
	for _, o := range n.Options {
		e := o.GetDefElem()
		switch e.Defname {
		case "language":
			f.Language = strings.ToLower(e.Arg.GetString_().GetSval())
			if f.Language != "plpgsql" && f.Language != "sql" {
				return diag.UnsupportedDefinition.At(d.at(e.Location), "LANGUAGE %s is not supported", f.Language).
					WithHelp("write it in plpgsql or sql")
			}
		case "strict":
			f.Strict = e.Arg.GetBoolean().GetBoolval()
		case "as":
			d.functionBody(f, int(e.Location))
		case "volatility":
			f.Volatility = volatilities[strings.ToLower(e.Arg.GetString_().GetSval())]
		case "security", "parallel", "cost", "rows", "leakproof", "set", "support":
		default:
			return diag.UnsupportedDefinition.At(d.at(e.Location), "%s of a function is not supported", strings.ToUpper(e.Defname))
		}
	}
	if f.Language == "" {
		return diag.BadDefinition.At(d.whole(), "no language specified").WithState("42P13")
	}
	if f.BodySpan.Source == nil {
		return diag.BadDefinition.At(d.whole(), "no function body specified").WithState("42P13")
	}
	return nil
}

// functionBody reads the string behind AS and keeps where each of its bytes stands.
func (d *ddl) functionBody(f *catalog.Function, at int) {
	for _, t := range d.tokens {
		if t.Start <= at || t.Kind != token.String {
			continue
		}
		text := t.Text(d.text.SQL)
		if strings.HasPrefix(text, "$") {
			tag := strings.Index(text[1:], "$") + 2
			f.Body = text[tag : len(text)-tag]
			f.BodySpan = place(d.text, t.Start+tag, t.End-tag)
			return
		}
		open := strings.Index(text, "'") + 1
		f.BodySpan = place(d.text, t.Start+open, t.End-1)
		var b strings.Builder
		for i := open; i < len(text)-1; i++ {
			f.Offsets = append(f.Offsets, d.text.Origin(t.Start+i))
			b.WriteByte(text[i])
			if text[i] == '\'' {
				i++ // doubled
			}
		}
		f.Offsets = append(f.Offsets, d.text.Origin(t.End-1))
		f.Body = b.String()
		return
	}
}
