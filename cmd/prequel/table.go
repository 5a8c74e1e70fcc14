package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// printTable writes rows as psql does: a heading, numbers to the right, the number of rows. NULL is blank.
func printTable(w io.Writer, columns []runtime.Column, rows [][]value.Value) {
	cells := make([][]string, len(rows))
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = utf8.RuneCountInString(c.Name)
	}
	for r, row := range rows {
		cells[r] = make([]string, len(columns))
		for i, c := range columns {
			if !row[i].IsNull() {
				cells[r][i] = oneLine(value.Format(c.Type, row[i]))
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cells[r][i]))
		}
	}
	var head, rule []string
	for i, c := range columns {
		head = append(head, pad(c.Name, widths[i], false))
		rule = append(rule, strings.Repeat("-", widths[i]+2))
	}
	fmt.Fprintln(w, strings.TrimRight(" "+strings.Join(head, " | "), " "))
	fmt.Fprintln(w, strings.Join(rule, "+"))
	for _, row := range cells {
		var line []string
		for i, text := range row {
			line = append(line, pad(text, widths[i], rightAligned(columns[i].Type)))
		}
		fmt.Fprintln(w, strings.TrimRight(" "+strings.Join(line, " | "), " "))
	}
	plural := "s"
	if len(rows) == 1 {
		plural = ""
	}
	fmt.Fprintf(w, "(%d row%s)\n", len(rows), plural)
}

// oneLine shows line ends and other control characters as escapes, so that a value cannot draw on the terminal.
func oneLine(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func pad(s string, width int, right bool) string {
	blanks := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
	if right {
		return blanks + s
	}
	return s + blanks
}

func rightAligned(t value.Type) bool {
	switch t.Kind {
	case value.Int2, value.Int4, value.Int8, value.Float4, value.Float8, value.Numeric:
		return true
	}
	return false
}

// printJSON writes rows as an array of objects, a row a line. Integers and finite floats are JSON numbers with all their
// digits; numeric is a string, because readers of JSON make doubles of numbers.
func printJSON(w io.Writer, columns []runtime.Column, rows [][]value.Value) error {
	var b bytes.Buffer
	b.WriteByte('[')
	for r, row := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  {")
		for i, c := range columns {
			if i > 0 {
				b.WriteString(", ")
			}
			name, err := json.Marshal(c.Name)
			if err != nil {
				return err
			}
			v, err := jsonValue(c.Type, row[i])
			if err != nil {
				return err
			}
			b.Write(name)
			b.WriteString(": ")
			b.Write(v)
		}
		b.WriteByte('}')
	}
	if len(rows) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString("]\n")
	_, err := w.Write(b.Bytes())
	return err
}

func jsonValue(t value.Type, v value.Value) ([]byte, error) {
	if v.IsNull() {
		return []byte("null"), nil
	}
	text := value.Format(t, v)
	switch t.Kind {
	case value.Bool:
		return json.Marshal(v.Bool())
	case value.Int2, value.Int4, value.Int8:
		return []byte(text), nil
	case value.Float4, value.Float8:
		if f := v.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return []byte(text), nil
		}
	case value.JSON, value.JSONB:
		return []byte(text), nil
	}
	return json.Marshal(text)
}
