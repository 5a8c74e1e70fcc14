package bind

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/token"
)

// Text is a piece of SQL as the parser sees it and where it comes from.
type Text struct {
	Source *diag.Source
	SQL    string // what the parser reads
	// Origin maps an offset in SQL to one in Source.Text.
	Origin func(offset int) int
}

// Verbatim is the text that stands at an offset of a source as it is.
func Verbatim(src *diag.Source, sql string, at int) Text {
	return Text{Source: src, SQL: sql, Origin: func(o int) int { return o + at }}
}

// span is the source range of the token at a parser location.
func (t Text) span(location int32) diag.Span {
	if location < 0 || t.Source == nil || int(location) > len(t.SQL) {
		return diag.Span{}
	}
	start := int(location)
	end := token.End(t.SQL, start)
	if first, ok := token.Next(t.SQL, start); ok && first.Start == start && first.Kind == token.Op {
		if next, ok := token.Next(t.SQL, end); ok && next.Start == end && next.Kind == token.Number {
			end = next.End // a negative constant
		}
	}
	return t.between(start, end)
}

func (t Text) between(start, end int) diag.Span {
	limit := len(t.Source.Text)
	a, b := t.Origin(start), t.Origin(end)
	a = max(0, min(a, limit))
	return diag.Span{Source: t.Source, Start: a, End: max(a, min(b, limit))}
}

// span is the range of the token at a location of the text being bound.
func (s *stmt) span(location int32) diag.Span { return s.text.span(location) }

// dotted is the range of a name of several parts that starts at a location.
func (s *stmt) dotted(location int32, parts int) diag.Span {
	span := s.span(location)
	if location < 0 || span.Source == nil {
		return span
	}
	end := token.End(s.text.SQL, int(location))
	for range parts - 1 {
		dot, ok := token.Next(s.text.SQL, end)
		if !ok || dot.Text(s.text.SQL) != "." {
			break
		}
		part, ok := token.Next(s.text.SQL, dot.End)
		if !ok {
			break
		}
		end = part.End
	}
	return s.text.between(int(location), end)
}

// openParen is the parenthesis before the query that has a location; the parser keeps no location for it.
func (s *stmt) openParen(otherwise diag.Span, location int32) diag.Span {
	var open, found []token.Token
	for _, t := range token.Scan(s.text.SQL) {
		if t.Start > int(location) {
			break
		}
		switch word := t.Text(s.text.SQL); {
		case word == "(":
			open = append(open, t)
		case word == ")" && len(open) > 0:
			open = open[:len(open)-1]
		case t.Kind == token.Ident && len(open) > 0 && open[len(open)-1].End <= t.Start:
			if w := strings.ToLower(word); w == "select" || w == "values" || w == "with" {
				found = append(found[:0], open...)
			}
		}
	}
	if len(found) == 0 {
		return otherwise
	}
	last := found[len(found)-1]
	return s.text.between(last.Start, last.End)
}

// asDiagnostic places a rule's refusal.
func asDiagnostic(err *builtin.Error, span diag.Span) error {
	return diag.ForState(err.SQLState).At(span, "%s", err.Message).WithState(err.SQLState).WithHelp("%s", err.Hint)
}
