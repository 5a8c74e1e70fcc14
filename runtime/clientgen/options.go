package clientgen

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// Options are what a client's package is to be. The zero value of each but Package is Prequel's own way; those that sqlc has too
// mean what they mean there.
type Options struct {
	// Package is the name of the package.
	Package string
	// JSONTags and DBTags add struct tags with SQL's names to the fields. JSONCase writes the names in json tags as "camel",
	// "pascal" or "snake" case, "" as they are; JSONUpperID writes ID for Id in the first two.
	JSONTags, DBTags bool
	JSONCase         string
	JSONUpperID      bool
	// NoInterface leaves the interface Querier out.
	NoInterface bool
	// EmptySlices makes :many return an empty slice, not nil, when there is no row.
	EmptySlices bool
	// ResultPointers and ParamPointers pass structs of rows and of parameters by pointer.
	ResultPointers, ParamPointers bool
	// NullPointers shows values that may be NULL as pointers, not as sqltype.Null.
	NullPointers bool
	// AllEnumValues adds a function AllXValues to each enum X.
	AllEnumValues bool
	// ExactTableNames names the structs of tables as the tables are named, in the plural. KeepPlural lists single tables.
	ExactTableNames bool
	KeepPlural      []string
	// OmitUnused leaves out structs and enums that no statement uses.
	OmitUnused bool
	// ParameterLimit is the number of parameters up to which a method takes them one by one instead of in a struct; 1 when nil.
	ParameterLimit *int
	// Rename gives Go names to names of SQL, as they are before and after they were made singular.
	Rename map[string]string
	// Initialisms are the words that are written in capitals; "id" when nil.
	Initialisms []string
	// BuildTags is the expression of a go:build line.
	BuildTags string
	// Overrides are the types that the user chose. Those of columns come first, then those of types; of equals the first.
	Overrides []Override
	// The names of files: "db.go", "models.go", "querier.go" and "batch.go" when empty. SourceFile gives the file of a statement's
	// method, "queries.go" for those that are not in it.
	DBFile, ModelsFile, QuerierFile, BatchFile string
	SourceFile                                 map[string]string
}

// An Override chooses a Go type, for a column or for all values of a type.
type Override struct {
	// Table and Column are path.Match patterns of a column's name and its table's.
	Table, Column string
	// Kind is the kind of a type, Enum the name of an enum; they hold for values that may be NULL when Nullable, for the others
	// when not.
	Kind     value.Kind
	Enum     string
	Nullable bool
	// Type is the type.
	Type GoType
	// Tag is added to the struct tags of columns.
	Tag string
}

// A GoType is a type as Go code writes it: Name with its package ("uuid.UUID", "*time.Time", "[]byte"), and the import that it
// needs, "" for none. Alias names the package where it is not the import path's last element.
type GoType struct {
	Import, Alias, Name string
}

func (o *Options) parameterLimit() int {
	if o.ParameterLimit == nil {
		return 1
	}
	return *o.ParameterLimit
}

// columnOverride is the first type chosen for a column of a table.
func (o *Options) columnOverride(table, column string) *Override {
	return o.columnMatch(table, column, func(v *Override) bool { return v.Type.Name != "" })
}

// columnTag is what is added to the struct tag of a column.
func (o *Options) columnTag(table, column string) string {
	if v := o.columnMatch(table, column, func(v *Override) bool { return v.Tag != "" }); v != nil {
		return v.Tag
	}
	return ""
}

func (o *Options) columnMatch(table, column string, wanted func(*Override) bool) *Override {
	if table == "" {
		return nil
	}
	for i := range o.Overrides {
		v := &o.Overrides[i]
		if v.Column != "" && matches(v.Column, column) && matches(v.Table, table) && wanted(v) {
			return v
		}
	}
	return nil
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// typeOverride is the type chosen for values of a type.
func (o *Options) typeOverride(t value.Type, nullable bool) *Override {
	for i := range o.Overrides {
		v := &o.Overrides[i]
		if v.Column == "" && v.Type.Name != "" && v.Kind == t.Kind && v.Nullable == nullable && (t.Kind != value.Enum || v.Enum == t.Enum.Name) {
			return v
		}
	}
	return nil
}

// sources lists the files of methods, in order.
func (g *generator) sources() []string {
	var out []string
	for _, m := range g.methods {
		if !slices.Contains(out, m.file) {
			out = append(out, m.file)
		}
	}
	if len(out) == 0 {
		out = []string{"queries.go"}
	}
	slices.Sort(out)
	return out
}

// sourceFile is the file of a statement's method.
func (o *Options) sourceFile(fn *runtime.Function) string {
	return cmp.Or(o.SourceFile[fn.Name], "queries.go")
}

// jsonName is a column's name in a json tag.
func (o *Options) jsonName(sql string) string {
	name := sql
	if o.JSONCase != "camel" && o.JSONCase != "pascal" {
		if o.JSONCase == "snake" {
			return strings.ToLower(name)
		}
		return name
	}
	var b strings.Builder
	for i, w := range words(name) {
		switch {
		case strings.EqualFold(w, "id") && o.JSONUpperID && (i > 0 || o.JSONCase == "pascal"):
			b.WriteString("ID")
		case i == 0 && o.JSONCase == "camel":
			b.WriteString(strings.ToLower(w))
		default:
			b.WriteString(capitalised(strings.ToLower(w)))
		}
	}
	return cmp.Or(b.String(), name)
}
