package algebra

import "github.com/prequel-db/prequel/sqlparse/scalar"

// The methods below make every operator a scalar.OpenRelation, so that the walkers of package scalar see through
// subqueries.

// OuterColumns are the columns that the relation uses and does not produce.
func (x *Scan) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *Scan) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *Scan) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *Scan) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *Delta) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *Delta) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *Delta) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *Delta) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *Values) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *Values) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *Values) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *Values) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *Filter) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *Filter) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *Filter) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *Filter) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *Project) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *Project) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *Project) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *Project) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *Join) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *Join) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *Join) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *Join) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *Apply) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *Apply) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *Apply) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *Apply) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *MaxOne) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *MaxOne) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *MaxOne) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *MaxOne) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *GroupBy) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *GroupBy) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *GroupBy) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *GroupBy) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *GroupingSets) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *GroupingSets) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation {
	return MapExprs(x, f)
}

// HasParams reports whether a parameter occurs in the relation.
func (x *GroupingSets) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *GroupingSets) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *Distinct) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *Distinct) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *Distinct) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *Distinct) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *SetOp) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *SetOp) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *SetOp) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *SetOp) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *TopK) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *TopK) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *TopK) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *TopK) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *Window) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *Window) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *Window) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *Window) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *FuncScan) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *FuncScan) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *FuncScan) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *FuncScan) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *RecursiveUnion) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *RecursiveUnion) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation {
	return MapExprs(x, f)
}

// HasParams reports whether a parameter occurs in the relation.
func (x *RecursiveUnion) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *RecursiveUnion) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }

// OuterColumns are the columns that the relation uses and does not produce.
func (x *WorkTable) OuterColumns() scalar.ColSet { return FreeColumns(x) }

// MapExprs applies f to every expression of the relation.
func (x *WorkTable) MapExprs(f func(scalar.Expr) scalar.Expr) scalar.Relation { return MapExprs(x, f) }

// HasParams reports whether a parameter occurs in the relation.
func (x *WorkTable) HasParams() bool { return HasParams(x) }

// FormatInline prints the relation on one line.
func (x *WorkTable) FormatInline(cols *scalar.Columns) string { return formatInline(x, cols) }
