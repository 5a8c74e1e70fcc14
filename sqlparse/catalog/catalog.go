package catalog

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Catalog is the declared schema.
type Catalog struct {
	Tables  []*Table // in order of declaration
	Views   []*View
	Enums   []*value.EnumType
	Domains []*Domain
	// Sequences are the declared ones and those of identity and serial columns.
	Sequences []*Sequence
	// Functions are the declared ones, in order of declaration.
	Functions []*Function
	// RefusedTypes and RefusedViews are declared and not compiled.
	RefusedTypes, RefusedViews []*Refused
}

// Table is a base table.
type Table struct {
	Name    string
	Columns []*Column
	// Opaques are the columns whose types are not supported, in order; Columns does not hold them.
	Opaques []*Opaque
	// PrimaryKey holds column positions in key order; nil when none is declared. A table without a primary key has
	// a hidden row id, which the compiler adds (RowID).
	PrimaryKey     []int
	PrimaryKeyName string
	Uniques        []*Unique
	Unchecked      []*Unchecked
	ForeignKeys    []*ForeignKey
	Checks         []*Check
	Indexes        []*Index // informational
	Triggers       []*Trigger
	// Partitioning is set for a partitioned table, which holds the rows of all its partitions.
	Partitioning *Partitioning
	Comment      string
	Span         diag.Span
}

// Column is a column of a base table.
type Column struct {
	Name string
	// Quoted is the name as SQL has to write it, in quotes where it is not plain; it is set when the schema is complete.
	Quoted string
	Type   value.Type
	// Domain is set for a column of a domain type; Type is its base type then.
	Domain  *Domain
	NotNull bool
	// Default is the unparsed default expression, "" when there is none. The parser binds it anew for every use.
	Default     string
	DefaultSpan diag.Span
	// DefaultExpr is the bound default, NULL without one; nil when it cannot be used (DefaultProblem says why).
	DefaultExpr    scalar.Expr
	DefaultProblem string
	// Generated is the unparsed expression of a generated column, "" for others; GeneratedExpr is its bound form.
	Generated     string
	GeneratedSpan diag.Span
	GeneratedExpr *Condition
	// Sequence is what the default draws from: that of an identity or serial column, or of DEFAULT nextval('...'). Default is "" then.
	Sequence *Sequence
	// Identity is set for GENERATED ... AS IDENTITY.
	Identity bool
	// Always is set for GENERATED ALWAYS AS IDENTITY: INSERT may not give a value.
	Always  bool
	Comment string
	Span    diag.Span
}

// Unique is a UNIQUE constraint or unique index.
type Unique struct {
	Name string
	// Columns are the positions of what must be unique together, -1 for an expression.
	Columns []int
	// Table is the table, set for what has Exprs.
	Table *Table
	// Exprs has an index's expressions at the places where Columns has -1; nil when there are none.
	Exprs []*IndexExpr
	// Where is the text of a partial unique index's predicate, WhereSpan its place.
	Where            string
	WhereSpan        diag.Span
	Predicate        *Condition // bound Where, nil without one
	NullsNotDistinct bool
	Index            bool // declared by CREATE UNIQUE INDEX, not as a constraint
	Span             diag.Span
}

// ForeignKey is a REFERENCES constraint.
type ForeignKey struct {
	Name       string
	Columns    []int
	RefTable   string
	RefColumns []int
	OnDelete   string // "", CASCADE, RESTRICT, SET NULL, SET DEFAULT
	OnUpdate   string
	// Deferred is set for INITIALLY DEFERRED: the end of the transaction checks it.
	Deferred bool
	// NotValid is set for NOT VALID: rows that were there before may break it.
	NotValid bool
	Span     diag.Span
}

// Check is a CHECK constraint.
type Check struct {
	Name string
	Text string // the unparsed condition
	// TextSpan is where Text stands.
	TextSpan diag.Span
	Bound    *Condition
	// Partition says that it stands for the table's partitions: some partition takes the row.
	Partition bool
	Span      diag.Span
}

// Condition is an expression over a row of a table: Cols has an id for each column of the table.
type Condition struct {
	Expr scalar.Expr
	Cols []scalar.ColumnID
}

// Reads lists the positions of the columns that the expression refers to, in table order.
func (c *Condition) Reads() []int {
	used := scalar.ColumnsIn(c.Expr)
	var out []int
	for i, id := range c.Cols {
		if used.Has(id) {
			out = append(out, i)
		}
	}
	return out
}

// Over is the expression over the values of a row, one for each column it reads.
func (c *Condition) Over(value func(col int) scalar.Expr) scalar.Expr {
	by := map[scalar.ColumnID]scalar.Expr{}
	for _, i := range c.Reads() {
		by[c.Cols[i]] = value(i)
	}
	return scalar.Substitute(c.Expr, by)
}

// Index is a CREATE INDEX: accepted, informational.
type Index struct {
	Name    string
	Columns []int // -1 for an expression
	Span    diag.Span
}

// CheckOption says which conditions a row that is written through a view must meet.
type CheckOption uint8

// The check options.
const (
	NoCheck       CheckOption = iota
	LocalCheck                // the view's own
	CascadedCheck             // the view's, and those of the views that it reads
)

// View is a CREATE VIEW, expanded where it is used.
type View struct {
	Name    string
	Columns []string // explicit column names, may be nil
	Query   string   // text of the SELECT
	// QuerySpan is where Query stands.
	QuerySpan diag.Span
	Check     CheckOption
	Span      diag.Span
}

// Table returns the table with that name, or nil.
func (c *Catalog) Table(name string) *Table {
	for _, t := range c.Tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Column returns the position of a column, or -1.
func (t *Table) Column(name string) int {
	for i, c := range t.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
