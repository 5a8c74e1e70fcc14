package sqllogic

import "testing"

func text(s string) *string { return &s }

func TestFormatValue(t *testing.T) {
	for _, tc := range []struct {
		format Format
		letter byte
		typ    string
		value  *string
		want   string
	}{
		{FormatClassic, 'I', "int4", nil, "NULL"},
		{FormatClassic, 'I', "int4", text("-7"), "-7"},
		{FormatClassic, 'I', "numeric", text("-3.99"), "-3"},
		{FormatClassic, 'I', "numeric", text("0.5"), "0"},
		{FormatClassic, 'I', "float8", text("1.5e+20"), "150000000000000000000"},
		{FormatClassic, 'I', "int8", text("9223372036854775807"), "9223372036854775807"},
		{FormatClassic, 'I', "bool", text("t"), "1"},
		{FormatClassic, 'I', "bool", text("f"), "0"},
		{FormatClassic, 'I', "text", text("t"), "0"},
		{FormatClassic, 'I', "text", text(" 12abc"), "12"},
		{FormatClassic, 'I', "float8", text("NaN"), "0"},
		{FormatClassic, 'R', "numeric", text("2.0005"), "2.001"},
		{FormatClassic, 'R', "int4", text("3"), "3.000"},
		{FormatClassic, 'R', "text", text("abc"), "0.000"},
		{FormatClassic, 'R', "float8", nil, "NULL"},
		{FormatClassic, 'T', "text", text(""), "(empty)"},
		{FormatClassic, 'T', "text", text("a\tb\x00é"), "a@b@@@"},
		{FormatClassic, 'T', "text", text(" a  b "), " a  b "},
		{FormatRows, 'I', "numeric", text("3.99"), "3.99"},
		{FormatRows, 'B', "bool", text("t"), "t"},
		{FormatRows, 'T', "text", text(""), "(empty)"},
		{FormatRows, 'T', "text", text(" a \n b"), "a b"},
		{FormatRows, 'T', "text", nil, "NULL"},
		{FormatPsql, 'T', "text", nil, "(null)"},
		{FormatPsql, 'T', "text", text(" a \n b "), "a\nb"},
	} {
		w := Want{Format: tc.format, Null: "(null)"}
		if got := formatValue(&w, tc.letter, Column{Type: tc.typ}, tc.value); got != tc.want {
			t.Errorf("format %d, %c of %s %v: got %q, want %q", tc.format, tc.letter, tc.typ, tc.value, got, tc.want)
		}
	}
}
