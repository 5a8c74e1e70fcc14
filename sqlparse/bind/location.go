package bind

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// firstLocation is the smallest location at or below a node, -1 when no node has one. It is used for messages only.
func firstLocation(n *pg.Node) int32 {
	if n == nil {
		return -1
	}
	best := int32(-1)
	visitLocations(n.ProtoReflect(), &best)
	return best
}

func visitLocations(m protoreflect.Message, best *int32) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() == protoreflect.Int32Kind && f.Name() == "location":
			if l := int32(v.Int()); l >= 0 && (*best < 0 || l < *best) {
				*best = l
			}
		case f.Kind() == protoreflect.MessageKind && f.IsList():
			for i := range v.List().Len() {
				visitLocations(v.List().Get(i).Message(), best)
			}
		case f.Kind() == protoreflect.MessageKind && !f.IsMap():
			visitLocations(v.Message(), best)
		}
		return true
	})
}

// mentionsIn reports whether a table name occurs at or below a message.
func mentionsIn(m protoreflect.Message, name string) bool {
	if v, ok := m.Interface().(*pg.RangeVar); ok {
		return v.Relname == name && v.Schemaname == ""
	}
	found := false
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() == protoreflect.MessageKind && f.IsList():
			for i := 0; i < v.List().Len() && !found; i++ {
				found = mentionsIn(v.List().Get(i).Message(), name)
			}
		case f.Kind() == protoreflect.MessageKind && !f.IsMap():
			found = mentionsIn(v.Message(), name)
		}
		return !found
	})
	return found
}

// ColumnNames visits the column names at or below a node.
func ColumnNames(n *pg.Node, visit func(string)) {
	if n != nil {
		columnNamesIn(n.ProtoReflect(), visit)
	}
}

func columnNamesIn(m protoreflect.Message, visit func(string)) {
	if ref, ok := m.Interface().(*pg.ColumnRef); ok {
		if names := stringsOf(ref.Fields); len(names) > 0 {
			visit(names[len(names)-1])
		}
		return
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() == protoreflect.MessageKind && f.IsList():
			for i := range v.List().Len() {
				columnNamesIn(v.List().Get(i).Message(), visit)
			}
		case f.Kind() == protoreflect.MessageKind && !f.IsMap():
			columnNamesIn(v.Message(), visit)
		}
		return true
	})
}
