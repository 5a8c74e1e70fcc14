package plpgsql

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/token"
)

// stmts reads statements up to one of the words, which it leaves.
func (p *parser) stmts(ends ...string) []Stmt {
	out := []Stmt{}
	for {
		for _, e := range ends {
			if p.is(e) {
				return out
			}
		}
		if p.at >= len(p.tokens) {
			p.syntax()
		}
		out = append(out, p.stmt())
	}
}

// unsupported are statements of PL/pgSQL that are not compiled, by their first word.
var unsupported = map[string][2]string{
	"execute":  {"EXECUTE of a computed statement is not supported", "write the statement itself: all statements are known ahead of time"},
	"open":     {"cursors are not supported", "loop over the query: FOR r IN SELECT ... LOOP"},
	"fetch":    {"cursors are not supported", "loop over the query: FOR r IN SELECT ... LOOP"},
	"move":     {"cursors are not supported", "loop over the query: FOR r IN SELECT ... LOOP"},
	"close":    {"cursors are not supported", "loop over the query: FOR r IN SELECT ... LOOP"},
	"commit":   {"transaction control is not supported", "a call is one transaction"},
	"rollback": {"transaction control is not supported", "a call is one transaction: RAISE EXCEPTION undoes it"},
	"call":     {"CALL is not supported", "make the procedure a function: PERFORM f(...)"},
}

func (p *parser) stmt() Stmt {
	at := p.here()
	label := p.label()
	if label != "" {
		switch p.word(0) {
		case "declare", "begin", "loop", "while", "for", "foreach":
		default:
			p.syntax()
		}
	}
	if p.kind(0) == token.Ident && !p.assigns() {
		switch w := p.word(0); w {
		case "declare", "begin":
			b := p.block(label)
			p.expect(";")
			return b
		case "if":
			return p.ifStmt(at)
		case "case":
			return p.caseStmt(at)
		case "loop":
			p.at++
			return &Loop{Label: label, Body: p.loopBody(label), At: at}
		case "while":
			p.at++
			cond := p.expr("loop")
			return &Loop{Label: label, Cond: &cond, Body: p.loopBody(label), At: at}
		case "for":
			return p.forStmt(label, at)
		case "foreach":
			return p.foreach(label, at)
		case "exit", "continue":
			return p.exit(at)
		case "return":
			return p.returnStmt(at)
		case "raise":
			return p.raise(at)
		case "perform":
			p.at++
			s := &Perform{Query: p.expr(";"), At: at}
			return s
		case "get":
			return p.diagnostics(at)
		case "assert":
			return p.assert(at)
		case "null":
			p.expect("null", ";")
			return &Null{}
		default:
			if u, ok := unsupported[w]; ok {
				p.fail(at, true, u[0], u[1])
			}
			return p.sql(at)
		}
	}
	if !p.assigns() {
		p.syntax()
	}
	t := p.target()
	p.at++ // := or =
	return &Assign{Target: t, Expr: p.expr(";")}
}

// assigns reports whether an assignment follows: a variable, dots and names, and := or =.
func (p *parser) assigns() bool {
	n := 0
	switch p.kind(0) {
	case token.Ident, token.Quoted, token.Param:
	default:
		return false
	}
	for n++; p.word(n) == "."; n += 2 {
		if k := p.kind(n + 1); k != token.Ident && k != token.Quoted {
			return false
		}
	}
	switch p.word(n) {
	case ":=", "=", "[":
		return true
	}
	return false
}

func (p *parser) ifStmt(at Range) Stmt {
	p.at++
	s := &If{At: at, Cond: p.expr("then")}
	s.Then = p.stmts("elsif", "elseif", "else", "end")
	switch {
	case p.is("elsif"), p.is("elseif"):
		s.Else = []Stmt{p.ifStmt(p.here())}
		return s // the innermost read END IF
	case p.accept("else"):
		s.Else = p.stmts("end")
	}
	p.expect("end", "if", ";")
	return s
}

func (p *parser) caseStmt(at Range) Stmt {
	p.at++
	s := &Case{At: at}
	if !p.is("when") {
		r := p.until("when")
		s.Operand = &r
	}
	for p.accept("when") {
		w := When{}
		for {
			w.Exprs = append(w.Exprs, p.until("then", ","))
			if !p.accept(",") {
				break
			}
		}
		p.expect("then")
		w.Body = p.stmts("when", "else", "end")
		s.Whens = append(s.Whens, w)
	}
	if p.accept("else") {
		s.HasElse = true
		s.Else = p.stmts("end")
	}
	p.expect("end", "case", ";")
	return s
}

// loopBody reads the statements of a loop and END LOOP.
func (p *parser) loopBody(label string) []Stmt {
	body := p.stmts("end")
	p.expect("end", "loop")
	p.endLabel(label)
	p.expect(";")
	return body
}

