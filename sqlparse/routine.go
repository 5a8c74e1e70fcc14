package sqlparse

import (
	"slices"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// dropFunction removes the functions of a name, or the one with those arguments when they are written.
func (d *ddl) dropFunction(o *pg.ObjectWithArgs) {
	name := lastName(o.GetObjname())
	var types []value.Type
	for _, n := range o.GetObjargs() {
		t, _, err := d.functionType(n.GetTypeName())
		if err != nil { // only a function that is not compiled has such an argument
			types = append(types, value.Of(value.Void))
			continue
		}
		types = append(types, t)
	}
	d.cat.Functions = keep(d.cat.Functions, func(f *catalog.Function) bool {
		if f.Name != name || o.GetArgsUnspecified() || f.Refused != nil {
			return f.Name != name
		}
		return !slices.EqualFunc(f.Inputs(), types, func(a *catalog.FuncArg, t value.Type) bool { return a.Type.SameBase(t) })
	})
}

func (d *ddl) dropTrigger(t *catalog.Table, name string) {
	t.Triggers = keep(t.Triggers, func(tr *catalog.Trigger) bool { return tr.Name != name })
}

// dropRoutine applies DROP FUNCTION, PROCEDURE and TRIGGER.
func (d *ddl) dropRoutine(n *pg.DropStmt) {
	for _, o := range n.Objects {
		if n.RemoveType == pg.ObjectType_OBJECT_TRIGGER {
			names := o.GetList().GetItems()
			if len(names) < 2 {
				continue
			}
			if t := d.cat.Table(names[len(names)-2].GetString_().GetSval()); t != nil {
				d.dropTrigger(t, lastName(names))
			}
			continue
		}
		name := lastName(o.GetObjectWithArgs().GetObjname())
		d.dropFunction(o.GetObjectWithArgs())
		if n.Behavior == pg.DropBehavior_DROP_CASCADE {
			for _, t := range d.cat.Tables {
				t.Triggers = keep(t.Triggers, func(tr *catalog.Trigger) bool { return tr.Function != name })
			}
		}
	}
}

func lastName(names []*pg.Node) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1].GetString_().GetSval()
}

// comment keeps what COMMENT ON says of tables and columns, for the client's documentation.
func (d *ddl) comment(n *pg.CommentStmt) {
	names := n.Object.GetList().GetItems()
	switch n.Objtype {
	case pg.ObjectType_OBJECT_TABLE:
		if t := d.cat.Table(lastName(names)); t != nil {
			t.Comment = n.Comment
		}
	case pg.ObjectType_OBJECT_COLUMN:
		if len(names) < 2 {
			return
		}
		t := d.cat.Table(names[len(names)-2].GetString_().GetSval())
		if t == nil {
			return
		}
		if at := t.Column(lastName(names)); at >= 0 {
			t.Columns[at].Comment = n.Comment
		}
	}
}
