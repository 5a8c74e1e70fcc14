package luagen

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// maxExact is 2^53: integers up to it are exact as Lua numbers.
const maxExact = 1 << 53

// constValue parses a constant's text as PostgreSQL's input function does.
func constValue(c *scalar.Const) value.Value {
	if c.Null {
		return value.Null
	}
	v, err := value.Parse(c.Typ, c.Text)
	if err != nil {
		fail("constant %q of type %s: %v", c.Text, c.Typ, err)
	}
	return v
}

// literal is a constant in the Lua form of its type.
func (g *gen) literal(t value.Type, v value.Value) lua.Expr {
	if v.IsNull() {
		return lua.Nil{}
	}
	switch t.Kind {
	case value.Bool:
		return lua.Bool(v.Bool())
	case value.Int2, value.Int4, value.Date, value.Enum:
		return lua.Int(v.Int())
	case value.Int8, value.Time, value.Timestamp, value.Timestamptz:
		return wideLiteral(v.Int())
	case value.Float4, value.Float8:
		return floatLiteral(v.Float())
	case value.Array:
		return g.arrayLiteral(t, v)
	}
	return lua.Str(v.Str())
}

// wideLiteral is a wide integer: a number up to 2^53, its decimal text beyond.
func wideLiteral(n int64) lua.Expr {
	if n < -maxExact || n > maxExact {
		return lua.Str(strconv.FormatInt(n, 10))
	}
	return lua.Int(n)
}

func floatLiteral(f float64) lua.Expr {
	switch {
	case math.IsNaN(f):
		return lua.Num{Text: "0/0"}
	case math.IsInf(f, 1):
		return lua.Num{Text: "1/0"}
	case math.IsInf(f, -1):
		return lua.Num{Text: "-1/0"}
	case f == 0 && math.Signbit(f):
		return compute("arg_f8", lua.Str("-0")) // Lua 5.1 keeps one constant for 0 and -0
	}
	return lua.Num{Text: strconv.FormatFloat(f, 'g', -1, 64)}
}

// arrayLiteral is a table {n = length, ...}, made anew by each evaluation.
func (g *gen) arrayLiteral(t value.Type, v value.Value) lua.Expr {
	elems, err := value.Elements(*t.Elem, v.Str())
	if err != nil {
		fail("array constant: %v", err)
	}
	return g.arrayTable(len(elems), func(i int) lua.Expr { return g.literal(*t.Elem, elems[i]) })
}

func (g *gen) arrayTable(n int, elem func(int) lua.Expr) lua.Expr {
	table := &lua.Table{}
	for i := range n {
		table.Items = append(table.Items, lua.Item{Value: elem(i)})
	}
	table.Items = append(table.Items, lua.Item{Name: "n", Value: lua.Int(int64(n))})
	return table
}

// enumLabels is the shared table of an enum's labels by ordinal.
func (g *gen) enumLabels(e *value.EnumType) lua.Expr {
	return g.shared.add("labels "+enumKey(e), e.Name+"_labels", func() lua.Expr {
		table := &lua.Table{}
		for _, l := range e.Labels {
			table.Items = append(table.Items, lua.Item{Value: lua.Str(l)})
		}
		return table
	})
}

// enumOrdinals is the shared table of an enum's ordinals by label.
func (g *gen) enumOrdinals(e *value.EnumType) lua.Expr {
	return g.shared.add("ordinals "+enumKey(e), e.Name+"_ordinals", func() lua.Expr {
		table := &lua.Table{}
		for i, l := range e.Labels {
			table.Items = append(table.Items, lua.Item{Key: lua.Str(l), Value: lua.Int(int64(i + 1))})
		}
		return table
	})
}

func enumKey(e *value.EnumType) string {
	return fmt.Sprintf("%q %q", e.Name, strings.Join(e.Labels, "\x00"))
}
