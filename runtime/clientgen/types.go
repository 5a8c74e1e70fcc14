package clientgen

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
)

// A goType says how values of an SQL type look in the client.
type goType struct {
	name string // the Go type
	get  string // func(*runtime.Cursor, int) T
	make string // func(T) value.Value
	// nilable types show NULL as nil, with nullMake for parameters.
	nullMake string
	// list is the arguments of ListParam around the list; get and make are the elements'.
	list string
	// one is make as an expression around the Go expression, where that is plainer than a call of make.
	one     string
	imports []string
	// converts is what get and make need to be imported.
	converts []string
	// pointer types show NULL as a nil pointer.
	pointer bool
	// chosen types are the user's: get and make see to NULL themselves.
	chosen bool
}

const (
	pkgSQLType = "github.com/prequel-db/prequel/runtime/sqltype"
	pkgValue   = "github.com/prequel-db/prequel/runtime/value"
	pkgRuntime = "github.com/prequel-db/prequel/runtime"
)

var kinds = map[value.Kind]goType{
	value.Bool:        {name: "bool", get: "Bool", make: "BoolParam"},
	value.Int2:        {name: "int16", get: "Int16", make: "Int16Param"},
	value.Int4:        {name: "int32", get: "Int32", make: "Int32Param"},
	value.Int8:        {name: "int64", get: "Int64", make: "Int64Param"},
	value.Float4:      {name: "float32", get: "Float32", make: "Float32Param"},
	value.Float8:      {name: "float64", get: "Float64", make: "Float64Param"},
	value.Numeric:     {name: "sqltype.Numeric", get: "Numeric", make: "NumericParam", imports: []string{pkgSQLType}},
	value.Unknown:     {name: "string", get: "String", make: "StringParam"},
	value.Record:      {name: "string", get: "String", make: "StringParam"},
	value.Text:        {name: "string", get: "String", make: "StringParam"},
	value.Varchar:     {name: "string", get: "String", make: "StringParam"},
	value.Char:        {name: "string", get: "String", make: "StringParam"},
	value.Bytea:       {name: "[]byte", get: "Bytes", make: "BytesParam", nullMake: "NullBytesParam"},
	value.Date:        {name: "time.Time", get: "Date", make: "DateParam", imports: []string{"time"}},
	value.Time:        {name: "time.Duration", get: "Time", make: "TimeParam", imports: []string{"time"}},
	value.Timestamp:   {name: "time.Time", get: "Timestamp", make: "TimestampParam", imports: []string{"time"}},
	value.Timestamptz: {name: "time.Time", get: "Timestamp", make: "TimestamptzParam", imports: []string{"time"}},
	value.Interval:    {name: "sqltype.Interval", get: "Interval", make: "IntervalParam", imports: []string{pkgSQLType}},
	value.UUID:        {name: "sqltype.UUID", get: "UUID", make: "UUIDParam", imports: []string{pkgSQLType}},
	value.JSON:        {name: "json.RawMessage", get: "JSON", make: "JSONParam", nullMake: "NullJSONParam", imports: []string{"encoding/json"}},
	value.JSONB:       {name: "json.RawMessage", get: "JSON", make: "JSONBParam", nullMake: "NullJSONBParam", imports: []string{"encoding/json"}},
}

// column is the Go type of a column's or parameter's values, which the user may have chosen. table and column name the column of a
// table that it is, if any.
func (g *generator) column(t value.Type, nullable bool, table, column string) (goType, error) {
	if o := g.options.columnOverride(table, column); o != nil {
		if t.Kind != value.Array || g.isArray(table, column) {
			return g.chosen(o, t, nullable)
		}
		elem, err := g.chosen(o, *t.Elem, false) // a parameter that the column is compared with any element of
		if err != nil {
			return goType{}, err
		}
		return g.listOf(elem, t)
	}
	if t.Kind == value.Array {
		return g.typeOf(t)
	}
	return g.valueType(t, nullable)
}

// isArray reports whether a table's column is an array.
func (g *generator) isArray(table, column string) bool {
	for _, t := range g.manifest.Tables {
		for _, c := range t.Columns {
			if t.Name == table && c.Name == column {
				return c.Type.Kind == value.Array
			}
		}
	}
	return false
}

// listOf is the Go type of the array type t with elements of a Go type.
func (g *generator) listOf(elem goType, t value.Type) (goType, error) {
	elemType, err := g.typeExpr(*t.Elem)
	return goType{
		name: "[]" + elem.name, imports: elem.imports, converts: elem.converts,
		get:      elem.get,
		make:     "runtime.ListParam",
		nullMake: "runtime.NullListParam",
		list:     elemType + ", %s, " + elem.make,
	}, err
}

// valueType is the Go type of the values of a type, which the user may have chosen for all of them.
func (g *generator) valueType(t value.Type, nullable bool) (goType, error) {
	if o := g.options.typeOverride(t, nullable); o != nil {
		return g.chosen(o, t, nullable)
	}
	return g.typeOf(t)
}

