package luagen

import (
	"reflect"
	"strconv"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Arg is the template of one argument of a command, or of a declared key: Prefix followed by its parts. It mirrors the runtime's
// manifest, which this package does not import.
type Arg struct {
	Prefix string
	Parts  []Part
	// Succ replaces the parts by the least string greater than all that begin with them; the argument is "+" when there is none.
	Succ bool
}

// Part is a piece of an argument: literal bytes, a parameter in a form, or a packed row.
type Part struct {
	Lit   string
	Param int // position in ARGV, from 1; 0 for none
	Form  ArgForm
	// Type is the column's type where it differs from the parameter's.
	Type                       *value.Type
	Nullable, Desc, NullsFirst bool
	More                       bool
	Size                       int
	Row                        *RowTemplate
}

// ArgForm says how a parameter is written.
type ArgForm string

// The forms, as the manifest spells them.
const (
	FormArgv   ArgForm = "argv"
	FormName   ArgForm = "name"
	FormSort   ArgForm = "sort"
	FormLimit  ArgForm = "limit"
	FormOffset ArgForm = "offset"
	FormBucket ArgForm = "bucket"
	FormWithin ArgForm = "within"
)

// RowTemplate is a packed row of parameters and constants.
type RowTemplate struct {
	Layout value.Layout
	Cols   []RowValue
}

// RowValue is one column: a parameter, or a constant (nil: NULL).
type RowValue struct {
	Param int
	Text  *string
}

func (a Arg) equal(b Arg) bool { return reflect.DeepEqual(a, b) }

// lit appends literal bytes.
func (a *Arg) lit(s string) {
	if n := len(a.Parts); n > 0 && a.Parts[n-1].Param == 0 && a.Parts[n-1].Row == nil {
		a.Parts[n-1].Lit += s
		return
	}
	a.Parts = append(a.Parts, Part{Lit: s})
}

// keyTemplate is a key as the client builds it, when it depends on parameters and constants alone.
func (g *gen) keyTemplate(op *phys.MakeKey) (Arg, bool) {
	var arg Arg
	arg.lit(g.root + op.Of.Fingerprint)
	if len(op.Parts) == 0 {
		return arg, true
	}
	arg.lit(":")
	if op.Of.Bucket > 0 {
		ok := g.bucketPart(&arg, op.Parts[0], FormBucket, op.Of.Bucket)
		return arg, ok
	}
	ok := g.nameTemplate(&arg, op.Parts, op.Of.Partition)
	return arg, ok
}

// paramMayBeNull reports whether a parameter may be NULL where it is used.
func (g *gen) paramMayBeNull(number int) bool {
	return g.paramInfo(number).Nullable && !g.given[number]
}

// bucketPart appends an integer's bucket, or its place within.
func (g *gen) bucketPart(arg *Arg, e scalar.Expr, form ArgForm, size int) bool {
	switch s := g.source(e).(type) {
	case *scalar.Param:
		if g.paramMayBeNull(s.Number) {
			return false
		}
		arg.Parts = append(arg.Parts, Part{Param: g.argIndex(s.Number), Form: form, Size: size})
		return true
	case *scalar.Const:
		v := constValue(s)
		if v.IsNull() {
			return false
		}
		within := (v.Int()%int64(size) + int64(size)) % int64(size)
		n := within
		if form == FormBucket {
			n = (v.Int() - within) / int64(size)
		}
		arg.lit(strconv.FormatInt(n, 10))
		return true
	}
	return false
}

// sortTemplate appends a sort key.
func (g *gen) sortTemplate(arg *Arg, of *phys.Structure, exprs []scalar.Expr) bool {
	for i, e := range exprs {
		col := of.Order[i]
		c := sortCol(col)
		switch s := g.source(e).(type) {
		case *scalar.Const:
			if !sameCodec(s.Typ, c.Type) {
				return false
			}
			b, err := value.AppendSort(nil, c, constValue(s))
			if err != nil {
				return false
			}
			arg.lit(string(b))
		case *scalar.Param:
			if !sameCodec(e.Type(), c.Type) || g.paramMayBeNull(s.Number) && !c.Nullable {
				return false
			}
			arg.Parts = append(arg.Parts, Part{
				Param: g.argIndex(s.Number), Form: FormSort, Type: typed(e, c.Type),
				Nullable: c.Nullable, Desc: c.Desc, NullsFirst: c.NullsFirst,
			})
		default:
			return false
		}
	}
	return true
}

// nameTemplate appends the name form of columns.
func (g *gen) nameTemplate(arg *Arg, exprs []scalar.Expr, cols []phys.Col) bool {
	for i, e := range exprs {
		if i > 0 {
			arg.lit(":")
		}
		more := i < len(exprs)-1
		switch s := g.source(e).(type) {
		case *scalar.Const:
			b, err := value.AppendName(nil, value.NameCol{Type: s.Typ, Nullable: cols[i].Nullable, More: more}, constValue(s))
			if err != nil {
				return false
			}
			arg.lit(string(b))
		case *scalar.Param:
			if g.paramMayBeNull(s.Number) && !cols[i].Nullable {
				return false
			}
			arg.Parts = append(arg.Parts, Part{
				Param: g.argIndex(s.Number), Form: FormName, Type: typed(e, cols[i].Type),
				Nullable: cols[i].Nullable, More: more,
			})
		default:
			return false
		}
	}
	return true
}
