package diag

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRender(t *testing.T) {
	src := &Source{Name: "queries.sql", Text: "-- name: A :many\nSELECT DISTINCT c.name FROM c LEFT JOIN o ON c.id = o.c\n\tWHERE é = 'ü' AND x\r\n\nEND"}
	span := func(text string) Span {
		at := strings.Index(src.Text, text)
		return Span{Source: src, Start: at, End: at + len(text)}
	}
	for _, c := range []struct {
		name string
		d    Diagnostic
		want string
	}{
		{"as documented", Diagnostic{Code: "PQ0107", Severity: Error, Span: span("LEFT JOIN"), Problem: "no bounded group", Help: "group by c.id"}, `
queries.sql:2:31: error[PQ0107]: no bounded group
   2 | SELECT DISTINCT c.name FROM c LEFT JOIN o ON c.id = o.c
     |                               ^^^^^^^^^
help: group by c.id
`},
		{"a tab, letters of two bytes and a carriage return", Diagnostic{Code: "PQ0001", Severity: Warning, Span: span("AND x"), Problem: "p"}, `
queries.sql:3:16: warning[PQ0001]: p
   3 |     WHERE é = 'ü' AND x
     |                   ^^^^^
`},
		{"over the end of the line", Diagnostic{Code: "PQ0001", Severity: Error, Span: span("x\r\n\nEND"), Problem: "p"}, `
queries.sql:3:20: error[PQ0001]: p
   3 |     WHERE é = 'ü' AND x
     |                       ^
`},
		{"at the end of the text", Diagnostic{Code: "PQ0001", Severity: Error, Span: Span{Source: src, Start: len(src.Text), End: len(src.Text)}, Problem: "p"}, `
queries.sql:5:4: error[PQ0001]: p
   5 | END
     |    ^
`},
		{"an empty line", Diagnostic{Code: "PQ0001", Span: Span{Source: src, Start: len(src.Text) - 4, End: len(src.Text)}, Problem: "p"}, `
queries.sql:4:1: error[PQ0001]: p
   4 |
     | ^
`},
		{"no place", Diagnostic{Code: "PQ0009", Severity: Error, Problem: "p", Help: "h"}, `
error[PQ0009]: p
help: h
`},
	} {
		if got := "\n" + c.d.String(); got != c.want {
			t.Errorf("%s:%s\nnot:%s", c.name, got, c.want)
		}
	}
}

// TestHostileSpans: no span of any text makes rendering fail.
func TestHostileSpans(t *testing.T) {
	for _, text := range []string{"", "\n", "a\x00b\xff\x1b[0mc", "é\t\té"} {
		src := &Source{Name: "x", Text: text}
		for start := -1; start <= len(text)+1; start++ {
			for end := start - 1; end <= len(text)+1; end++ {
				s := Diagnostic{Code: "PQ0001", Span: Span{Source: src, Start: start, End: end}, Problem: "p"}.String()
				if strings.ContainsAny(s, "\x00\x1b") || !utf8.ValidString(s) || strings.Count(s, "\n") != 3 {
					t.Fatalf("%q %d..%d renders as %q", text, start, end, s)
				}
			}
		}
	}
}

func TestList(t *testing.T) {
	a, b := &Source{Name: "a.sql", Text: "xyz"}, &Source{Name: "b.sql", Text: "xyz"}
	l := List{
		{Code: "PQ3", Severity: Error, Span: Span{Source: b, Start: 1, End: 2}, Problem: "third"},
		{Code: "PQ2", Severity: Error, Span: Span{Source: a, Start: 2, End: 3}, Problem: "second"},
		{Code: "PQ1", Severity: Warning, Span: Span{Source: a, Start: 0, End: 1}, Problem: "first"},
	}
	l.Sort([]*Source{a, b})
	if l[0].Code != "PQ1" || l[1].Code != "PQ2" || l[2].Code != "PQ3" {
		t.Errorf("the order is %s", l)
	}
	if !l.HasErrors() || l[:1].HasErrors() || l[:1].Err() != nil || l.Err() == nil {
		t.Error("a list is an error when one of its diagnostics is")
	}
	if found, ok := AsList(fmt.Errorf("wrapped: %w", l)); !ok || len(found) != 3 {
		t.Error("a wrapped list is not found")
	}
	if found, ok := AsList(fmt.Errorf("wrapped: %w", l[0])); !ok || len(found) != 1 {
		t.Error("a wrapped diagnostic is not found")
	}
	if _, ok := AsList(errors.New("other")); ok {
		t.Error("any error is a list")
	}
	if want := "a.sql:1:1: warning[PQ1]: first\n   1 | xyz\n     | ^\na.sql:1:3: error[PQ2]: second\n   1 | xyz\n     |   ^"; l[:2].Error() != want {
		t.Errorf("the list prints as\n%s", l[:2].Error())
	}
}
