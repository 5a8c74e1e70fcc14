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

// Body is *Query, *Insert, *Update, *Delete or *Routine. Sealed.
type Body interface{ isBody() }

// Output is a column of a statement's result.
type Output struct {
	ID   ColumnID
	Name string
}

// Query returns Root's rows, in Root's order, as Outputs.
type Query struct {
	Root    Rel
	Outputs []Output
}

// Insert adds, for each row of Source, the row Assign (one expression for each table column over Source's columns).
// New are the ids of the resulting row in Returning.
type Insert struct {
	Table      *catalog.Table
	Source     Rel // a one-row Values without columns for INSERT ... VALUES of one row
	Assign     []scalar.Expr
	OnConflict *bound.OnConflict
	New        []ColumnID
	Returning  []Item
	Outputs    []Output
	bound.Effects
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
	Returning []Item
	Outputs   []Output
	bound.Effects
}

// Delete removes the rows of Table that Source finds; as Update. Truncate counts none and looks at no foreign key.
type Delete struct {
	Truncate  bool
	Table     *catalog.Table
	Source    Rel
	Old       []ColumnID
	RowID     ColumnID
	Multi     bool
	Returning []Item
	Outputs   []Output
	bound.Effects
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
	}
	return bound.Effects{}
}

func (*Query) isBody()  {}
func (*Insert) isBody() {}
func (*Update) isBody() {}
func (*Delete) isBody() {}
