package sqllogic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Runner runs scripts on an engine, and on PostgreSQL beside it where an oracle is given.
type Runner struct {
	// Open makes the engine for one script, with no tables.
	Open func(ctx context.Context, s *Script) (Engine, error)
	// Oracle also runs every record. An engine's answer must then be PostgreSQL's answer as well as the script's.
	Oracle *Oracle
	// Score counts the records whose expectation PostgreSQL itself does not meet as skipped ('postgresql disagrees').
	// It needs an Oracle.
	Score bool
	// Trust takes PostgreSQL's answer as the only expectation: what the script says is not looked at. For scripts that were
	// written for another version, or for data that is not at hand. It needs an Oracle.
	Trust bool
	// Setup is a script that runs on both before each script; it must succeed in PostgreSQL, and is not counted. What the
	// engine refuses of it is refused where a record needs it.
	Setup *Script
	// SkipRefused counts refused records as skipped instead of failed.
	SkipRefused bool
	// Read says how scripts are read.
	Read ReadOptions
	// Sleep carries out sleep records; nil waits. Engines here answer at once, so tests of them need not.
	Sleep func(time.Duration)
	// Timeout is the longest time a record may take on an engine, 0 for a minute.
	Timeout time.Duration
	// Log receives each failure as it happens, nil drops them (the report has them too).
	Log io.Writer
	// LogRefused also logs refusals.
	LogRefused bool
}

// disagrees is the reason of records that PostgreSQL does not pass.
const disagrees = "postgresql disagrees"

// Run reads and runs files in the given order. An error is one of the run, not of a record: a script that can't be read
// or an engine that can't be opened. All scripts are read before the first one runs.
func (r *Runner) Run(ctx context.Context, files []string) (*Report, error) {
	if r.Score && r.Oracle == nil {
		return nil, errors.New("sqllogic: a score needs an oracle")
	}
	if r.Trust && r.Oracle == nil {
		return nil, errors.New("sqllogic: without an oracle there is nothing to trust but the scripts")
	}
	scripts := make([]*Script, len(files))
	var errs []error
	for i, file := range files {
		var err error
		if scripts[i], err = ReadAny(file, r.Read); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	report := &Report{SkipRefused: r.SkipRefused}
	for _, s := range scripts {
		f, err := r.RunScript(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.File, err)
		}
		report.Files = append(report.Files, f)
	}
	return report, nil
}

// RunScript runs one script.
func (r *Runner) RunScript(ctx context.Context, s *Script) (report *FileReport, err error) {
	start := time.Now()
	prologue := 0
	if r.Setup != nil {
		prologue = len(r.Setup.Records)
		s = &Script{File: s.File, Records: slices.Concat(r.Setup.Records, s.Records)}
	}
	engine, err := r.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, engine.Close(ctx)) }()
	run := &scriptRun{Runner: r, script: s, engine: engine, labels: map[string]string{}, report: &FileReport{File: s.File}}
	if r.Oracle != nil {
		session, err := r.Oracle.Open(ctx)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, session.Close(ctx)) }()
		run.oracle = session
	}
	for i := range s.Records {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := run.record(ctx, i)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Records[i].Pos, err)
		}
		if v != nil && (i >= prologue || v.Outcome == Failed) {
			run.report.add(*v)
			r.log(*v)
		}
	}
	run.report.Seconds = time.Since(start).Seconds()
	return run.report, nil
}

func (r *Runner) log(v Verdict) {
	if r.Log == nil || v.Outcome == Passed || v.Outcome == Skipped || v.Outcome == Refused && !r.LogRefused {
		return
	}
	text := fmt.Sprintf("%s: %s: %s\n", v.Pos, v.Outcome, v.Reason)
	for _, part := range []string{v.SQL, v.Detail} {
		if part != "" {
			text += "    " + strings.ReplaceAll(part, "\n", "\n    ") + "\n"
		}
	}
	fmt.Fprintln(r.Log, text)
}

