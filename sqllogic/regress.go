package sqllogic

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// ReadRegress reads a test of PostgreSQL's regression suite: an .sql file and what psql printed for it when it echoed its
// input (pg_regress runs psql -a -q). Statements that print a table become queries, those that print an error expect
// that error, the rest expect success. psql's own commands (\d, \pset) become skipped records; \pset null is obeyed.
//
// The output alone says it all, since it has the input in it, so positions are lines of the output. The .sql file only
// tells where the output of psql's own commands ends; the two may differ otherwise, as copies of the suite do whose
// owners commented statements out.
//
// psql pads columns, so blanks around a value are not compared, and shows NULL as nothing unless \pset null says
// otherwise.
//
// What tunes a session (SET, ANALYZE), shows plans (EXPLAIN) or bounds a transaction becomes a skipped record: none of it
// changes an answer where every statement stands alone. A temporary table is read as a table.
func ReadRegress(sqlFile, outFile string) (*Script, error) {
	sql, err := os.ReadFile(sqlFile)
	if err != nil {
		return nil, err
	}
	out, err := os.ReadFile(outFile)
	if err != nil {
		return nil, err
	}
	return ParseRegress(sqlFile, string(sql), outFile, string(out))
}

// ParseRegress is ReadRegress for texts that are at hand.
func ParseRegress(sqlFile, sql, outFile, out string) (*Script, error) {
	r := &regressReader{
		file:   outFile,
		lines:  strings.Split(strings.TrimSuffix(out, "\n"), "\n"),
		input:  map[string]bool{},
		script: &Script{File: sqlFile},
	}
	for _, l := range strings.Split(sql, "\n") {
		if strings.TrimSpace(l) != "" {
			r.input[l] = true
		}
	}
	for r.at < len(r.lines) {
		if err := r.step(); err != nil {
			return nil, err
		}
	}
	return r.script, nil
}

// regressReader walks the output.
type regressReader struct {
	file   string
	lines  []string
	at     int // the next line
	null   string
	input  map[string]bool // the lines of the .sql file
	script *Script
}

func (r *regressReader) pos(line int) Pos { return Pos{File: r.file, Line: line + 1} }

// step reads the echo of what psql read before it printed anything, up to the line in which a statement ends, and what
// was printed for it.
func (r *regressReader) step() error {
	begin := r.at
	var buffer strings.Builder
	for r.at < len(r.lines) {
		l := r.lines[r.at]
		r.at++
		if buffer.Len() == 0 && strings.HasPrefix(strings.TrimSpace(l), `\`) {
			r.command(l)
			return nil
		}
		buffer.WriteString(l + "\n")
		statements, rest := completeStatements(buffer.String())
		tokens, open := scan(rest)
		if len(tokens) > 0 || open {
			continue
		}
		// Comments and blanks alone are read over; the next statement begins behind them.
		for _, s := range statements {
			if err := r.answer(s.text, r.pos(begin+s.line)); err != nil {
				return err
			}
		}
		return nil
	}
	return &SyntaxError{r.pos(begin), "the statement does not end"}
}

// command handles psql's own commands, and passes over what they print: up to a line that is input.
func (r *regressReader) command(l string) {
	record := Record{Kind: KindSkip, Pos: r.pos(r.at - 1), SQLPos: r.pos(r.at - 1), Reason: "a command of psql"}
	if words := strings.Fields(l); len(words) == 3 && words[0] == `\pset` && words[1] == "null" {
		r.null = strings.Trim(words[2], "'")
		return
	}
	for r.at < len(r.lines) && !r.input[r.lines[r.at]] {
		r.at++
	}
	r.script.Records = append(r.script.Records, record)
}

// answer reads what was printed for a statement and appends its record.
func (r *regressReader) answer(sql string, pos Pos) error {
	record := Record{Kind: KindStatement, Pos: pos, SQLPos: pos, SQL: sql}
	if returnsRows(sql) {
		record.Kind = KindQuery
	}
	rest := withoutNotices(r.lines[r.at:])
	switch {
	case len(rest) > 0 && strings.HasPrefix(rest[0], "ERROR:"):
		record.Want.Error = &ErrorMatch{Text: strings.TrimSpace(strings.TrimPrefix(rest[0], "ERROR:"))}
		rest = withoutDetails(rest[1:])
	case record.Kind == KindQuery:
		table, after, ok := readTable(rest)
		if !ok {
			return &SyntaxError{r.pos(r.at), fmt.Sprintf("neither a table nor an error for: %s", sql)}
		}
		w := &record.Want
		w.Format, w.Checked, w.Null = FormatPsql, true, r.null
		w.Types, w.Lines = strings.Repeat("T", table.columns), table.rows
		rest = after
	}
	r.at = len(r.lines) - len(withoutNotices(rest))
	if why := aboutSession(sql); why != "" {
		record = Record{Kind: KindSkip, Pos: pos, SQLPos: pos, SQL: sql, Reason: why}
	}
	record.SQL = plainTable(record.SQL)
	r.script.Records = append(r.script.Records, record)
	return nil
}

// endedStatement is a statement of a longer text.
type endedStatement struct {
	text string // without what stands before it and without its semicolon
	line int    // where it begins, from 0
}

// completeStatements cuts off the statements that end with a semicolon outside of brackets.
func completeStatements(text string) (statements []endedStatement, rest string) {
	tokens, _ := scan(text)
	begin, end := -1, 0
	for _, t := range tokens {
		switch {
		case t.is(";") && t.depth == 0:
			if begin >= 0 {
				statements = append(statements, endedStatement{strings.TrimSpace(text[begin:t.start]), strings.Count(text[:begin], "\n")})
			}
			begin, end = -1, t.end
		case begin < 0:
			begin = t.start
		}
	}
	return statements, text[end:]
}

// returnsRows reports whether psql prints a table for a statement that succeeds.
func returnsRows(sql string) bool {
	tokens, _ := scan(sql)
	for len(tokens) > 0 && tokens[0].is("(") {
		tokens = tokens[1:]
	}
	if len(tokens) == 0 {
		return false
	}
	returning := slices.ContainsFunc(tokens, func(t token) bool { return t.is("returning") })
	switch t := tokens[0]; {
	case t.is("select"):
		// SELECT ... INTO makes a table.
		return !slices.ContainsFunc(tokens, func(t token) bool { return t.depth == 0 && t.is("into") })
	case t.is("values"), t.is("table"), t.is("show"), t.is("explain"), t.is("fetch"):
		return true
	case t.is("with"):
		return target(sql) == "" || returning
	case t.is("insert"), t.is("update"), t.is("delete"):
		return returning
	default:
		return false
	}
}

// withoutNotices drops leading NOTICE, WARNING and INFO messages.
func withoutNotices(lines []string) []string {
	for len(lines) > 0 {
		level, _, ok := strings.Cut(lines[0], ":")
		if !ok || !slices.Contains([]string{"NOTICE", "WARNING", "INFO"}, level) {
			return lines
		}
		lines = withoutDetails(lines[1:])
	}
	return lines
}

// withoutDetails drops the lines that follow the first one of a message.
func withoutDetails(lines []string) []string {
	for len(lines) > 0 {
		word, _, ok := strings.Cut(lines[0], ":")
		isDetail := ok && slices.Contains([]string{"DETAIL", "HINT", "CONTEXT", "QUERY"}, word)
		isExcerpt := strings.HasPrefix(lines[0], "LINE ") || strings.TrimSpace(lines[0]) == "^"
		if !isDetail && !isExcerpt {
			return lines
		}
		lines = lines[1:]
	}
	return lines
}
