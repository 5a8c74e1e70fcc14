package sqllogic

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Pos is a line of a script.
type Pos struct {
	File string
	Line int  // from 1
	From *Pos // the include directive that brought the file in, nil in the script itself
}

func (p Pos) String() string {
	s := fmt.Sprintf("%s:%d", p.File, p.Line)
	if p.From != nil {
		s += " included from " + p.From.String()
	}
	return s
}

// Kind says what a record asks of the runner.
type Kind int

const (
	// KindStatement runs SQL for its effect.
	KindStatement Kind = iota
	// KindQuery runs SQL for its rows.
	KindQuery
	// KindSleep waits.
	KindSleep
	// KindSkip is a record that a condition excludes, or that means nothing here; Reason says which.
	KindSkip
	// KindRefused is a record that this runner does not carry out, such as a shell command; Reason says why.
	KindRefused
)

// Record is one step of a script, with loops, includes, conditions and substitutions already resolved.
type Record struct {
	Kind       Kind
	Pos        Pos    // the line of the directive
	SQLPos     Pos    // the first line of SQL
	SQL        string // KindStatement and KindQuery; for KindSkip what would have run
	Connection string // the session to run in, "" for the default one
	Want       Want   // KindStatement and KindQuery
	Sleep      time.Duration
	Reason     string // KindSkip and KindRefused
}

// without is the record with nothing to meet but that it succeeds, or that it fails where PostgreSQL failed.
func (r *Record) without(truth error) *Record {
	free := *r
	free.Want = Want{Types: r.Want.Types, Format: FormatRows}
	if truth != nil {
		free.Want.Error = &ErrorMatch{}
	}
	return &free
}

// Want is what a script says will happen.
type Want struct {
	Error *ErrorMatch // the SQL must fail like this; nil when it must succeed
	Count *int64      // the number of rows the statement must affect; nil when it does not matter

	// The rest is for queries that must succeed.

	Types   string // one letter a column
	Format  Format // how values are written and laid out
	Sort    Sort
	Label   string   // queries with the same label have the same answer; "" for none
	Checked bool     // false when the script states no answer
	Lines   []string // the answer as the script writes it; nil when Digest is set
	Digest  *Digest
	Null    string // FormatPsql: how NULL is written
}

// Digest stands for an answer too long to be written out.
type Digest struct {
	Values int
	MD5    string // of the values, each followed by a newline
}

// Format is how a script writes an answer.
type Format int

const (
	// FormatClassic has one value a line, formatted by the column's type letter (SQLite's format).
	FormatClassic Format = iota
	// FormatRows has one row a line, values as PostgreSQL prints them (sqllogictest-rs).
	FormatRows
	// FormatValues has one value a line, values as PostgreSQL prints them (sqllogictest-rs, resultmode valuewise).
	FormatValues
	// FormatPsql has a row of a table that psql printed in a line, its cells divided by cellSeparator; blanks around a
	// value are lost.
	FormatPsql
)

// cellSeparator divides the cells of a FormatPsql line: ASCII's unit separator, which no table shows.
const cellSeparator = "\x1f"

// Sort is how both answers are sorted before they are compared.
type Sort int

const (
	// SortNone compares in the order of the rows, as far as the query fixes one.
	SortNone Sort = iota
	// SortRows sorts rows by their formatted values.
	SortRows
	// SortValues sorts all values, across rows.
	SortValues
)

var sortNames = map[string]Sort{"nosort": SortNone, "rowsort": SortRows, "valuesort": SortValues}

// ErrorMatch is an expected error. The zero value accepts any.
type ErrorMatch struct {
	Pattern *regexp.Regexp // to be found in the message; nil for any
	Text    string         // the whole message; "" for any
}

// Matches reports whether an error's text is the expected one.
func (m *ErrorMatch) Matches(text string) bool {
	switch {
	case m.Pattern != nil:
		return m.Pattern.MatchString(text)
	case m.Text != "":
		return strings.TrimSpace(m.Text) == strings.TrimSpace(text)
	default:
		return true
	}
}

func (m *ErrorMatch) String() string {
	switch {
	case m.Pattern != nil:
		return fmt.Sprintf("an error that matches %q", m.Pattern)
	case m.Text != "":
		return fmt.Sprintf("the error %q", m.Text)
	default:
		return "an error"
	}
}

// Script is a file ready to run.
type Script struct {
	File    string
	Records []Record
}
