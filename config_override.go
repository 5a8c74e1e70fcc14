package prequel

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/prequel-db/prequel/runtime/clientgen"
	"github.com/prequel-db/prequel/runtime/value"
)

// databaseTypes are the names of types in sqlc's overrides, pg_catalog. left out.
var databaseTypes = map[string]value.Kind{
	"bool": value.Bool, "boolean": value.Bool,
	"int2": value.Int2, "smallint": value.Int2,
	"int4": value.Int4, "integer": value.Int4, "int": value.Int4,
	"int8": value.Int8, "bigint": value.Int8,
	"float4": value.Float4, "real": value.Float4,
	"float8": value.Float8, "float": value.Float8, "double precision": value.Float8,
	"numeric": value.Numeric, "decimal": value.Numeric,
	"text": value.Text, "string": value.Text,
	"varchar": value.Varchar, "character varying": value.Varchar,
	"bpchar": value.Char, "char": value.Char, "character": value.Char,
	"bytea": value.Bytea, "date": value.Date, "time": value.Time,
	"timestamp": value.Timestamp, "timestamptz": value.Timestamptz, "timestamp with time zone": value.Timestamptz,
	"interval": value.Interval, "uuid": value.UUID, "json": value.JSON, "jsonb": value.JSONB,
}

// otherTypes are types that sqlc knows and no column of a compiled schema has.
var otherTypes = []string{
	"serial", "serial2", "serial4", "serial8", "smallserial", "bigserial", "money", "timetz", "inet", "cidr", "macaddr", "macaddr8", "citext",
	"ltree", "lquery", "ltxtquery", "hstore", "oid", "any", "void", "vector", "geometry", "geography", "point", "line", "box", "path", "polygon",
	"circle", "bit", "varbit", "tsvector", "tsquery", "xml", "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange",
}

// overrides reads a list of overrides.
func (r *sqlcReader) overrides(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		r.errorf(r.span(n), "list them, each with db_type or column and go_type", "overrides must be a list, not %s", shown(n))
		return
	}
	for _, n := range n.Content {
		r.override(dealias(n))
	}
}

func (r *sqlcReader) override(n *yaml.Node) {
	var v clientgen.Override
	var column, databaseType *yaml.Node
	skip := false
	ignore := func(_, _ *yaml.Node) {}
	r.mapping(n, "the override", []field{
		{"column", false, func(_, n *yaml.Node) { column = n }},
		{"db_type", false, func(_, n *yaml.Node) { databaseType = n }},
		{"nullable", false, func(_, n *yaml.Node) { v.Nullable = r.boolean(n) }},
		{"go_type", false, func(_, n *yaml.Node) { v.Type = r.goType(n) }},
		{"go_struct_tag", false, func(_, n *yaml.Node) { v.Tag = strings.Trim(n.Value, "`") }},
		{"engine", false, func(_, n *yaml.Node) { skip = n.Value != "" && n.Value != "postgresql" }},
		{"unsigned", false, ignore},
	})
	switch {
	case skip:
	case column != nil && databaseType != nil:
		r.errorf(r.span(n), "keep one of them", "an override has a column or a db_type, not both")
	case column != nil:
		parts := strings.Split(column.Value, ".")
		if len(parts) < 2 || len(parts) > 4 {
			r.errorf(r.span(column), "write table.column", "%s names no column", shown(column))
			return
		}
		v.Table, v.Column = parts[len(parts)-2], parts[len(parts)-1]
		r.p.Client.Overrides = append(r.p.Client.Overrides, v)
	case databaseType != nil:
		name := strings.TrimPrefix(databaseType.Value, "pg_catalog.")
		var known bool
		if v.Kind, known = databaseTypes[name]; !known {
			if slices.Contains(otherTypes, name) {
				r.note(r.span(databaseType), "the override of %s is ignored: no column has this type here", name)
				return
			}
			v.Kind, v.Enum = value.Enum, strings.TrimPrefix(name, "public.")
			r.p.enums = append(r.p.enums, mention{v.Enum, r.span(databaseType)})
		}
		r.p.Client.Overrides = append(r.p.Client.Overrides, v)
	default:
		r.errorf(r.span(n), "add db_type: or column:", "the override does not say what for")
	}
}

// goType reads a type as Go code writes it with its import path, or in parts.
func (r *sqlcReader) goType(n *yaml.Node) clientgen.GoType {
	if n.Kind == yaml.ScalarNode {
		return r.goTypeOf(n, n.Value)
	}
	var parts struct {
		Import, Package, Type string
		Pointer, Slice        bool
	}
	if err := n.Decode(&parts); err != nil || parts.Type == "" {
		r.errorf(r.span(n), "write a type, or: {import: ..., type: ...}", "go_type names no type")
		return clientgen.GoType{}
	}
	var t clientgen.GoType
	if parts.Import == "" && parts.Package == "" {
		t = r.goTypeOf(n, parts.Type)
	} else {
		own := packageName(parts.Import)
		t = clientgen.GoType{Import: parts.Import, Name: parts.Type}
		if parts.Package == "" {
			parts.Package = own
		}
		if parts.Package != own {
			t.Alias = parts.Package
		}
		if bare := strings.TrimLeft(t.Name, "*[]"); !strings.Contains(bare, ".") {
			t.Name = strings.TrimSuffix(t.Name, bare) + parts.Package + "." + bare
		}
	}
	if parts.Pointer {
		t.Name = "*" + t.Name
	}
	if parts.Slice {
		t.Name = "[]" + t.Name
	}
	return t
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// packageName is what a package is called that is imported by a path.
func packageName(importPath string) string {
	name := path.Base(importPath)
	if majorVersion.MatchString(name) {
		name = path.Base(path.Dir(importPath))
	}
	if before, _, ok := strings.Cut(name, ".v"); ok { // gopkg.in/guregu/null.v4
		name = before
	}
	return strings.TrimSuffix(strings.TrimPrefix(name, "go-"), "-go")
}

// goTypeOf reads "github.com/google/uuid.UUID", "*time.Time", "[]byte".
func (r *sqlcReader) goTypeOf(n *yaml.Node, text string) clientgen.GoType {
	full := strings.TrimLeft(text, "*[]")
	prefix := strings.TrimSuffix(text, full)
	dot := strings.LastIndexByte(full, '.')
	switch {
	case full == "", dot == 0, dot < strings.LastIndexByte(full, '/'), dot == len(full)-1:
		r.errorf(r.span(n), "write it with its import path: github.com/google/uuid.UUID", "%q is no Go type", text)
		return clientgen.GoType{}
	case dot < 0:
		return clientgen.GoType{Name: text}
	}
	return clientgen.GoType{Import: full[:dot], Name: prefix + packageName(full[:dot]) + full[dot:]}
}