// forStmt tells a range from a query by its "..".
func (p *parser) forStmt(label string, at Range) Stmt {
	p.at++
	targets := p.targets()
	p.expect("in")
	switch {
	case p.is("execute"):
		p.fail(p.here(), true, unsupported["execute"][0], unsupported["execute"][1])
	case p.is("select"), p.is("with"), p.is("values"), p.is("insert"), p.is("update"), p.is("delete"):
		return &ForQuery{Label: label, Targets: targets, Query: p.expr("loop"), Body: p.loopBody(label), At: at}
	}
	start := p.at
	reverse := p.accept("reverse")
	from := p.until("..", "loop")
	if !p.accept("..") {
		if p.word(start-p.at) == "(" { // a query in parentheses
			p.at = start
			return &ForQuery{Label: label, Targets: targets, Query: p.expr("loop"), Body: p.loopBody(label), At: at}
		}
		p.fail(at, true, "cursors are not supported", "loop over the query: FOR r IN SELECT ... LOOP")
	}
	if len(targets) != 1 || len(targets[0].Parts) != 1 {
		p.fail(targets[0].At, false, "integer FOR loop must have only one target variable", "")
	}
	s := &ForRange{Label: label, Var: targets[0].Parts[0], Reverse: reverse, From: from, At: at}
	s.To = p.until("loop", "by")
	if p.accept("by") {
		by := p.until("loop")
		s.By = &by
	}
	p.expect("loop")
	s.Body = p.loopBody(label)
	return s
}

func (p *parser) foreach(label string, at Range) Stmt {
	p.at++
	s := &Foreach{Label: label, Target: p.target(), At: at}
	if p.is("slice") {
		p.fail(p.here(), true, "FOREACH with SLICE is not supported", "loop over the elements")
	}
	p.expect("in", "array")
	s.Array = p.expr("loop")
	s.Body = p.loopBody(label)
	return s
}

func (p *parser) exit(at Range) Stmt {
	s := &Exit{Continue: p.is("continue"), At: at}
	p.at++
	if !p.is(";") && !p.is("when") {
		s.Label = p.name()
	}
	if p.accept("when") {
		w := p.until(";")
		s.When = &w
	}
	p.expect(";")
	return s
}

func (p *parser) returnStmt(at Range) Stmt {
	p.at++
	optional := func() *Range {
		if p.accept(";") {
			return nil
		}
		r := p.expr(";")
		return &r
	}
	switch {
	case p.accept("next"):
		return &ReturnNext{Expr: optional(), At: at}
	case p.accept("query"):
		if p.is("execute") {
			p.fail(p.here(), true, unsupported["execute"][0], unsupported["execute"][1])
		}
		return &ReturnQuery{Query: p.expr(";"), At: at}
	}
	return &Return{Expr: optional(), At: at}
}

var levels = map[string]bool{"exception": true, "warning": true, "notice": true, "info": true, "log": true, "debug": true}

func (p *parser) raise(at Range) Stmt {
	p.at++
	s := &Raise{Level: "exception", At: at}
	if p.accept(";") {
		return s
	}
	if w := p.word(0); levels[w] && p.kind(0) == token.Ident {
		s.Level = w
		p.at++
	}
	switch {
	case p.kind(0) == token.String:
		f := p.literal()
		s.Format = &f
		for p.accept(",") {
			s.Args = append(s.Args, p.until(",", ";", "using"))
		}
	case p.is("using"):
	case p.is("sqlstate"):
		c := Condition{At: p.here()}
		p.at++
		c.State = p.literal()
		s.Condition = &c
	default:
		c := Condition{At: p.here()}
		c.Name = p.name()
		s.Condition = &c
	}
	if p.accept("using") {
		for {
			o := Option{At: p.here()}
			o.Name = strings.ToUpper(p.name())
			if !p.accept("=") && !p.accept(":=") {
				p.syntax()
			}
			o.Expr = p.until(",", ";")
			s.Options = append(s.Options, o)
			if !p.accept(",") {
				break
			}
		}
	}
	p.expect(";")
	return s
}

func (p *parser) diagnostics(at Range) Stmt {
	p.at++
	s := &Diagnostics{At: at}
	s.Stacked = p.accept("stacked")
	if !s.Stacked {
		p.accept("current")
	}
	p.expect("diagnostics")
	for {
		item := DiagnosticsItem{Target: p.target()}
		if !p.accept("=") && !p.accept(":=") {
			p.syntax()
		}
		item.At = p.here()
		item.Kind = strings.ToUpper(p.name())
		s.Items = append(s.Items, item)
		if !p.accept(",") {
			break
		}
	}
	p.expect(";")
	return s
}

func (p *parser) assert(at Range) Stmt {
	p.at++
	s := &Assert{Cond: p.until(",", ";"), At: at}
	if p.accept(",") {
		m := p.until(";")
		s.Message = &m
	}
	p.expect(";")
	return s
}

// sql reads a statement of SQL. INTO, unless it belongs to INSERT, names the targets of the result.
func (p *parser) sql(at Range) Stmt {
	s := &SQL{At: at}
	first := p.at
	depth := 0
	var into []Range
	for !p.is(";") || depth > 0 {
		if p.at >= len(p.tokens) {
			p.syntax()
		}
		switch {
		case p.is("("), p.is("["):
			depth++
		case p.is(")"), p.is("]"):
			depth--
		case p.is("into") && p.at > first && p.word(-1) != "insert" && p.word(-1) != "merge":
			if s.Into != nil {
				p.fail(p.here(), false, "INTO specified more than once", "")
			}
			from := p.here()
			p.at++
			s.Strict = p.accept("strict")
			s.Into = p.targets()
			into = append(into, Range{from.Start, p.tokens[p.at-1].End})
			continue
		}
		p.at++
	}
	s.At.End = p.tokens[p.at-1].End
	text := []byte(s.At.In(p.body))
	for _, r := range into {
		for i := r.Start; i < r.End; i++ {
			if c := text[i-s.At.Start]; c != '\n' {
				text[i-s.At.Start] = ' '
			}
		}
	}
	s.Text = string(text)
	p.expect(";")
	return s
}
