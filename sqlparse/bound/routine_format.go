package bound

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// RoutinePrinter prints the statements of a routine. SQL prints embedded SQL, one line an element.
type RoutinePrinter struct {
	Columns *scalar.Columns
	SQL     func(Embedded) []string
	routine *Routine
	b       strings.Builder
}

// Print prints a routine, indented by depth.
func (p *RoutinePrinter) Print(r *Routine, depth int) string {
	p.routine = r
	results := make([]string, len(r.Results))
	for i, c := range r.Results {
		results[i] = c.Name + " " + c.Type.String()
	}
	head := "routine " + r.Function
	if r.SetOf {
		head += " setof"
	}
	p.line(depth, "%s (%s)", head, strings.Join(results, ", "))
	for i, v := range r.Vars {
		notNull := ""
		if v.NotNull {
			notNull = " not null"
		}
		p.line(depth+1, "var %s#%d %s%s", v.Name, i, v.Type, notNull)
	}
	p.stmts(depth+1, r.Body)
	return p.b.String()
}

func (p *RoutinePrinter) line(depth int, format string, args ...any) {
	p.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

func (p *RoutinePrinter) expr(e scalar.Expr) string { return scalar.Format(e, p.Columns) }

func (p *RoutinePrinter) exprs(list []scalar.Expr) string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = p.expr(e)
	}
	return strings.Join(out, ", ")
}

func (p *RoutinePrinter) variable(i int) string {
	return fmt.Sprintf("%s#%d", p.routine.Vars[i].Name, i)
}

func (p *RoutinePrinter) moves(list []Move) string {
	var out []string
	for _, m := range list {
		out = append(out, p.variable(m.Var)+" = "+p.expr(m.Expr))
	}
	if out == nil {
		return ""
	}
	return " into " + strings.Join(out, ", ")
}

// noted lists the variables that a statement reports to.
func (p *RoutinePrinter) noted(found, count int) string {
	s := ""
	if found >= 0 {
		s += " found " + p.variable(found)
	}
	if count >= 0 {
		s += " count " + p.variable(count)
	}
	return s
}

func (p *RoutinePrinter) fields(vars [len(ErrorFields)]int) string {
	s := ""
	for i, v := range vars {
		if v >= 0 {
			s += " " + ErrorFields[i] + " " + p.variable(v)
		}
	}
	return s
}

func (p *RoutinePrinter) sql(depth int, s Embedded) {
	for _, l := range p.SQL(s) {
		p.line(depth, "%s", l)
	}
}

func (p *RoutinePrinter) stmts(depth int, list []Stmt) {
	for _, s := range list {
		p.stmt(depth, s)
	}
}

func (p *RoutinePrinter) stmt(depth int, s Stmt) {
	switch x := s.(type) {
	case *SetVar:
		p.line(depth, "%s := %s", p.variable(x.Var), p.expr(x.Expr))
	case *IfStmt:
		p.line(depth, "if %s", p.expr(x.Cond))
		p.stmts(depth+1, x.Then)
		if len(x.Else) > 0 {
			p.line(depth, "else")
			p.stmts(depth+1, x.Else)
		}
	case *Labelled:
		kind := "block"
		if x.Loop {
			kind = "loop"
		}
		p.line(depth, "%s %d", kind, x.ID)
		p.stmts(depth+1, x.Body)
	case *Leave:
		p.line(depth, "leave %d", x.ID)
	case *Each:
		p.line(depth, "loop %d over rows%s%s", x.ID, p.moves(x.Into), p.noted(x.Found, -1))
		p.sql(depth+2, x.SQL)
		p.stmts(depth+1, x.Body)
	case *EachValue:
		p.line(depth, "loop %d over elements of %s%s%s", x.ID, p.expr(x.Array), p.moves([]Move{x.Into}), p.noted(x.Found, -1))
		p.stmts(depth+1, x.Body)
	case *Run:
		strict := ""
		if x.Strict {
			strict = " strict"
		}
		if x.Single {
			strict = " single"
		}
		p.line(depth, "run%s%s%s", strict, p.moves(x.Into), p.noted(x.Found, x.Count))
		p.sql(depth+2, x.SQL)
	case *Emit:
		p.line(depth, "emit (%s)", p.exprs(x.Exprs))
	case *EmitQuery:
		p.line(depth, "emit rows (%s)%s", p.exprs(x.Exprs), p.noted(x.Found, x.Count))
		p.sql(depth+2, x.SQL)
	case *Return:
		p.line(depth, "return (%s)", p.exprs(x.Exprs))
	case *RaiseStmt:
		detail := ""
		if len(x.Detail) > 0 {
			detail = " detail (" + p.exprs(x.Detail) + ")"
		}
		p.line(depth, "raise %s (%s)%s", x.SQLState, p.exprs(x.Message), detail)
	case *Reraise:
		p.line(depth, "raise again")
	case *Try:
		p.line(depth, "try%s%s", p.noted(x.State, x.Message), p.fields(x.Fields))
		p.stmts(depth+1, x.Body)
		for _, h := range x.Handlers {
			states := strings.Join(h.States, ", ")
			if h.Others {
				states = "others"
			}
			p.line(depth, "catch %s", states)
			p.stmts(depth+1, h.Body)
		}
	}
}
