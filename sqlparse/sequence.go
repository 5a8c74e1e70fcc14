package sqlparse

import (
	"math"
	"strconv"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

func (d *ddl) createSequence(n *pg.CreateSeqStmt) error {
	name, err := d.tableName(n.Sequence)
	if err != nil {
		return err
	}
	if n.Sequence.Relpersistence == "t" {
		return diag.UnsupportedDefinition.At(d.whole(), "temporary sequences are not supported")
	}
	if d.relationExists(name) {
		if n.IfNotExists {
			return nil
		}
		return diag.DuplicateObject.At(d.at(n.Sequence.Location), "relation %q already exists", name).WithState("42P07")
	}
	s := &catalog.Sequence{Name: name, Type: value.Int8, Span: d.at(n.Sequence.Location)}
	if err := d.sequenceOptions(s, n.Options, true); err != nil {
		return err
	}
	d.cat.Sequences = append(d.cat.Sequences, s)
	return nil
}

func (d *ddl) alterSequence(n *pg.AlterSeqStmt) error {
	name, err := d.tableName(n.Sequence)
	if err != nil {
		return err
	}
	s := d.cat.Sequence(name)
	if s == nil {
		if n.MissingOk {
			return nil
		}
		return diag.UndefinedTable.At(d.at(n.Sequence.Location), "relation %q does not exist", name)
	}
	changed := *s
	if err := d.sequenceOptions(&changed, n.Options, false); err != nil {
		return err
	}
	*s = changed
	return nil
}

// ownSequence makes the sequence of an identity or serial column, with PostgreSQL's name for it.
func (d *ddl) ownSequence(t *catalog.Table, c *catalog.Column, options []*pg.Node) error {
	s := &catalog.Sequence{Type: c.Type.Kind, Table: t, Column: c, Span: c.Span}
	if !isIntegerType(c.Type) {
		return diag.BadDefinition.At(c.Span, "identity column type must be smallint, integer, or bigint").WithState("22023")
	}
	if err := d.sequenceOptions(s, options, true); err != nil {
		return err
	}
	if s.Name == "" {
		s.Name = d.freeName(objectName(t.Name, c.Name, "seq"))
	} else if d.relationExists(s.Name) {
		return diag.DuplicateObject.At(c.Span, "relation %q already exists", s.Name).WithState("42P07")
	}
	d.cat.Sequences = append(d.cat.Sequences, s)
	c.Sequence = s
	return nil
}

// dropSequences removes the sequences for which gone holds.
func (d *ddl) dropSequences(gone func(*catalog.Sequence) bool) {
	d.cat.Sequences = keep(d.cat.Sequences, func(s *catalog.Sequence) bool { return !gone(s) })
}

// dropSequence removes a sequence by name; with CASCADE the defaults that draw from it go too.
func (d *ddl) dropSequence(s *catalog.Sequence, cascade bool) error {
	for _, t := range d.cat.Tables {
		for _, c := range t.Columns {
			if c.Sequence == s && c.Identity {
				return diag.BadDefinition.At(d.whole(), "cannot drop sequence %s because column %s of table %s requires it", s.Name, c.Name, t.Name).
					WithState("2BP01").WithHelp("drop the column, or its identity, instead")
			}
			if c.Sequence != s && !draws(c.DefaultExpr, s) {
				continue
			}
			if !cascade {
				return d.dependents("sequence", s.Name)
			}
			c.Sequence, c.Default, c.DefaultExpr = nil, "", nil
			if err := d.checkDefault(t, c); err != nil {
				return err
			}
		}
	}
	d.dropSequences(func(x *catalog.Sequence) bool { return x == s })
	return nil
}

// draws reports whether an expression calls a function over the sequence.
func draws(e scalar.Expr, s *catalog.Sequence) bool {
	found := false
	scalar.Walk(e, func(x scalar.Expr) bool {
		if c, ok := x.(*scalar.Call); ok && c.Fn.Volatile && len(c.Args) > 0 {
			k, ok := c.Args[0].(*scalar.Const)
			found = found || ok && k.Text == s.Name
		}
		return true
	})
	return found
}

// renameSequence renames a sequence. Defaults that are more than a draw from it are kept as text and cannot follow.
func (d *ddl) renameSequence(s *catalog.Sequence, name string) error {
	for _, t := range d.cat.Tables {
		for _, c := range t.Columns {
			if c.Sequence == nil && draws(c.DefaultExpr, s) {
				return diag.UnsupportedDefinition.At(d.whole(), "%q cannot be renamed: the default of column %q mentions it", s.Name, c.Name).
					WithHelp("rename before the default is declared")
			}
		}
	}
	s.Name = name
	return nil
}

// sequenceOptions reads the options of a sequence as PostgreSQL's init_params does: those that are not given keep their value, or have
// the type's default when the sequence is new.
func (d *ddl) sequenceOptions(s *catalog.Sequence, options []*pg.Node, fresh bool) error {
	given := map[string]*pg.DefElem{}
	for _, o := range options {
		e := o.GetDefElem()
		if given[e.Defname] != nil {
			return diag.Malformed.At(d.at(e.Location), "conflicting or redundant options")
		}
		given[e.Defname] = e
	}
	oldLow, oldHigh := catalog.Limits(s.Type)
	if e := given["as"]; e != nil {
		t, err := d.types().Type(e.GetArg().GetTypeName(), d.text)
		if err != nil {
			return err
		}
		if !isIntegerType(t) {
			return d.badSequence("sequence type must be smallint, integer, or bigint")
		}
		s.Type = t.Kind
	}
	low, high := catalog.Limits(s.Type)
	number := func(name string, to *int64) (bool, error) {
		e := given[name]
		if e == nil || e.Arg == nil {
			return false, nil
		}
		n, ok := optionNumber(e.Arg)
		if !ok {
			return false, d.badSequence("invalid " + name)
		}
		*to = n
		return true, nil
	}
	if fresh {
		s.Increment = 1
	}
	if _, err := number("increment", &s.Increment); err != nil {
		return err
	}
	if s.Increment == 0 {
		return d.badSequence("INCREMENT must not be zero")
	}
	up := s.Increment > 0
	// A limit that was the type's default stays that when the type changes.
	none := func(name string) bool { return given[name] != nil && given[name].Arg == nil }
	retyped := given["as"] != nil
	if fresh || none("maxvalue") || retyped && s.Max == oldHigh {
		if s.Max = -1; up {
			s.Max = high
		}
	}
	if fresh || none("minvalue") || retyped && s.Min == oldLow {
		if s.Min = 1; !up {
			s.Min = low
		}
	}
	if _, err := number("maxvalue", &s.Max); err != nil {
		return err
	}
	if _, err := number("minvalue", &s.Min); err != nil {
		return err
	}
	if fresh {
		if s.Start = s.Min; !up {
			s.Start = s.Max
		}
	}
	if _, err := number("start", &s.Start); err != nil {
		return err
	}
	if fresh {
		s.First = s.Start
	}
	if e := given["restart"]; e != nil {
		s.First = s.Start
		if _, err := number("restart", &s.First); err != nil {
			return err
		}
	}
	if e := given["cycle"]; e != nil {
		s.Cycle = e.GetArg().GetBoolean().GetBoolval()
	}
	cache := int64(1)
	if _, err := number("cache", &cache); err != nil {
		return err
	}
	if cache <= 0 {
		return d.badSequence("CACHE (" + decimal(cache) + ") must be greater than zero")
	}
	if e := given["owned_by"]; e != nil {
		if err := d.ownedBy(s, e); err != nil {
			return err
		}
	}
	if e := given["sequence_name"]; e != nil {
		name, err := d.publicName(e.GetArg().GetList().GetItems(), d.whole())
		if err != nil {
			return err
		}
		s.Name = name
	}
	return d.checkSequence(s, low, high)
}

// checkSequence is PostgreSQL's checks of the options against each other.
func (d *ddl) checkSequence(s *catalog.Sequence, low, high int64) error {
	kind := value.Of(s.Type).String()
	switch {
	case s.Max > high || s.Max < low:
		return d.badSequence("MAXVALUE (" + decimal(s.Max) + ") is out of range for sequence data type " + kind)
	case s.Min < low || s.Min > high:
		return d.badSequence("MINVALUE (" + decimal(s.Min) + ") is out of range for sequence data type " + kind)
	case s.Min >= s.Max:
		return d.badSequence("MINVALUE (" + decimal(s.Min) + ") must be less than MAXVALUE (" + decimal(s.Max) + ")")
	case s.Start < s.Min:
		return d.badSequence("START value (" + decimal(s.Start) + ") cannot be less than MINVALUE (" + decimal(s.Min) + ")")
	case s.Start > s.Max:
		return d.badSequence("START value (" + decimal(s.Start) + ") cannot be greater than MAXVALUE (" + decimal(s.Max) + ")")
	case s.First < s.Min:
		return d.badSequence("RESTART value (" + decimal(s.First) + ") cannot be less than MINVALUE (" + decimal(s.Min) + ")")
	case s.First > s.Max:
		return d.badSequence("RESTART value (" + decimal(s.First) + ") cannot be greater than MAXVALUE (" + decimal(s.Max) + ")")
	case s.Increment > 0 && s.Min < math.MinInt64+s.Increment, s.Increment < 0 && s.Max > math.MaxInt64+s.Increment:
		// The position in front of the first value must be a bigint too.
		return diag.UnsupportedDefinition.At(d.whole(), "a sequence that begins within its INCREMENT of the end of bigint is not supported").
			WithHelp("choose a smaller INCREMENT or a narrower range")
	}
	return nil
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func (d *ddl) badSequence(problem string) error {
	return diag.BadDefinition.At(d.whole(), "%s", problem).WithState("22023")
}

// optionNumber is the value of a numeric option or constant; the parser keeps numbers beyond integer as text.
func optionNumber(n *pg.Node) (int64, bool) {
	float, integer := n.GetFloat(), n.GetInteger()
	if c := n.GetAConst(); c != nil {
		float, integer = c.GetFval(), c.GetIval()
	}
	switch {
	case float != nil:
		v, err := strconv.ParseInt(float.Fval, 10, 64)
		return v, err == nil
	case integer != nil:
		return int64(integer.Ival), true
	}
	return 0, false
}

// ownedBy reads OWNED BY table.column and OWNED BY NONE.
func (d *ddl) ownedBy(s *catalog.Sequence, e *pg.DefElem) error {
	var names []string
	for _, n := range e.GetArg().GetList().GetItems() {
		names = append(names, n.GetString_().GetSval())
	}
	if len(names) == 1 && names[0] == "none" {
		s.Table, s.Column = nil, nil
		return nil
	}
	if len(names) == 3 && names[0] == "public" {
		names = names[1:]
	}
	if len(names) != 2 {
		return diag.Malformed.At(d.whole(), "invalid OWNED BY option").WithHelp("Specify OWNED BY table.column or OWNED BY NONE.")
	}
	t := d.cat.Table(names[0])
	if t == nil {
		return diag.UndefinedTable.At(d.whole(), "relation %q does not exist", names[0])
	}
	at := t.Column(names[1])
	if at < 0 {
		return diag.UndefinedColumn.At(d.whole(), "column %q of relation %q does not exist", names[1], names[0])
	}
	s.Table, s.Column = t, t.Columns[at]
	return nil
}

// drawnFrom is the sequence of DEFAULT nextval('...'), nil for other defaults.
func (d *ddl) drawnFrom(n *pg.Node) (*catalog.Sequence, error) {
	f := n.GetFuncCall()
	if names := f.GetFuncname(); len(names) == 0 || names[len(names)-1].GetString_().GetSval() != "nextval" {
		return nil, nil
	}
	return d.types().SequenceArgument(f, d.text)
}

// setval moves the sequence of SELECT setval('...', n [, called]), which pg_dump writes; false for other queries.
func (d *ddl) setval(sel *pg.SelectStmt) (bool, error) {
	if len(sel.TargetList) != 1 || len(sel.FromClause) > 0 {
		return false, nil
	}
	f := sel.TargetList[0].GetResTarget().GetVal().GetFuncCall()
	if names := f.GetFuncname(); len(names) == 0 || names[len(names)-1].GetString_().GetSval() != "setval" {
		return false, nil
	}
	s, err := d.types().SequenceArgument(f, d.text)
	if err != nil || len(f.Args) < 2 {
		return true, err
	}
	n, ok := optionNumber(f.Args[1])
	if !ok {
		return false, nil // computed from rows: they are the source's
	}
	if n < s.Min || n > s.Max {
		return true, diag.BadLiteral.At(d.whole(), "setval: value %d is out of bounds for sequence %q (%d..%d)", n, s.Name, s.Min, s.Max).WithState("22003")
	}
	if len(f.Args) < 3 || f.Args[2].GetAConst().GetBoolval().GetBoolval() {
		if n == s.Max && s.Increment > 0 || n == s.Min && s.Increment < 0 {
			return false, nil
		}
		n += s.Increment
	}
	s.First = n
	return true, nil
}
