package sqllogic

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Outcome is what became of a record.
type Outcome string

// The outcomes of a record.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped"
	Refused Outcome = "refused"
)

// Verdict is a record's outcome with its reasons.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	Pos     string  `json:"pos"`
	SQL     string  `json:"sql,omitempty"`
	Code    string  `json:"code,omitempty"`   // Refused: the diagnostic's code
	Reason  string  `json:"reason,omitempty"` // Failed and Refused: what happened; Skipped: why
	Detail  string  `json:"detail,omitempty"` // Failed: the differing lines
	Caused  bool    `json:"caused,omitempty"` // Refused: by an earlier refusal that this record depends on
}

// FileReport is what became of a script. Failures and refusals are listed, the rest only counted.
type FileReport struct {
	File    string         `json:"file"`
	Passed  int            `json:"passed"`
	Failed  int            `json:"failed"`
	Skipped map[string]int `json:"skipped,omitempty"` // by reason
	Refused map[string]int `json:"refused,omitempty"` // by code
	// States counts records where the engine and PostgreSQL both fail, but with different SQLSTATEs ("22012 for 22003").
	States   map[string]int `json:"states,omitempty"`
	Verdicts []Verdict      `json:"verdicts,omitempty"`
	Seconds  float64        `json:"seconds"`
}

func (f *FileReport) add(v Verdict) {
	switch v.Outcome {
	case Passed:
		f.Passed++
	case Skipped:
		f.Skipped = count(f.Skipped, v.Reason, 1)
	case Failed:
		f.Failed++
		f.Verdicts = append(f.Verdicts, v)
	case Refused:
		f.Refused = count(f.Refused, v.Code, 1)
		f.Verdicts = append(f.Verdicts, v)
	}
}

func count(m map[string]int, key string, n int) map[string]int {
	if m == nil {
		m = map[string]int{}
	}
	m[key] += n
	return m
}

// Report is what became of a run.
type Report struct {
	Files []*FileReport `json:"files"`
	// SkipRefused says that refusals count as skipped in Totals, and as failed otherwise.
	SkipRefused bool `json:"skip_refused"`
}

// Totals are the numbers of the last line.
func (r *Report) Totals() (passed, failed, skipped int) {
	for _, f := range r.Files {
		passed += f.Passed
		failed += f.Failed
		skipped += sum(f.Skipped)
		if r.SkipRefused {
			skipped += sum(f.Refused)
		} else {
			failed += sum(f.Refused)
		}
	}
	return passed, failed, skipped
}

func sum(m map[string]int) (n int) {
	for _, k := range m {
		n += k
	}
	return n
}

// merged adds up one kind of count over all files.
func (r *Report) merged(of func(*FileReport) map[string]int) map[string]int {
	all := map[string]int{}
	for _, f := range r.Files {
		for key, n := range of(f) {
			all[key] += n
		}
	}
	return all
}

// WriteSummary writes what was skipped and refused, by reason and code, and last the line that tools read:
//
//	refused 12: PQ0107 x10, PQ0203 x2
//	310 passed, 12 failed, 4 skipped
func (r *Report) WriteSummary(w io.Writer) error {
	var out strings.Builder
	for _, part := range []struct {
		name string
		of   func(*FileReport) map[string]int
	}{
		{"skipped", func(f *FileReport) map[string]int { return f.Skipped }},
		{"other SQLSTATE", func(f *FileReport) map[string]int { return f.States }},
		{"refused", func(f *FileReport) map[string]int { return f.Refused }},
	} {
		if all := r.merged(part.of); len(all) > 0 {
			fmt.Fprintf(&out, "%s %d: %s\n", part.name, sum(all), counts(all))
		}
	}
	passed, failed, skipped := r.Totals()
	fmt.Fprintf(&out, "%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	_, err := io.WriteString(w, out.String())
	return err
}

// WriteFiles writes a line for each file: what passed, failed and was refused by code, what was skipped.
func (r *Report) WriteFiles(w io.Writer) error {
	var out strings.Builder
	for _, f := range r.Files {
		fmt.Fprintf(&out, "%s: %d passed, %d failed, %d refused, %d skipped", f.File, f.Passed, f.Failed, sum(f.Refused), sum(f.Skipped))
		if len(f.Refused) > 0 {
			fmt.Fprintf(&out, " (%s)", counts(f.Refused))
		}
		out.WriteByte('\n')
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// counts lists keys with their counts, the most frequent first.
func counts(m map[string]int) string {
	keys := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		if m[a] != m[b] {
			return m[b] - m[a]
		}
		return strings.Compare(a, b)
	})
	for i, k := range keys {
		keys[i] = fmt.Sprintf("%s x%d", k, m[k])
	}
	return strings.Join(keys, ", ")
}

// WriteJSON writes the whole report as one JSON document with the totals in front.
func (r *Report) WriteJSON(w io.Writer) error {
	passed, failed, skipped := r.Totals()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Passed  int `json:"passed"`
		Failed  int `json:"failed"`
		Skipped int `json:"skipped"`
		*Report
	}{passed, failed, skipped, r})
}
