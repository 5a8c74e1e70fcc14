package lua

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// width is the length of line that the printer tries not to exceed.
const width = 110

// precedence of binary operators; unary operators have 7.
var precedence = map[string]int{
	"or": 1, "and": 2,
	"<": 3, ">": 3, "<=": 3, ">=": 3, "~=": 3, "==": 3,
	"..": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "^": 8,
}

const (
	unaryPrecedence  = 7
	prefixPrecedence = 10
)

// Print returns the text of a block whose variables have names.
func Print(b Block) string {
	var p printer
	p.block(b, 0)
	return p.out.String()
}

type printer struct{ out strings.Builder }

func tab(depth int) string { return strings.Repeat("  ", depth) }

func (p *printer) line(depth int, text string) {
	p.out.WriteString(tab(depth))
	p.out.WriteString(text)
	p.out.WriteByte('\n')
}

func (p *printer) block(b Block, depth int) {
	for i, s := range b {
		if _, ok := s.(*Blank); ok && (i == 0 || i == len(b)-1) {
			continue
		}
		p.stat(s, depth)
	}
}

func (p *printer) stat(s Stat, depth int) {
	switch s := s.(type) {
	case *Local:
		p.local(s, depth)
	case *Assign:
		p.line(depth, list(s.Targets, depth)+" = "+fitList(len(list(s.Targets, depth))+3, s.Values, depth))
	case *Do:
		p.line(depth, fit(0, s.Call, 0, depth))
	case *Scope:
		p.line(depth, "do")
		p.block(s.Body, depth+1)
		p.line(depth, "end")
	case *If:
		for i, c := range s.Clauses {
			word := "if "
			if i > 0 {
				word = "elseif "
			}
			p.line(depth, word+fit(len(word), c.Cond, 5, depth)+" then")
			p.block(c.Body, depth+1)
		}
		if len(s.Else) > 0 {
			p.line(depth, "else")
			p.block(s.Else, depth+1)
		}
		p.line(depth, "end")
	case *NumFor:
		head := "for " + s.V.name + " = " + expr(s.From, 0, depth) + ", " + expr(s.To, 0, depth)
		if s.Step != nil {
			head += ", " + expr(s.Step, 0, depth)
		}
		p.line(depth, head+" do")
		p.block(s.Body, depth+1)
		p.line(depth, "end")
	case *ForIn:
		head := "for " + names(s.Vars) + " in "
		p.line(depth, head+fit(len(head), s.Iter, 3, depth)+" do")
		p.block(s.Body, depth+1)
		p.line(depth, "end")
	case *While:
		if s.Once {
			p.line(depth, "repeat")
			p.block(s.Body, depth+1)
			p.line(depth, "until true")
			return
		}
		p.line(depth, "while "+fit(6, s.Cond, 3, depth)+" do")
		p.block(s.Body, depth+1)
		p.line(depth, "end")
	case *Return:
		if len(s.Values) == 0 {
			p.line(depth, "return")
			return
		}
		p.line(depth, "return "+fitList(7, s.Values, depth))
	case *Break:
		p.line(depth, "break")
	case *LocalFunc:
		p.line(depth, "local function "+s.V.name+"("+names(s.Params)+")")
		p.block(s.Body, depth+1)
		p.line(depth, "end")
	case *Comment:
		for _, l := range CommentLines(s.Text) {
			p.line(depth, strings.TrimRight("-- "+l, " "))
		}
	case *Blank:
		p.out.WriteByte('\n')
	case *Import:
		p.line(depth, "local "+s.Name+" = "+expr(&Field{X: s.From, Name: s.Name}, 0, depth))
	case *Verbatim:
		for l := range strings.SplitSeq(strings.TrimRight(s.Text, "\n"), "\n") {
			if l == "" {
				p.out.WriteByte('\n')
				continue
			}
			p.line(depth, l)
		}
	default:
		panic(fmt.Sprintf("lua: statement %T", s))
	}
}

// clearedTogether is how many fields one assignment clears: it takes two registers for each.
const clearedTogether = 5

// local prints a declaration; spilled variables become fields of their table.
func (p *printer) local(s *Local, depth int) {
	var plain []*Var
	var targets, fields []Expr
	for _, v := range s.Vars {
		targets = append(targets, v)
		if v.spill == nil {
			plain = append(plain, v)
		} else {
			fields = append(fields, v)
		}
	}
	if len(plain) == len(s.Vars) {
		head := "local " + names(s.Vars)
		if len(s.Values) == 0 {
			p.line(depth, head)
			return
		}
		p.line(depth, head+" = "+fitList(len(head)+3, s.Values, depth))
		return
	}
	if len(plain) > 0 {
		p.line(depth, "local "+names(plain))
	}
	if len(s.Values) == 0 { // a local is nil anyway, and one of the assignments that gopher-lua compiles wrongly (see Portable)
		for some := range slices.Chunk(fields, clearedTogether) {
			p.stat(&Assign{Targets: some, Values: []Expr{Nil{}}}, depth)
		}
		return
	}
	p.stat(&Assign{Targets: targets, Values: s.Values}, depth)
}

