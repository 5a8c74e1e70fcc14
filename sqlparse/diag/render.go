package diag

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// tabWidth is how many columns a tab takes in excerpts, where it is printed as blanks so that carets line up.
const tabWidth = 4

// Position is the line and the column, in characters, of a byte offset; both count from 1.
func (s *Source) Position(offset int) (line, column int) {
	offset = max(0, min(offset, len(s.Text)))
	start := strings.LastIndexByte(s.Text[:offset], '\n') + 1
	return strings.Count(s.Text[:start], "\n") + 1, utf8.RuneCountInString(s.Text[start:offset]) + 1
}

// Text is the text a span covers.
func (s Span) Text() string {
	if s.Source == nil {
		return ""
	}
	return s.Source.Text[s.Start:s.End]
}

// Join is the smallest span that covers both; spans of other sources are ignored.
func (s Span) Join(t Span) Span {
	switch {
	case s.Source == nil:
		return t
	case t.Source != s.Source:
		return s
	}
	return Span{Source: s.Source, Start: min(s.Start, t.Start), End: max(s.End, t.End)}
}

// String is the span's place: file:line:column.
func (s Span) String() string {
	if s.Source == nil {
		return "-"
	}
	line, column := s.Source.Position(s.Start)
	return fmt.Sprintf("%s:%d:%d", s.Source.Name, line, column)
}

// Error is the diagnostic's first line.
func (d Diagnostic) Error() string {
	severity := d.Severity
	if severity == "" {
		severity = Error
	}
	place := ""
	if d.Span.Source != nil {
		place = d.Span.String() + ": "
	}
	return fmt.Sprintf("%s%s[%s]: %s", place, severity, d.Code, d.Problem)
}

// String is the diagnostic in full: the problem, the excerpt, the help. It ends with a newline.
func (d Diagnostic) String() string {
	var b strings.Builder
	b.WriteString(d.Error())
	b.WriteByte('\n')
	if d.Span.Source != nil {
		b.WriteString(d.Span.excerpt())
	}
	if d.For.Source != nil {
		b.WriteString("needed at " + d.For.String() + "\n")
	}
	if d.Help != "" {
		b.WriteString("help: " + d.Help + "\n")
	}
	return b.String()
}

// excerpt is the span's first line with carets under it.
func (s Span) excerpt() string {
	text := s.Source.Text
	at := max(0, min(s.Start, len(text)))
	start := strings.LastIndexByte(text[:at], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		end = at + i
	}
	line, _ := s.Source.Position(at)
	number := fmt.Sprintf("%4d", line)
	carets := max(1, width(text[at:max(at, min(s.End, end))]))
	return fmt.Sprintf("%s\n%s | %s%s\n", strings.TrimRight(number+" | "+printable(text[start:end]), " "),
		strings.Repeat(" ", len(number)), strings.Repeat(" ", width(text[start:at])), strings.Repeat("^", carets))
}

// printable replaces what would move a terminal's cursor: tabs become blanks, other control characters dots.
func printable(line string) string {
	line = strings.TrimSuffix(line, "\r")
	line = strings.ReplaceAll(strings.ToValidUTF8(line, "\uFFFD"), "\t", strings.Repeat(" ", tabWidth))
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '.'
		}
		return r
	}, line)
}

func width(text string) int { return utf8.RuneCountInString(printable(text)) }

// Error joins the diagnostics' printed forms.
func (l List) Error() string {
	var b strings.Builder
	for i, d := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimSuffix(d.String(), "\n"))
	}
	return b.String()
}

// HasErrors reports whether a diagnostic of severity Error is present.
func (l List) HasErrors() bool {
	for _, d := range l {
		if d.Severity != Warning {
			return true
		}
	}
	return false
}

// Err is the list as an error, or nil when it has none.
func (l List) Err() error {
	if l.HasErrors() {
		return l
	}
	return nil
}

// AsList finds the diagnostics in an error.
func AsList(err error) (List, bool) {
	var l List
	if errors.As(err, &l) {
		return l, true
	}
	var d Diagnostic
	if errors.As(err, &d) {
		return List{d}, true
	}
	return nil, false
}

// Sort orders the list by the position of sources in order, then by offset, keeping the order of equal ones.
func (l List) Sort(order []*Source) {
	rank := map[*Source]int{}
	for i, s := range order {
		rank[s] = i + 1
	}
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i].Span, l[j].Span
		if rank[a.Source] != rank[b.Source] {
			return rank[a.Source] < rank[b.Source]
		}
		return a.Start < b.Start
	})
}
