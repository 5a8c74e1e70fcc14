package plpgsql

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/token"
)

// Parse reads a function body.
func Parse(body string) (b *Block, err error) {
	p := &parser{body: body}
	for _, t := range token.Scan(body) {
		if t.Kind != token.Comment {
			p.tokens = append(p.tokens, t)
		}
	}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			b, err = nil, e
		}
	}()
	for p.peekOp("#") { // compiler options
		p.fail(p.here(), true, "the option # is not supported", "remove it: a name that is both a variable and a column is an error")
	}
	block := p.block(p.label())
	p.accept(";")
	if p.at < len(p.tokens) {
		p.syntax()
	}
	return block, nil
}

// parser reads tokens from left to right. Failures are panics of *Error, which Parse catches.
type parser struct {
	body   string
	tokens []token.Token
	at     int
}

func (p *parser) fail(at Range, unsupported bool, message, help string) {
	panic(&Error{At: at, Message: message, Unsupported: unsupported, Help: help})
}

// here is the range of the next token.
func (p *parser) here() Range {
	if p.at < len(p.tokens) {
		return Range{p.tokens[p.at].Start, p.tokens[p.at].End}
	}
	return Range{len(p.body), len(p.body)}
}

func (p *parser) syntax() {
	if p.at >= len(p.tokens) {
		p.fail(p.here(), false, "syntax error at end of input", "")
	}
	p.fail(p.here(), false, "syntax error at or near \""+p.here().In(p.body)+"\"", "")
}

// word is the text of the token n ahead, in lower case when it is a keyword or unquoted name.
func (p *parser) word(n int) string {
	if p.at+n >= len(p.tokens) {
		return ""
	}
	t := p.tokens[p.at+n]
	if t.Kind == token.Ident {
		return strings.ToLower(t.Text(p.body))
	}
	return t.Text(p.body)
}

func (p *parser) kind(n int) token.Kind {
	if p.at+n >= len(p.tokens) {
		return token.Invalid
	}
	return p.tokens[p.at+n].Kind
}

func (p *parser) is(words ...string) bool {
	for i, w := range words {
		if p.word(i) != w || p.kind(i) == token.Quoted || p.kind(i) == token.String {
			return false
		}
	}
	return true
}

func (p *parser) peekOp(op string) bool { return p.at == 0 && p.is(op) }

func (p *parser) accept(words ...string) bool {
	if !p.is(words...) {
		return false
	}
	p.at += len(words)
	return true
}

func (p *parser) expect(words ...string) Range {
	from := p.here()
	for _, w := range words {
		if !p.accept(w) {
			p.syntax()
		}
	}
	return from
}

// name reads an identifier.
func (p *parser) name() string {
	switch p.kind(0) {
	case token.Ident, token.Quoted:
		n := Fold(p.here().In(p.body))
		p.at++
		return n
	}
	p.syntax()
	return ""
}

// Fold is the name that an identifier's text means: lower case unless quoted.
func Fold(text string) string {
	if strings.HasPrefix(text, `"`) {
		return strings.ReplaceAll(text[1:len(text)-1], `""`, `"`)
	}
	return strings.ToLower(text)
}

// label reads <<label>>, "" when there is none.
func (p *parser) label() string {
	if !p.accept("<<") {
		return ""
	}
	n := p.name()
	p.expect(">>")
	return n
}

// target reads a variable that is assigned.
func (p *parser) target() Target {
	t := Target{At: p.here()}
	if p.kind(0) == token.Param {
		t.Parts = []string{p.here().In(p.body)}
		p.at++
		return t
	}
	t.Parts = []string{p.name()}
	for p.accept(".") {
		t.At.End = p.here().End
		t.Parts = append(t.Parts, p.name())
	}
	if p.is("[") {
		p.fail(p.here(), true, "assigning to an element of an array is not supported", "assign the whole array")
	}
	return t
}