func names(vars []*Var) string {
	out := make([]string, len(vars))
	for i, v := range vars {
		out[i] = v.name
	}
	return strings.Join(out, ", ")
}

func list(xs []Expr, depth int) string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = expr(x, 0, depth)
	}
	return strings.Join(out, ", ")
}

func fitList(before int, xs []Expr, depth int) string {
	if len(xs) == 1 {
		return fit(before, xs[0], 0, depth)
	}
	text := list(xs, depth)
	if tooLong(before, text, 0, depth) {
		return breakList(xs, depth)
	}
	return text
}

// breakList puts as many items on a line as fit.
func breakList(xs []Expr, depth int) string {
	var b strings.Builder
	used := 2 * (depth + 1)
	for i, x := range xs {
		text := fit(2, x, 1, depth+1)
		first, _, multi := strings.Cut(text, "\n")
		if i > 0 {
			b.WriteByte(',')
			if used+2+len(first)+1 > width {
				b.WriteString("\n" + tab(depth+1))
				used = 2 * (depth + 1)
			} else {
				b.WriteByte(' ')
				used += 2
			}
		}
		b.WriteString(text)
		if multi {
			used = 2*(depth+1) + len(text) - strings.LastIndexByte(text, '\n')
		} else {
			used += len(text)
		}
	}
	return b.String()
}

func tooLong(before int, text string, after, depth int) bool {
	first, rest, multi := strings.Cut(text, "\n")
	if 2*depth+before+len(first) > width {
		return true
	}
	if !multi {
		return 2*depth+before+len(first)+after > width
	}
	for l := range strings.SplitSeq(rest, "\n") {
		if len(l) > width {
			return true
		}
	}
	return false
}

// fit prints an expression that stands before bytes into its line and has after bytes behind it, on several lines when one
// is too short.
func fit(before int, x Expr, after, depth int) string {
	text := expr(x, 0, depth)
	if !tooLong(before, text, after, depth) && !crowded(x, text) {
		return text
	}
	indent := "\n" + tab(depth+1)
	switch x := x.(type) {
	case *Bin:
		prec := precedence[x.Op]
		if x.Op != "and" && x.Op != "or" && x.Op != ".." {
			break
		}
		parts := operands(x, x.Op)
		out := make([]string, len(parts))
		for i, part := range parts {
			out[i] = paren(part, prec+1, fit(len(x.Op)+1, part, 0, depth+1), depth)
		}
		return strings.Join(out, indent+x.Op+" ")
	case *Call:
		if len(x.Args) == 1 {
			if table, ok := x.Args[0].(*Table); ok {
				return prefix(x.F, depth) + "(" + fit(width, table, 1, depth) + ")"
			}
		}
		if len(x.Args) > 0 {
			return prefix(x.F, depth) + "(" + indent + breakList(x.Args, depth) + "\n" + tab(depth) + ")"
		}
	case *Method:
		if len(x.Args) > 0 {
			return prefix(x.X, depth) + ":" + x.Name + "(" + indent + breakList(x.Args, depth) + "\n" + tab(depth) + ")"
		}
	case *Table:
		out := make([]string, len(x.Items))
		for i, it := range x.Items {
			key := itemKey(it, depth)
			out[i] = indent + key + fit(len(key), it.Value, 1, depth+1) + ","
		}
		return "{" + strings.Join(out, "") + "\n" + tab(depth) + "}"
	}
	return text
}

// crowded reports whether an expression holds a table of which one item takes several lines.
func crowded(x Expr, text string) bool {
	if !strings.Contains(text, "\n") {
		return false
	}
	switch x := x.(type) {
	case *Table:
		return len(x.Items) > 1
	case *Call:
		if len(x.Args) == 1 {
			return crowded(x.Args[0], text)
		}
	}
	return false
}

// operands flattens a chain of one operator.
func operands(x *Bin, op string) []Expr {
	var out []Expr
	for _, side := range []Expr{x.L, x.R} {
		if b, ok := side.(*Bin); ok && b.Op == op {
			out = append(out, operands(b, op)...)
		} else {
			out = append(out, side)
		}
	}
	return out
}