// chosen is a type that the user chose. Where it is the type that values have anyway, or a pointer to it, nothing is converted.
func (g *generator) chosen(o *Override, t value.Type, nullable bool) (goType, error) {
	plain, err := g.typeOf(t)
	if err == nil {
		switch {
		case o.Type.Name == plain.name && (!nullable || plain.nullMake != ""):
			return plain, nil
		case o.Type.Name == "*"+plain.name && nullable && plain.nullMake == "":
			plain.pointer = true
			return plain, nil
		}
	}
	typ, err := g.typeExpr(t)
	if err != nil {
		return goType{}, err
	}
	chosen := goType{
		name: o.Type.Name, get: "runtime.As[" + o.Type.Name + "]", make: "runtime.Maker[" + o.Type.Name + "](" + typ + ")",
		chosen: true,
	}
	if o.Type.Import != "" {
		chosen.imports = []string{strings.TrimSpace(o.Type.Alias + " " + o.Type.Import)}
		chosen.converts = chosen.imports
	}
	return chosen, nil
}

// typeExpr is the Go expression of a type of SQL.
func (g *generator) typeExpr(t value.Type) (string, error) {
	switch t.Kind {
	case value.Enum:
		name, ok := g.enums[t.Enum.Name]
		if !ok {
			return "", fmt.Errorf("enum %s is not in the manifest", t.Enum.Name)
		}
		return enumVar(name), nil
	case value.Array:
		elem, err := g.typeExpr(*t.Elem)
		return "value.ArrayOf(" + elem + ")", err
	}
	return "value.Of(value." + kindName(t.Kind) + ")", nil
}

// typeOf is the Go type of a value that is not NULL, with getter and maker written out.
func (g *generator) typeOf(t value.Type) (goType, error) {
	switch t.Kind {
	case value.Enum:
		name, ok := g.enums[t.Enum.Name]
		if !ok {
			return goType{}, fmt.Errorf("enum %s is not in the manifest", t.Enum.Name)
		}
		return goType{
			name: name, get: "runtime.LabelOf[" + name + "]",
			make: fmt.Sprintf("runtime.LabelMaker[%s](%s)", name, enumVar(name)),
			one:  "runtime.LabelParam(" + enumVar(name) + ", string(%s))", pointer: g.options.NullPointers,
		}, nil
	case value.Array:
		elem, err := g.valueType(*t.Elem, false)
		if err != nil {
			return goType{}, err
		}
		return g.listOf(elem, t)
	}
	k, ok := kinds[t.Kind]
	if !ok {
		return goType{}, fmt.Errorf("type %s has no Go type", t)
	}
	k.get, k.make = "(*runtime.Cursor)."+k.get, "runtime."+k.make
	k.pointer = g.options.NullPointers
	if k.nullMake != "" {
		k.nullMake = "runtime." + k.nullMake
	}
	return k, nil
}

// kindName is the constant's name of a kind.
func kindName(k value.Kind) string {
	return [...]string{
		"Unknown", "Bool", "Int2", "Int4", "Int8", "Float4", "Float8", "Numeric", "Text", "Varchar", "Char", "Bytea", "Date", "Time",
		"Timestamp", "Timestamptz", "Interval", "UUID", "Enum", "JSON", "JSONB", "Array", "Record", "Void",
	}[k]
}

// field is the Go type of a column or parameter.
func (t goType) field(nullable bool) string {
	switch {
	case !nullable || t.nullMake != "" || t.chosen:
		return t.name
	case t.pointer:
		return "*" + t.name
	}
	return "sqltype.Null[" + t.name + "]"
}

// read is the expression of column i.
func (t goType) read(i int, nullable bool) string {
	if t.list != "" {
		return fmt.Sprintf("runtime.ArrayOf(c, %d, %s)", i, t.get)
	}
	if nullable && t.nullMake == "" && !t.chosen {
		if t.pointer {
			return fmt.Sprintf("runtime.PtrOf(c, %d, %s)", i, t.get)
		}
		return fmt.Sprintf("runtime.NullOf(c, %d, %s)", i, t.get)
	}
	if method, ok := strings.CutPrefix(t.get, "(*runtime.Cursor)."); ok {
		return fmt.Sprintf("c.%s(%d)", method, i)
	}
	return fmt.Sprintf("%s(c, %d)", t.get, i)
}

// write is the expression of a parameter made of the Go expression x.
func (t goType) write(x string, nullable bool) string {
	if t.list != "" {
		x = fmt.Sprintf(t.list, x)
	}
	switch {
	case t.chosen:
	case nullable && t.nullMake != "":
		return fmt.Sprintf("%s(%s)", t.nullMake, x)
	case nullable && t.pointer:
		return fmt.Sprintf("runtime.PtrParam(%s, %s)", x, t.make)
	case nullable:
		return fmt.Sprintf("runtime.NullParam(%s, %s)", x, t.make)
	case t.one != "":
		return fmt.Sprintf(t.one, x)
	}
	return fmt.Sprintf("%s(%s)", t.make, x)
}

func enumVar(goName string) string { return "type" + goName }
