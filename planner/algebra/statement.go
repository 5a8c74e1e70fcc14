package algebra

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Statement is a planned statement: a query, or a write whose rows are found by one.
type Statement struct {
	Name    string
	Columns *scalar.Columns // shared with the bound statement; the planner adds columns
	Params  []bound.Param
	Options bound.Options
	SQL     string
	Span    diag.Span
	Body    Body
}

// Body is *Query, *Insert, *Update, *Delete, *Compound or *Routine. Sealed.
type Body interface{ isBody() }

// Output is a column of a statement's result.
type Output struct {
	ID   ColumnID
	Name string
	// Nullable says that callers must expect NULL, whatever way the rows are found.
	Nullable bool
}

// Constants are expressions over no column and no parameter which may raise an error. A statement computes them before it looks at a
// row, as PostgreSQL does when it plans: it fails where no row comes to them, too.
type Constants []scalar.Expr

// Query returns Root's rows, in Root's order, as Outputs.
type Query struct {
	Root    Rel
	Outputs []Output
	Constants
}

// Insert adds, for each row of Source, the row Assign (one expression for each table column over Source's columns).
// New are the ids of the resulting row in Returning.
type Insert struct {
	Table      *catalog.Table
	Source     Rel // a one-row Values without columns for INSERT ... VALUES of one row
	Assign     []scalar.Expr
	OnConflict *bound.OnConflict
	New        []ColumnID
	Checks     []ViewCheck
	Returning  []Item
	Outputs    []Output
	bound.Effects
	Constants
}

// ConstantsOf are the constants of a statement, with those of all parts of it.
func ConstantsOf(b Body) Constants {
	switch b := b.(type) {
	case *Query:
		return b.Constants
	case *Insert:
		return b.Constants
	case *Update:
		return b.Constants
	case *Delete:
		return b.Constants
	case *Compound:
		var all Constants
		for _, p := range b.Parts {
			all = append(all, ConstantsOf(p.Body)...)
		}
		return append(all, ConstantsOf(b.Main)...)
	}
	return nil
}

// ViewCheck is the condition of a view that a written row must meet: the item of Returning with the id ID, which no output is.
type ViewCheck struct {
	View string
	ID   ColumnID
}

// Update changes the rows of Table that Source finds. Source produces, for each target row, all its columns under the ids
// Old (and RowID for a table without a primary key) plus what Set needs from FROM. Multi is set when Source may
// produce the same target row several times (UPDATE ... FROM): the first counts.
type Update struct {
	Table     *catalog.Table
	Source    Rel
	Old, New  []ColumnID
	RowID     ColumnID
	Set       []bound.Assign
	Multi     bool
	Checks    []ViewCheck
	Returning []Item
	Outputs   []Output
	bound.Effects
	Constants
}

// Delete removes the rows of Table that Source finds; as Update. Truncate counts none and looks at no foreign key.
type Delete struct {
	Truncate  bool
	Restart   bool // of the sequences that the table owns
	Table     *catalog.Table
	Source    Rel
	Old       []ColumnID
	RowID     ColumnID
	Multi     bool
	Returning []Item
	Outputs   []Output
	bound.Effects
	Constants
}

// EffectsOf are a write's triggers, their bodies planned, and the tables that it changes.
func EffectsOf(b Body) bound.Effects {
	switch b := b.(type) {
	case *Insert:
		return b.Effects
	case *Update:
		return b.Effects
	case *Delete:
		return b.Effects
	case *Compound:
		var all []bound.Effects
		for _, w := range Writes(b) {
			all = append(all, EffectsOf(w))
		}
		return bound.Join(all...)
	}
	return bound.Effects{}
}

// Compound is a statement with writes in its WITH. No part sees what another one changes; the rows of a part's RETURNING are a
// WorkTable for the others.
//
// MERGE is one without a Main: its first part is the query that pairs the rows, the others are its actions, each for the pairs that it
// is for. They run in order, and no row may be changed twice.
type Compound struct {
	Parts []Part // in the order of the text
	Main  Body
	Merge bool
}

// Part is a write in WITH, or a part of MERGE.
type Part struct {
	Name string
	Work int  // the WorkTable of its rows
	Body Body // *Insert, *Update or *Delete; *Query
}

func (*Query) isBody()    {}
func (*Insert) isBody()   {}
func (*Update) isBody()   {}
func (*Delete) isBody()   {}
func (*Compound) isBody() {}

// Map copies a statement with its relations, and its expressions outside of them, replaced; either function may be nil.
func Map(b Body, rel func(Rel) Rel, expr func(scalar.Expr) scalar.Expr) Body {
	m := mapper{rel, expr}
	switch b := b.(type) {
	case *Query:
		c := *b
		c.Root = m.relation(b.Root)
		return &c
	case *Insert:
		c := *b
		c.Source, c.Returning, c.Assign = m.relation(b.Source), m.items(b.Returning), nil
		for _, e := range b.Assign {
			c.Assign = append(c.Assign, m.expression(e))
		}
		if b.OnConflict != nil {
			o := *b.OnConflict
			o.Set, o.Where = m.set(o.Set), m.expression(o.Where)
			c.OnConflict = &o
		}
		return &c
	case *Update:
		c := *b
		c.Source, c.Set, c.Returning = m.relation(b.Source), m.set(b.Set), m.items(b.Returning)
		return &c
	case *Delete:
		c := *b
		c.Source, c.Returning = m.relation(b.Source), m.items(b.Returning)
		return &c
	case *Compound:
		c := &Compound{Main: Map(b.Main, rel, expr), Merge: b.Merge}
		for _, p := range b.Parts {
			p.Body = Map(p.Body, rel, expr)
			c.Parts = append(c.Parts, p)
		}
		return c
	}
	return b
}

type mapper struct {
	rel  func(Rel) Rel
	expr func(scalar.Expr) scalar.Expr
}

func (m mapper) relation(r Rel) Rel {
	if m.rel == nil {
		return r
	}
	return m.rel(r)
}

func (m mapper) expression(e scalar.Expr) scalar.Expr {
	if e == nil || m.expr == nil {
		return e
	}
	return m.expr(e)
}

func (m mapper) set(list []bound.Assign) []bound.Assign {
	var out []bound.Assign
	for _, a := range list {
		out = append(out, bound.Assign{Column: a.Column, Expr: m.expression(a.Expr)})
	}
	return out
}

func (m mapper) items(list []Item) []Item {
	var out []Item
	for _, it := range list {
		out = append(out, Item{ID: it.ID, Expr: m.expression(it.Expr)})
	}
	return out
}

// Outputs are the columns of a statement's result.
func Outputs(b Body) []Output {
	switch b := b.(type) {
	case *Query:
		return b.Outputs
	case *Insert:
		return b.Outputs
	case *Update:
		return b.Outputs
	case *Delete:
		return b.Outputs
	case *Compound:
		return Outputs(b.Main)
	}
	return nil
}

// Writes lists the writes of a statement, nil for a query. Those of a function are not among them: see Routine.Each.
func Writes(b Body) []Body {
	switch b := b.(type) {
	case *Insert, *Update, *Delete:
		return []Body{b}
	case *Compound:
		var out []Body
		for _, p := range b.Parts {
			out = append(out, Writes(p.Body)...)
		}
		return append(out, Writes(b.Main)...)
	}
	return nil
}
