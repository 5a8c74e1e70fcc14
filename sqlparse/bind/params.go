package bind

import (
	"fmt"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// maxParams is the protocol's limit.
const maxParams = 65535

// paramInfo is what is known of a parameter.
type paramInfo struct {
	typ   value.Type
	known bool // typ was declared or inferred
	name  string
	named bool // the name is the source's own
	narg  bool
	// unnamed is set when the first use is $n::type, which sqlc does not name after its surroundings.
	unnamed bool
	// of is the column that the parameter is first compared with or stored in.
	of       *stored
	nullable bool
	used     bool
	first    diag.Span
}

func (s *stmt) param(number int) *paramInfo {
	for len(s.params) < number {
		s.params = append(s.params, paramInfo{})
	}
	return &s.params[number-1]
}

// paramRef is a use of $n. Its type is unknown until the parameter's first use settles it, as with PREPARE.
func (s *stmt) paramRef(number int32, span diag.Span) (scalar.Expr, error) {
	if number < 1 || number > maxParams {
		return nil, diag.UndefinedParam.At(span, "there is no parameter $%d", number)
	}
	p := s.param(int(number))
	if !p.used {
		p.used, p.first = true, span
		if int(number) <= len(s.fixed) && s.fixed[number-1].Kind != value.Unknown {
			p.typ, p.known = s.fixed[number-1], true
		}
	}
	e := &scalar.Param{Node: scalar.Node{Typ: p.typ, Pos: span}, Number: int(number)}
	if !p.known {
		s.loose = append(s.loose, e)
	}
	return e, nil
}

// settle gives a use of a parameter its type.
func (s *stmt) settle(e *scalar.Param, to value.Type, span diag.Span) (scalar.Expr, error) {
	p := s.param(e.Number)
	to = unmodified(to)
	if !p.known {
		p.typ, p.known = to, true
	} else if !p.typ.SameBase(to) {
		return nil, diag.AmbiguousParam.At(e.Pos, "inconsistent types deduced for parameter $%d", e.Number).
			WithHelp("%s versus %s: cast one of the uses", p.typ, to)
	}
	for i, l := range s.loose {
		if l == e {
			s.loose = append(s.loose[:i], s.loose[i+1:]...)
			break
		}
	}
	return &scalar.Param{Node: scalar.Node{Typ: to, Pos: e.Pos}, Number: e.Number}, nil
}

// finishParams checks that every use has a type and gives parameters their names.
func (s *stmt) finishParams() ([]bound.Param, error) {
	if len(s.loose) > 0 {
		e := s.loose[0]
		code := diag.Indeterminate
		if s.param(e.Number).known {
			code = diag.AmbiguousParam
		}
		return nil, code.At(e.Pos, "could not determine data type of parameter $%d", e.Number).
			WithHelp("cast it: $%d::text", e.Number)
	}
	taken := map[string]bool{}
	for _, p := range s.params {
		if p.named {
			taken[p.name] = true
		}
	}
	out := make([]bound.Param, len(s.params))
	for i := range s.params {
		p := &s.params[i]
		if !p.used && !p.named {
			if i < len(s.fixed) && s.fixed[i].Kind != value.Unknown {
				p.typ, p.known = s.fixed[i], true
			} else {
				return nil, diag.Indeterminate.At(s.text.between(0, len(s.text.SQL)), "could not determine data type of parameter $%d", i+1).
					WithHelp("number parameters without gaps")
			}
		}
		out[i] = bound.Param{Number: i + 1, Name: p.outputName(i+1, len(s.params), taken), Type: p.typ, Nullable: p.narg || p.nullable}
		if p.of != nil {
			out[i].Table, out[i].Column = p.of.table.Name, p.of.table.Columns[p.of.column].Name
		}
	}
	return out, nil
}

// outputName makes an inferred name unique by a number. A parameter without a name is called dollar_1 when it is the only one and
// column_n otherwise. Both are sqlc's ways.
func (p *paramInfo) outputName(number, count int, taken map[string]bool) string {
	if p.named {
		return p.name
	}
	name := p.name
	switch {
	case name != "":
	case count == 1:
		name = fmt.Sprintf("dollar_%d", number)
	default:
		name = fmt.Sprintf("column_%d", number)
	}
	unique := name
	for n := 2; taken[unique]; n++ {
		unique = fmt.Sprintf("%s_%d", name, n)
	}
	taken[unique] = true
	return unique
}

// bareParam is the parameter that an expression is, conversions aside.
func bareParam(e scalar.Expr) *scalar.Param {
	if p, ok := scalar.Unconverted(e).(*scalar.Param); ok && p.Number != 0 && !p.Local() {
		return p
	}
	return nil
}

// bareColumn is the column that an expression is, relabelling aside.
func bareColumn(e scalar.Expr) *scalar.Column {
	for {
		switch x := e.(type) {
		case *scalar.Column:
			return x
		case *scalar.Relabel:
			e = x.Arg
		case *scalar.Modify:
			e = x.Arg
		default:
			return nil
		}
	}
}

// nameParam suggests a name for the parameter that e is.
func (s *stmt) nameParam(e scalar.Expr, name string) {
	if p := bareParam(e); p != nil {
		if info := s.param(p.Number); info.name == "" && !info.unnamed {
			info.name = name
		}
	}
}

// nameCompared names a parameter after the column it is compared with.
func (s *stmt) nameCompared(a, b scalar.Expr) {
	if c := bareColumn(a); c != nil {
		s.nameAfter(b, c)
	}
	if c := bareColumn(b); c != nil {
		s.nameAfter(a, c)
	}
}

// nameAfter names the parameter that e is after a column, and notes whose values it takes.
func (s *stmt) nameAfter(e scalar.Expr, c *scalar.Column) {
	s.nameParam(e, s.cols.Get(c.ID).Name)
	s.describe(e, s.facts[c.ID].stored)
}

// describe notes the column whose values the parameter that e is takes.
func (s *stmt) describe(e scalar.Expr, of *stored) {
	if p := bareParam(e); p != nil && of != nil {
		if info := s.param(p.Number); info.of == nil {
			info.of = of
		}
	}
}

// storage finds a column of the schema.
func (s *stmt) storage(c *catalog.Column) *stored {
	for _, t := range s.cat.Tables {
		for i := range t.Columns {
			if t.Columns[i] == c {
				return &stored{t, i}
			}
		}
	}
	return nil
}

// allowNull marks the parameter that e is as one that may be NULL.
func (s *stmt) allowNull(e scalar.Expr) {
	if p := bareParam(e); p != nil {
		s.param(p.Number).nullable = true
	}
}
