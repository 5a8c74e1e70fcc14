package sqllogic

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Dialect is one of the two formats of a script.
type Dialect int

const (
	// DialectAuto takes the classic one for files named *.test and for files with a hash-threshold, and
	// sqllogictest-rs otherwise.
	DialectAuto Dialect = iota
	// DialectClassic is SQLite's: one value a line, formatted by the type letters.
	DialectClassic
	// DialectRS is sqllogictest-rs': one row a line.
	DialectRS
)

// DefaultLabels are the engine names that skipif and onlyif compare with.
var DefaultLabels = []string{"postgresql"}

// ReadOptions say how to read a script. The zero value is right for the public corpora.
type ReadOptions struct {
	Dialect Dialect
	Labels  []string          // names of the engine for skipif and onlyif; DefaultLabels when nil
	Vars    map[string]string // for `control substitution on`, before the environment's variables
}

// SyntaxError is a place where a script can't be read.
type SyntaxError struct {
	Pos     Pos
	Problem string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s: %s", e.Pos, e.Problem) }

// Read reads a sqllogictest script from a file, and what it includes. All its syntax errors are reported, joined.
func Read(path string, opts ReadOptions) (*Script, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, string(text), opts)
}

// Parse is Read for a text that is at hand; path stands in positions, and includes are relative to it.
func Parse(path, text string, opts ReadOptions) (*Script, error) {
	if opts.Labels == nil {
		opts.Labels = DefaultLabels
	}
	if opts.Dialect == DialectAuto {
		opts.Dialect = DialectRS
		if strings.HasSuffix(path, ".test") || hashThreshold.MatchString(text) {
			opts.Dialect = DialectClassic
		}
	}
	p := &parser{opts: opts, format: FormatRows}
	if opts.Dialect == DialectClassic {
		p.format = FormatClassic
	}
	p.lines(splitLines(path, text, nil))
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	return &Script{File: path, Records: p.records}, nil
}

var hashThreshold = regexp.MustCompile(`(?m)^hash-threshold\s`)

// line is a line of a script with its place, which stays with it through loops.
type line struct {
	text string
	pos  Pos
}

func splitLines(path, text string, from *Pos) []line {
	texts := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	lines := make([]line, len(texts))
	for i, t := range texts {
		lines[i] = line{strings.TrimSuffix(t, "\r"), Pos{path, i + 1, from}}
	}
	return lines
}

// parser turns lines into records. Its fields are the state that directives set for the records after them.
type parser struct {
	opts    ReadOptions
	records []Record
	errs    []error
	halted  bool

	format     Format
	sort       Sort
	substitute bool

	// For the next record only:

	skip       string // why it does not run, "" when it does
	connection string
}

func (p *parser) fail(pos Pos, format string, args ...any) {
	p.errs = append(p.errs, &SyntaxError{pos, fmt.Sprintf(format, args...)})
}

// lines reads records until the lines or the script end.
func (p *parser) lines(rest []line) {
	for len(rest) > 0 && !p.halted {
		first := rest[0]
		words := strings.Fields(first.text)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			rest = rest[1:]
			continue
		}
		rest = p.directive(first, words, rest[1:])
	}
}

// directive reads the directive on the line first, and from rest what belongs to it. It returns what is left.
func (p *parser) directive(first line, words []string, rest []line) []line {
	args := words[1:]
	switch words[0] {
	case "statement":
		return p.statement(first, args, rest)
	case "query":
		return p.query(first, args, rest)
	case "skipif", "onlyif":
		p.condition(first.pos, words)
	case "connection":
		if p.want(first.pos, args, 1, "connection NAME") && args[0] != "default" {
			p.connection = args[0]
		}
	case "halt":
		if p.skip == "" {
			p.halted = true
		}
		p.skip = ""
	case "hash-threshold":
		// When to write digests is the writer's concern; a reader sees which answers are digests.
		if p.want(first.pos, args, 1, "hash-threshold N") {
			p.number(first.pos, args[0])
		}
	case "control":
		p.control(first.pos, args)
	case "sleep":
		if p.want(first.pos, args, 1, "sleep DURATION") {
			d, err := time.ParseDuration(args[0])
			if err != nil {
				p.fail(first.pos, "sleep %s: not a duration such as 3s or 100ms", args[0])
			}
			p.add(Record{Kind: KindSleep, Pos: first.pos, Sleep: d})
		}
	case "subtest":
		// A heading.
	case "system":
		body, rest := untilBlank(rest)
		if i := slices.IndexFunc(body, isDelimiter); i >= 0 {
			_, rest = untilTwoBlanks(append(slices.Clone(body[i+1:]), rest...))
		}
		p.add(Record{Kind: KindRefused, Pos: first.pos, Reason: "system commands are not run"})
		return rest
	case "include":
		p.include(first.pos, args)
	case "loop", "foreach", "for":
		return p.loop(first.pos, words, rest)
	default:
		p.fail(first.pos, "unknown directive %q", words[0])
		_, rest = untilBlank(rest)
	}
	return rest
}

