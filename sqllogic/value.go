package sqllogic

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// formatValue writes a value as the script's format does. letter is the column's type letter, 0 when there is none.
func formatValue(w *Want, letter byte, c Column, v *string) string {
	switch w.Format {
	case FormatClassic:
		return classicValue(letter, c, v)
	case FormatPsql:
		if v == nil {
			return w.Null
		}
		return psqlCell(*v)
	default:
		switch {
		case v == nil:
			return "NULL"
		case *v == "":
			return "(empty)"
		default:
			return squeeze(*v)
		}
	}
}

// squeeze makes every run of blanks one space, since that is how sqllogictest-rs compares rows.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// classicValue follows SQLite's runner: I is a truncated integer, R has three decimals, text shows bytes that don't
// print as @.
func classicValue(letter byte, c Column, v *string) string {
	switch {
	case v == nil:
		return "NULL"
	case letter == 'I':
		return truncated(c, *v)
	case letter == 'R':
		// Like C's strtod, which takes the number that the text begins with and 0 without one.
		f, err := strconv.ParseFloat(leadingNumber.FindString(*v), 64)
		if err != nil {
			f = 0
		}
		return strconv.FormatFloat(f, 'f', 3, 64)
	case *v == "":
		return "(empty)"
	default:
		out := []byte(*v)
		for i, b := range out {
			if b < ' ' || b > '~' {
				out[i] = '@'
			}
		}
		return string(out)
	}
}

var leadingNumber = regexp.MustCompile(`^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?`)

// truncated is the integer part of the number that a text begins with, 0 without one. A boolean is 1 or 0, as in SQLite,
// which has no other.
func truncated(c Column, text string) string {
	if c.Type == "bool" {
		if text == "t" {
			return "1"
		}
		return "0"
	}
	number, ok := new(big.Rat).SetString(strings.TrimPrefix(strings.TrimSpace(leadingNumber.FindString(text)), "+"))
	if !ok {
		return "0"
	}
	return new(big.Int).Quo(number.Num(), number.Denom()).String()
}

// psqlCell is a value as psql's aligned output shows it, without the blanks that pad a column: they can't be told from
// the value's own.
func psqlCell(v string) string {
	lines := strings.Split(v, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}
