package sqllogic

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Mismatch is a difference between two answers, or between an answer and what a script expects.
type Mismatch struct {
	Reason string // one line
	Diff   string // lines that begin with "- " (wanted) and "+ " (got); "" when Reason says all
}

func (m *Mismatch) String() string {
	if m.Diff == "" {
		return m.Reason
	}
	return m.Reason + "\n" + m.Diff
}

// Check compares an answer with what a record expects. It returns nil when they agree.
func Check(r *Record, a Answer) *Mismatch {
	w := &r.Want
	switch {
	case w.Error != nil && a.Err == nil:
		return &Mismatch{Reason: fmt.Sprintf("succeeded, expected %s", w.Error)}
	case w.Error != nil:
		if !w.Error.Matches(a.Err.Error()) {
			return &Mismatch{Reason: fmt.Sprintf("failed with %q, expected %s", a.Err, w.Error)}
		}
		return nil
	case a.Err != nil:
		return &Mismatch{Reason: "failed: " + errorText(a.Err)}
	case r.Kind == KindStatement && w.Count != nil && *w.Count != a.Affected:
		return &Mismatch{Reason: fmt.Sprintf("affected %d rows, expected %d", a.Affected, *w.Count)}
	case r.Kind == KindQuery && w.Checked:
		return checkRows(r, a)
	default:
		return nil
	}
}

func errorText(err error) string {
	if state := sqlState(err); state != "" {
		return fmt.Sprintf("%v (SQLSTATE %s)", err, state)
	}
	return err.Error()
}

// checkRows compares a query's rows with the lines or the digest of the script.
func checkRows(r *Record, a Answer) *Mismatch {
	w := &r.Want
	if w.Format == FormatClassic && len(w.Types) != len(a.Columns) {
		return &Mismatch{Reason: fmt.Sprintf("%d columns, expected %d (%s)", len(a.Columns), len(w.Types), w.Types)}
	}
	got := formatRows(w, a)
	if w.Digest != nil {
		values, sum := digestOf(w, got)
		if values != w.Digest.Values || sum != w.Digest.MD5 {
			return &Mismatch{
				Reason: fmt.Sprintf("%d values hashing to %s, expected %d values hashing to %s",
					values, sum, w.Digest.Values, w.Digest.MD5),
				Diff: sampleRows(got),
			}
		}
		return nil
	}
	want, ok := wantedRows(w, len(a.Columns))
	if !ok {
		// The lines don't divide into rows of this width: show both as they are.
		return &Mismatch{Reason: "the answer differs", Diff: diff(w.Lines, joinRows(w, got))}
	}
	return compareRows(w, orderOf(r.SQL, a.Columns), want, got)
}

// Same compares the answers of two engines to one record. want is the one that is right.
func Same(r *Record, want, got Answer) *Mismatch {
	switch {
	case want.Err != nil && got.Err != nil:
		return nil
	case want.Err != nil:
		return &Mismatch{Reason: "succeeded where PostgreSQL fails: " + errorText(want.Err)}
	case got.Err != nil:
		return &Mismatch{Reason: "failed where PostgreSQL succeeds: " + errorText(got.Err)}
	case r.Kind == KindStatement:
		if want.Affected != got.Affected {
			return &Mismatch{Reason: fmt.Sprintf("affected %d rows, PostgreSQL %d", got.Affected, want.Affected)}
		}
		return nil
	case len(want.Columns) != len(got.Columns):
		return &Mismatch{Reason: fmt.Sprintf("%d columns, PostgreSQL has %d", len(got.Columns), len(want.Columns))}
	}
	// Values must agree to the byte, whatever the script's format hides.
	exact := Want{Format: FormatPsql, Sort: r.Want.Sort}
	return compareRows(&exact, orderOf(r.SQL, want.Columns), exactRows(want), exactRows(got))
}

// exactRows writes values so that different ones never look the same.
func exactRows(a Answer) [][]string {
	rows := make([][]string, len(a.Rows))
	for i, row := range a.Rows {
		rows[i] = make([]string, len(row))
		for j, v := range row {
			if v == nil {
				rows[i][j] = "NULL"
			} else {
				rows[i][j] = fmt.Sprintf("%q", *v)
			}
		}
	}
	return rows
}

// formatRows writes an answer as the script's format does.
func formatRows(w *Want, a Answer) [][]string {
	rows := make([][]string, len(a.Rows))
	for i, row := range a.Rows {
		rows[i] = make([]string, len(row))
		for j, v := range row {
			var letter byte
			if j < len(w.Types) {
				letter = w.Types[j]
			}
			rows[i][j] = formatValue(w, letter, a.Columns[j], v)
		}
	}
	return rows
}