// want checks the number of a directive's arguments.
func (p *parser) want(pos Pos, args []string, n int, usage string) bool {
	if len(args) != n {
		p.fail(pos, "expected: %s", usage)
		return false
	}
	return true
}

func (p *parser) number(pos Pos, word string) int64 {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || n < 0 {
		p.fail(pos, "%q is not a number", word)
	}
	return n
}

// condition reads skipif and onlyif; what follows the label is a comment. Several conditions must all hold.
func (p *parser) condition(pos Pos, words []string) {
	if len(words) < 2 {
		p.fail(pos, "expected: %s LABEL", words[0])
		return
	}
	if ours := slices.Contains(p.opts.Labels, words[1]); ours == (words[0] == "skipif") {
		p.skip = words[0] + " " + words[1]
	}
}

func (p *parser) control(pos Pos, args []string) {
	const usage = "control sortmode nosort|rowsort|valuesort, control substitution on|off, or control resultmode rowwise|valuewise"
	if !p.want(pos, args, 2, usage) {
		return
	}
	sort, isSort := sortNames[args[1]]
	switch {
	case args[0] == "sortmode" && isSort:
		p.sort = sort
	case args[0] == "substitution" && (args[1] == "on" || args[1] == "off"):
		p.substitute = args[1] == "on"
	case args[0] == "resultmode" && args[1] == "rowwise":
		p.format = FormatRows
	case args[0] == "resultmode" && args[1] == "valuewise":
		p.format = FormatValues
	default:
		p.fail(pos, "expected: %s", usage)
	}
}

// add appends a record and uses up what was said for it.
func (p *parser) add(r Record) {
	if p.skip != "" {
		r.Kind, r.Reason = KindSkip, p.skip
	}
	r.Connection = p.connection
	p.skip, p.connection = "", ""
	if r.Kind == KindStatement || r.Kind == KindQuery {
		r.SQL = plainView(r.SQL)
		if why := noOp(r.SQL); why != "" {
			r.Kind, r.Reason = KindSkip, why
		}
	}
	p.records = append(p.records, r)
}

func isDelimiter(l line) bool { return strings.TrimRight(l.text, " \t") == "----" }
func isBlank(l line) bool     { return strings.TrimSpace(l.text) == "" }

// untilBlank takes the lines before the first blank one; the blank line is dropped.
func untilBlank(lines []line) (block, rest []line) {
	i := slices.IndexFunc(lines, isBlank)
	if i < 0 {
		return lines, nil
	}
	return lines[:i], lines[i+1:]
}

// untilTwoBlanks takes the lines before the first two blank ones in a row.
func untilTwoBlanks(lines []line) (block, rest []line) {
	for i := range lines {
		if isBlank(lines[i]) && (i+1 == len(lines) || isBlank(lines[i+1])) {
			return lines[:i], lines[min(i+2, len(lines)):]
		}
	}
	return lines, nil
}

// sql joins the lines of a record's SQL and substitutes variables where the script asks for it.
func (p *parser) sql(first line, body []line) (sql string, pos Pos) {
	if len(body) == 0 {
		p.fail(first.pos, "no SQL under %q", first.text)
		return "", first.pos
	}
	texts := make([]string, len(body))
	for i, l := range body {
		texts[i] = l.text
	}
	sql = strings.Join(texts, "\n")
	if p.substitute {
		var err error
		if sql, err = p.opts.substitute(sql); err != nil {
			p.fail(body[0].pos, "%v", err)
		}
	}
	return sql, body[0].pos
}

// withoutRetry drops `retry N backoff D` from a directive: engines answer at once here, so there is nothing to wait for.
func withoutRetry(args []string) []string {
	if i := slices.Index(args, "retry"); i >= 0 && len(args) == i+4 && args[i+2] == "backoff" {
		return args[:i]
	}
	return args
}