func precedenceOf(x Expr) int {
	switch x := x.(type) {
	case *Bin:
		return precedence[x.Op]
	case *Un:
		return unaryPrecedence
	case Num:
		if strings.HasPrefix(x.Text, "-") {
			return unaryPrecedence
		}
		if strings.Contains(x.Text, "/") { // 1/0, 0/0
			return precedence["/"]
		}
	}
	return prefixPrecedence
}

func paren(x Expr, least int, text string, _ int) string {
	if precedenceOf(x) < least {
		return "(" + text + ")"
	}
	return text
}

// expr prints an expression on one line (functions take several) for a place that binds with precedence least.
func expr(x Expr, least, depth int) string {
	text := bare(x, depth)
	return paren(x, least, text, depth)
}

func bare(x Expr, depth int) string {
	switch x := x.(type) {
	case *Var:
		if x.name == "" {
			panic(fmt.Sprintf("lua: variable %q is used but not declared", x.Hint))
		}
		if x.spill != nil {
			return x.spill.name + "." + x.name
		}
		return x.name
	case Nil:
		return "nil"
	case Bool:
		if x {
			return "true"
		}
		return "false"
	case Num:
		return x.Text
	case Str:
		return Quote(string(x))
	case Helper:
		return string(x)
	case Global:
		return string(x)
	case *Field:
		return prefix(x.X, depth) + "." + x.Name
	case *Index:
		return prefix(x.X, depth) + "[" + expr(x.I, 0, depth) + "]"
	case *Call:
		return prefix(x.F, depth) + "(" + list(x.Args, depth) + ")"
	case *Method:
		return prefix(x.X, depth) + ":" + x.Name + "(" + list(x.Args, depth) + ")"
	case *Bin:
		return binary(x, depth)
	case *Un:
		text := expr(x.X, unaryPrecedence, depth)
		switch {
		case x.Op == "not":
			return "not " + text
		case x.Op == "-" && strings.HasPrefix(text, "-"):
			return "-(" + text + ")"
		}
		return x.Op + text
	case *Only:
		return "(" + expr(x.X, 0, depth) + ")"
	case *Table:
		out := make([]string, len(x.Items))
		for i, it := range x.Items {
			out[i] = itemKey(it, depth) + expr(it.Value, 0, depth)
		}
		return "{" + strings.Join(out, ", ") + "}"
	case *Func:
		var p printer
		p.block(x.Body, depth+1)
		return "function(" + names(x.Params) + ")\n" + p.out.String() + tab(depth) + "end"
	}
	panic(fmt.Sprintf("lua: expression %T", x))
}

func binary(x *Bin, depth int) string {
	prec := precedence[x.Op]
	left, right := prec, prec+1
	switch x.Op {
	case "..", "^":
		left, right = prec+1, prec
	case "and", "or": // associative
		right = prec
	case "==", "~=": // a comparison of comparisons is legal, but not readable
		left++
	}
	l, r := expr(x.L, left, depth), expr(x.R, right, depth)
	return l + " " + x.Op + " " + r
}

func itemKey(it Item, depth int) string {
	switch {
	case it.Name != "":
		return it.Name + " = "
	case it.Key != nil:
		return "[" + expr(it.Key, 0, depth) + "] = "
	}
	return ""
}

// prefix prints what is called or indexed.
func prefix(x Expr, depth int) string {
	text := bare(x, depth)
	switch x.(type) {
	case *Var, Helper, Global, *Field, *Index, *Call, *Method, *Only:
		return text
	}
	return "(" + text + ")"
}

// Quote writes a string of any bytes as a Lua literal on one line. Printable characters stand for themselves.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(s[0])
		case r == '\n':
			b.WriteString("\\n")
		case r == utf8.RuneError && size == 1, r > 126 && !unicode.IsPrint(r), r < 32, r == 127:
			for i := range size {
				fmt.Fprintf(&b, "\\%03d", s[i])
			}
		default:
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	b.WriteByte('"')
	return b.String()
}

// CommentLines cuts text into lines that are safe behind "-- ": control characters are written as escapes, so that none
// ends the comment or changes what a terminal shows.
func CommentLines(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		l = strings.ReplaceAll(l, "\t", "  ")
		if strings.IndexFunc(l, unsafeInComment) >= 0 || !utf8.ValidString(l) {
			var b strings.Builder
			for len(l) > 0 {
				r, size := utf8.DecodeRuneInString(l)
				if unsafeInComment(r) || r == utf8.RuneError && size == 1 {
					for k := range size {
						fmt.Fprintf(&b, "\\%03d", l[k])
					}
				} else {
					b.WriteString(l[:size])
				}
				l = l[size:]
			}
			l = b.String()
		}
		lines[i] = strings.TrimRight(l, " ")
	}
	return lines
}

func unsafeInComment(r rune) bool { return r < 32 || r == 127 || r > 126 && !unicode.IsPrint(r) }