// wantedRows divides a script's lines into rows. Where a row is a line and its words don't match the columns one by one
// (a value contains blanks), the row is one cell. ok is false when lines of values don't make whole rows.
func wantedRows(w *Want, columns int) (rows [][]string, ok bool) {
	switch w.Format {
	case FormatRows:
		for _, l := range w.Lines {
			cells := strings.Fields(l)
			if len(cells) != columns {
				cells = []string{squeeze(l)}
			}
			rows = append(rows, cells)
		}
		return rows, true
	case FormatPsql:
		for _, l := range w.Lines {
			if columns == 0 {
				rows = append(rows, nil)
			} else {
				rows = append(rows, strings.Split(l, cellSeparator))
			}
		}
		return rows, true
	default:
		if columns == 0 || len(w.Lines)%columns != 0 {
			return nil, len(w.Lines) == 0
		}
		for l := range slices.Chunk(w.Lines, columns) {
			row := slices.Clone(l)
			if w.Format == FormatValues {
				for i := range row {
					row[i] = squeeze(row[i])
				}
			}
			rows = append(rows, row)
		}
		return rows, true
	}
}

// compareRows compares rows as bags where the query or the sort mode leaves the order open, and in order otherwise; rows
// that agree on all sort keys may change places.
func compareRows(w *Want, order rowOrder, want, got [][]string) *Mismatch {
	if w.Sort == SortValues {
		want, got = sortedValues(want), sortedValues(got)
		return differ("the answer differs", joinRows(w, want), joinRows(w, got))
	}
	wantBag, gotBag := sortedRows(w, want), sortedRows(w, got)
	if m := differ("the answer differs", wantBag, gotBag); m != nil {
		if order.fixed && w.Sort == SortNone {
			return differ(m.Reason, joinRows(w, want), joinRows(w, got))
		}
		return m
	}
	if w.Sort == SortRows || !order.fixed || inOrder(order.keys, want, got) {
		return nil
	}
	return differ("the same rows in another order", joinRows(w, want), joinRows(w, got))
}

// inOrder reports whether two lists of the same rows agree on the sort keys, row by row. Without known keys all columns
// count.
func inOrder(keys []int, want, got [][]string) bool {
	for i := range want {
		if keys == nil || len(want[i]) != len(got[i]) {
			if !slices.Equal(want[i], got[i]) && squeeze(strings.Join(want[i], " ")) != squeeze(strings.Join(got[i], " ")) {
				return false
			}
			continue
		}
		for _, k := range keys {
			if want[i][k] != got[i][k] {
				return false
			}
		}
	}
	return true
}

func differ(reason string, want, got []string) *Mismatch {
	if slices.Equal(want, got) {
		return nil
	}
	return &Mismatch{Reason: reason, Diff: diff(want, got)}
}

// joinRows writes each row as one line.
func joinRows(w *Want, rows [][]string) []string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		switch w.Format {
		case FormatPsql:
			lines[i] = strings.Join(row, " | ")
		case FormatRows:
			lines[i] = squeeze(strings.Join(row, " "))
		default:
			lines[i] = strings.Join(row, " ")
		}
	}
	return lines
}

func sortedRows(w *Want, rows [][]string) []string {
	lines := joinRows(w, rows)
	slices.Sort(lines)
	return lines
}

func sortedValues(rows [][]string) [][]string {
	values := slices.Concat(rows...)
	slices.Sort(values)
	out := make([][]string, len(values))
	for i, v := range values {
		out[i] = []string{v}
	}
	return out
}

// digestOf is the number of values and the MD5 of the values in the record's sort mode, each followed by a newline.
func digestOf(w *Want, rows [][]string) (values int, sum string) {
	switch w.Sort {
	case SortRows:
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, slices.Compare)
	case SortValues:
		rows = sortedValues(rows)
	case SortNone:
	}
	h := md5.New()
	for _, row := range rows {
		for _, v := range row {
			h.Write([]byte(v))
			h.Write([]byte{'\n'})
			values++
		}
	}
	return values, hex.EncodeToString(h.Sum(nil))
}

// sampleRows shows the beginning of an answer whose expected form is only a digest.
func sampleRows(rows [][]string) string {
	lines := joinRows(&Want{}, rows[:min(len(rows), 10)])
	for i := range lines {
		lines[i] = "+ " + lines[i]
	}
	if len(rows) > len(lines) {
		lines = append(lines, fmt.Sprintf("  ... %d more rows", len(rows)-len(lines)))
	}
	return strings.Join(lines, "\n")
}