func (p *parser) statement(first line, args []string, rest []line) []line {
	body, rest := untilBlank(rest)
	record := Record{Kind: KindStatement, Pos: first.pos}
	switch kind := slices.Concat(withoutRetry(args), []string{""})[0]; kind {
	case "ok":
		if len(withoutRetry(args)) != 1 {
			p.fail(first.pos, "unexpected words after statement ok")
		}
	case "count":
		if args := withoutRetry(args); p.want(first.pos, args, 2, "statement count N") {
			n := p.number(first.pos, args[1])
			record.Want.Count = &n
		}
	case "error":
		record.Want.Error, body, rest = p.expectedError(first, body, rest)
	default:
		p.fail(first.pos, "expected: statement ok, statement error [PATTERN], or statement count N")
		return rest
	}
	record.SQL, record.SQLPos = p.sql(first, body)
	p.add(record)
	return rest
}

// expectedError reads the pattern behind the word error, or the message under ----, which blank lines may interrupt
// and two end. It returns the SQL apart from the message.
func (p *parser) expectedError(first line, body, rest []line) (*ErrorMatch, []line, []line) {
	match := &ErrorMatch{}
	// The pattern is taken as it stands: blanks inside it count.
	_, pattern, _ := strings.Cut(first.text, "error")
	if pattern = strings.TrimSpace(pattern); pattern != "" {
		re, err := regexp.Compile(pattern)
		if err != nil {
			p.fail(first.pos, "the error pattern: %v", err)
		}
		match.Pattern = re
	}
	if i := slices.IndexFunc(body, isDelimiter); i >= 0 {
		var message []line
		message, rest = untilTwoBlanks(slices.Concat(body[i+1:], []line{{}}, rest))
		texts := make([]string, len(message))
		for i, l := range message {
			texts[i] = l.text
		}
		match.Text = strings.TrimSpace(strings.Join(texts, "\n"))
		body = body[:i]
	}
	return match, body, rest
}

var digest = regexp.MustCompile(`^(\d+) values hashing to ([0-9a-f]{32})$`)

func (p *parser) query(first line, args []string, rest []line) []line {
	body, rest := untilBlank(rest)
	record := Record{Kind: KindQuery, Pos: first.pos}
	if len(args) > 0 && args[0] == "error" {
		record.Want.Error, body, rest = p.expectedError(first, body, rest)
		record.SQL, record.SQLPos = p.sql(first, body)
		p.add(record)
		return rest
	}
	w := &record.Want
	w.Format, w.Sort = p.format, p.sort
	args = withoutRetry(args)
	if len(args) > 0 {
		w.Types = args[0]
		args = args[1:]
	}
	if len(args) > 0 {
		if sort, ok := sortNames[args[0]]; ok {
			w.Sort = sort
			args = args[1:]
		}
	}
	if len(args) > 0 {
		w.Label = args[0]
		args = args[1:]
	}
	if len(args) > 0 {
		p.fail(first.pos, "expected: query TYPES [nosort|rowsort|valuesort] [LABEL], or query error [PATTERN]")
	}
	// Without ---- the classic format runs the query and checks nothing, sqllogictest-rs expects no rows.
	w.Checked = p.opts.Dialect == DialectRS
	if i := slices.IndexFunc(body, isDelimiter); i >= 0 {
		w.Checked = true
		for _, l := range body[i+1:] {
			w.Lines = append(w.Lines, l.text)
		}
		body = body[:i]
	}
	if len(w.Lines) == 1 {
		if m := digest.FindStringSubmatch(strings.TrimSpace(w.Lines[0])); m != nil {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				p.fail(first.pos, "%s: %v", w.Lines[0], err)
			}
			w.Digest, w.Lines = &Digest{n, m[2]}, nil
		}
	}
	record.SQL, record.SQLPos = p.sql(first, body)
	p.add(record)
	return rest
}

// include reads the files that a glob names, relative to the including file, in order of their names.
func (p *parser) include(pos Pos, args []string) {
	skip := p.skip
	p.skip = ""
	if !p.want(pos, args, 1, "include GLOB") || skip != "" {
		return
	}
	for from := &pos; from != nil; from = from.From {
		if from.From != nil && from.From.File == pos.File {
			p.fail(pos, "the file includes itself")
			return
		}
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(pos.File), filepath.FromSlash(args[0])))
	if err != nil || len(files) == 0 {
		p.fail(pos, "include %s: no such file", args[0])
		return
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			p.fail(pos, "%v", err)
			continue
		}
		p.lines(splitLines(file, string(text), &pos))
	}
}