// scriptRun is one script on its way.
type scriptRun struct {
	*Runner
	script *Script
	engine Engine
	oracle *OracleSession // nil without an oracle
	report *FileReport

	prepared map[int]error // errors of the current segment by record
	ready    int           // records before this one have been prepared
	taint    taint
	labels   map[string]string // label to digest of its first answer
}

// record runs one record. It returns nil for records that don't count.
func (s *scriptRun) record(ctx context.Context, i int) (*Verdict, error) {
	r := &s.script.Records[i]
	v := &Verdict{Pos: r.Pos.String(), SQL: r.SQL}
	switch r.Kind {
	case KindSleep:
		if s.Sleep != nil {
			s.Sleep(r.Sleep)
			return nil, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(r.Sleep):
			return nil, nil
		}
	case KindSkip:
		v.Outcome, v.Reason = Skipped, r.Reason
		return v, nil
	case KindRefused:
		v.Outcome, v.Code, v.Reason = Refused, "system", r.Reason
		return v, nil
	}

	var truth *Answer
	if s.oracle != nil {
		a, err := s.answer(ctx, s.oracle, r)
		if err != nil {
			return nil, err
		}
		truth = &a
	}
	if s.Trust {
		r = r.without(truth.Err)
	}
	if s.Score && Check(r, *truth) != nil {
		v.Outcome, v.Reason = Skipped, disagrees
	}
	code := s.taint.reaches(r.SQL)
	if code != "" {
		// The engine lacks what the record needs, so there is nothing to learn from running it.
		if v.Outcome == "" {
			v.Outcome, v.Code, v.Caused, v.Reason = Refused, code, true, "depends on a statement that was refused"
		}
		return v, nil
	}
	got, err := s.run(ctx, i)
	var late *timeoutError
	if errors.As(err, &late) {
		// Never what a script expects, not even one that expects an error.
		v.Outcome, v.Reason = Failed, late.Error()
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	if code := refusalCode(got.Err); code != "" {
		if r.Want.Error == nil && (truth == nil || truth.Err == nil) {
			s.taint.refused(r.SQL, code)
		}
		if v.Outcome == "" {
			v.Outcome, v.Code, v.Reason = Refused, code, got.Err.Error()
		}
		return v, nil
	}
	if v.Outcome != "" {
		return v, nil
	}
	if m := s.judge(ctx, r, got, truth); m != nil {
		v.Outcome, v.Reason, v.Detail = Failed, m.Reason, m.Diff
		return v, nil
	}
	v.Outcome = Passed
	return v, nil
}

// judge compares an engine's answer with the script's and with PostgreSQL's, where there is one.
func (s *scriptRun) judge(ctx context.Context, r *Record, got Answer, truth *Answer) *Mismatch {
	if truth == nil {
		if m := Check(r, got); m != nil {
			return m
		}
		return s.checkLabel(r, got)
	}
	if m := Same(r, *truth, got); m != nil && !s.anyRowsDo(ctx, r, got, *truth) {
		return m
	}
	if truth.Err != nil && got.Err != nil {
		if want, is := sqlState(truth.Err), sqlState(got.Err); want != is {
			s.report.States = count(s.report.States, fmt.Sprintf("%s for %s", is, want), 1)
		}
	}
	// The engine gives PostgreSQL's answer. The script's is compared with PostgreSQL's, whose order of rows and whose
	// messages it was written for.
	if m := Check(r, *truth); m != nil {
		m.Reason += " (PostgreSQL answers the same)"
		return m
	}
	return s.checkLabel(r, got)
}

// anyRowsDo reports whether a query that takes some of its rows without an order (LIMIT without ORDER BY) was answered by as many
// rows as PostgreSQL's answer has, all of them among the rows that it chooses from.
func (s *scriptRun) anyRowsDo(ctx context.Context, r *Record, got, truth Answer) bool {
	whole, ok := withoutLimit(r.SQL)
	if !ok || r.Kind != KindQuery || got.Err != nil || truth.Err != nil || len(got.Rows) != len(truth.Rows) {
		return false
	}
	open := *r
	open.SQL = whole
	all, err := s.answer(ctx, s.oracle, &open)
	if err != nil || all.Err != nil || len(all.Columns) != len(got.Columns) {
		return false
	}
	left := map[string]int{}
	for _, row := range exactRows(all) {
		left[strings.Join(row, cellSeparator)]++
	}
	for _, row := range exactRows(got) {
		key := strings.Join(row, cellSeparator)
		if left[key]--; left[key] < 0 {
			return false
		}
	}
	return true
}

// checkLabel compares the answers of queries that carry the same label and state no answer of their own.
func (s *scriptRun) checkLabel(r *Record, got Answer) *Mismatch {
	if r.Kind != KindQuery || r.Want.Label == "" || got.Err != nil {
		return nil
	}
	_, sum := digestOf(&r.Want, formatRows(&r.Want, got))
	first, ok := s.labels[r.Want.Label]
	switch {
	case !ok:
		s.labels[r.Want.Label] = sum
	case !r.Want.Checked && first != sum:
		return &Mismatch{Reason: fmt.Sprintf("the answer differs from an earlier one with the label %s", r.Want.Label)}
	}
	return nil
}

// run asks the engine, unless preparing the record has already failed.
func (s *scriptRun) run(ctx context.Context, i int) (Answer, error) {
	if p, ok := s.engine.(Preparer); ok {
		if i >= s.ready {
			if err := s.prepare(ctx, p, i); err != nil {
				return Answer{}, err
			}
		}
		if err := s.prepared[i]; err != nil {
			return Answer{Err: err}, nil
		}
	}
	return s.answer(ctx, s.engine, &s.script.Records[i])
}

// prepare hands the segment that begins at a record to the engine.
func (s *scriptRun) prepare(ctx context.Context, p Preparer, begin int) error {
	end := segmentEnd(s.script.Records, begin)
	var statements []Statement
	var index []int
	for i := begin; i < end; i++ {
		r := &s.script.Records[i]
		if r.Kind == KindStatement || r.Kind == KindQuery {
			statements = append(statements, Statement{r.SQL, r.SQLPos, r.Kind == KindQuery})
			index = append(index, i)
		}
	}
	errs := p.Prepare(ctx, statements)
	if errs != nil && len(errs) != len(statements) {
		return fmt.Errorf("the engine prepared %d statements and returned %d errors", len(statements), len(errs))
	}
	s.prepared = map[int]error{}
	for k, err := range errs {
		if err != nil {
			s.prepared[index[k]] = err
		}
	}
	s.ready = end
	return nil
}

// segmentEnd returns the end of the segment that begins at a record: the next schema change after other statements.
func segmentEnd(records []Record, begin int) int {
	data := false
	for i := begin; i < len(records); i++ {
		r := &records[i]
		if r.Kind != KindStatement && r.Kind != KindQuery {
			continue
		}
		ddl := isDDL(r.SQL)
		if ddl && data {
			return i
		}
		data = data || !ddl
	}
	return len(records)
}

// timeoutError says that an engine gave no answer in time.
type timeoutError struct {
	after time.Duration
	cause error
}

func (e *timeoutError) Error() string { return fmt.Sprintf("no answer after %v: %v", e.after, e.cause) }

// answer runs a record on the connection that it names. The error is one of the engine itself, a *timeoutError when it
// took too long.
func (s *scriptRun) answer(ctx context.Context, e Engine, r *Record) (Answer, error) {
	if r.Connection != "" {
		if many, ok := e.(Sessions); ok {
			session, err := many.Session(ctx, r.Connection)
			if err != nil {
				return Answer{}, err
			}
			e = session
		}
	}
	timeout := s.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	a := ask(limited, e, r)
	if limited.Err() != nil && ctx.Err() == nil && a.Err != nil {
		return Answer{}, &timeoutError{timeout, a.Err}
	}
	return a, nil
}