func (p *parser) targets() []Target {
	out := []Target{p.target()}
	for p.accept(",") {
		out = append(out, p.target())
	}
	return out
}

// until reads SQL up to one of the words, outside of parentheses, which it leaves.
func (p *parser) until(words ...string) Range {
	start := p.here()
	depth := 0
	for p.at < len(p.tokens) {
		if depth == 0 {
			for _, w := range words {
				if p.is(w) {
					if p.here() == start {
						p.syntax()
					}
					return Range{start.Start, p.tokens[p.at-1].End}
				}
			}
			if p.is(";") {
				p.syntax()
			}
		}
		switch {
		case p.is("(") || p.is("["):
			depth++
		case p.is(")") || p.is("]"):
			depth--
			if depth < 0 {
				p.syntax()
			}
		}
		p.at++
	}
	p.syntax()
	return Range{}
}

// expr reads an expression that ends in a word, which it takes.
func (p *parser) expr(end string) Range {
	r := p.until(end)
	p.at++
	return r
}

func (p *parser) block(label string) *Block {
	b := &Block{Label: label}
	if p.accept("declare") {
		for !p.is("begin") {
			if p.accept("declare") {
				continue
			}
			b.Decls = append(b.Decls, p.decl())
		}
	}
	b.At = p.expect("begin")
	b.Body = p.stmts("end", "exception")
	if p.accept("exception") {
		for p.is("when") {
			b.Handlers = append(b.Handlers, p.handler())
		}
		if len(b.Handlers) == 0 {
			p.syntax()
		}
	}
	p.expect("end")
	p.endLabel(label)
	return b
}

// endLabel reads the label that may stand behind END.
func (p *parser) endLabel(label string) {
	if p.is(";") || p.at >= len(p.tokens) {
		return
	}
	at := p.here()
	if n := p.name(); n != label {
		p.fail(at, false, "end label \""+n+"\" differs from block's label \""+label+"\"", "")
	}
}

func (p *parser) decl() Decl {
	d := Decl{At: p.here()}
	d.Name = p.name()
	if p.accept("alias") {
		p.expect("for")
		d.Alias = p.target().Parts[0]
		p.expect(";")
		return d
	}
	if p.is("cursor") || p.is("scroll") || p.is("no", "scroll") || p.is("refcursor") {
		p.fail(p.here(), true, "cursors are not supported", "loop over the query: FOR r IN SELECT ... LOOP")
	}
	d.Constant = p.accept("constant")
	d.Type = p.until("not", "default", ":=", "=", ";", "collate")
	if p.accept("collate") {
		p.name()
		for p.accept(".") {
			p.name()
		}
	}
	if p.accept("not") {
		p.expect("null")
		d.NotNull = true
	}
	if p.accept("default") || p.accept(":=") || p.accept("=") {
		r := p.until(";")
		d.Default = &r
	}
	p.expect(";")
	return d
}

func (p *parser) handler() Handler {
	h := Handler{At: p.expect("when")}
	for {
		c := Condition{At: p.here()}
		if p.accept("sqlstate") {
			c.At.End = p.here().End
			c.State = p.literal()
		} else {
			c.Name = p.name()
		}
		h.Conditions = append(h.Conditions, c)
		if !p.accept("or") {
			break
		}
	}
	p.expect("then")
	h.Body = p.stmts("when", "end")
	return h
}

// literal reads a string constant.
func (p *parser) literal() string {
	if p.kind(0) != token.String {
		p.syntax()
	}
	text := p.here().In(p.body)
	if strings.HasPrefix(text, "$") {
		p.at++
		tag := text[:strings.Index(text[1:], "$")+2]
		return strings.TrimSuffix(strings.TrimPrefix(text, tag), tag)
	}
	if !strings.HasPrefix(text, "'") {
		p.fail(p.here(), true, "this form of a string is not supported here", "write '...'")
	}
	p.at++
	return strings.ReplaceAll(text[1:len(text)-1], "''", "'")
}
