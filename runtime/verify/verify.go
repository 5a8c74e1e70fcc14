package verify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// Options of a verification.
type Options struct {
	// Scratch is the engine that structures are built in: "embedded" (import runtime/embedded), or the URL of a Redis database that
	// holds nothing of the program. What is built there is deleted afterwards.
	Scratch string
	// Source gives the rows that the store should hold; nil: those that it holds.
	Source Source
	// Atomic reads the store in one script.
	Atomic bool
}

// A Source has a table's rows; hydrate.Source is one.
type Source interface {
	// Rows calls yield for every row, with a value for each of the table's columns. The slice is reused.
	Rows(ctx context.Context, t *runtime.Table, yield func(row []value.Value) error) error
}

// A Report is what a verification found.
type Report struct {
	// Rows is the number of rows that structures were computed from, Structures the number of structures compared.
	Rows, Structures int
	Differences      []Difference
	// Unchecked are the structures that could not be compared.
	Unchecked []Unchecked
}

// A Difference is a part of a key that is not what rows give.
type Difference struct {
	Structure string // its name
	Key       string // the whole name of the key
	// Part is the field of a hash or the member of a sorted set; "" for a string.
	Part string
	// Stored and Expected are the values, nil where there is none; of a sorted set's member, the score.
	Stored, Expected *string
}

// String is the difference in one line.
func (d Difference) String() string {
	show := func(v *string) string {
		if v == nil {
			return "nothing"
		}
		return strconv.Quote(*v)
	}
	part := ""
	if d.Part != "" {
		part = ", " + strconv.Quote(d.Part)
	}
	return fmt.Sprintf("%s: key %q%s: stored %s, expected %s", d.Structure, d.Key, part, show(d.Stored), show(d.Expected))
}

func (d Difference) same(e Difference) bool { return d.String() == e.String() }

// An Unchecked structure depends on rows of a table that are unknown.
type Unchecked struct{ Structure, Table, Reason string }

// readings is how often a store is read before what two readings agree on is reported.
const readings = 4

// Run compares a store with its rows. The error is about reading or building, never a difference. It fails with
// runtime.ErrNotHydrated or ErrStaleProgram when the store does not hold the program's data.
func Run(ctx context.Context, db *runtime.DB, o Options) (*Report, error) {
	report, err := once(ctx, db, o)
	for n := 1; err == nil && n < readings && len(report.Differences) > 0 && !o.Atomic; n++ {
		var again *Report
		if again, err = once(ctx, db, o); err != nil {
			break
		}
		both := slices.DeleteFunc(slices.Clone(again.Differences), func(d Difference) bool {
			return !slices.ContainsFunc(report.Differences, d.same)
		})
		settled := len(both) == len(again.Differences)
		if report = again; settled || n == readings-1 {
			report.Differences = both
			break
		}
	}
	return report, err
}

// once reads the store and compares.
func once(ctx context.Context, db *runtime.DB, o Options) (report *Report, err error) {
	m := db.Program().Manifest()
	state, err := db.State(ctx)
	switch {
	case err != nil:
		return nil, err
	case state.Epoch == "":
		return nil, fmt.Errorf("verify: %w", runtime.ErrNotHydrated)
	case state.Program != m.Program:
		return nil, fmt.Errorf("verify: %w: it has %s, the client %s", runtime.ErrStaleProgram, state.Program, m.Program)
	}
	kept, err := read(ctx, db, o.Atomic)
	if err != nil {
		return nil, err
	}
	scratch, err := runtime.Open(ctx, o.Scratch, db.Program())
	if err != nil {
		return nil, err
	}
	defer scratch.Close()
	other, err := scratch.State(ctx)
	if err != nil {
		return nil, err
	}
	if other.Epoch != "" || other.Loading != "" {
		return nil, fmt.Errorf("verify: the scratch store is in use: %s holds data under %s", o.Scratch, m.Root)
	}
	loader, err := scratch.BeginLoad(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, loader.Abandon(context.WithoutCancel(ctx))) }()
	report = &Report{}
	unknown := map[string]string{} // the reason by table
	for i := range m.Tables {
		t := &m.Tables[i]
		if t.Load == "" {
			continue
		}
		n, reason, err := build(ctx, loader, t, kept, o.Source, report)
		if err != nil {
			return nil, err
		}
		report.Rows += n
		if reason != "" {
			unknown[t.Name] = reason
		}
	}
	built, err := read(ctx, loader.DB(), false)
	if err != nil {
		return nil, err
	}
	for i := range m.Structures {
		s := &m.Structures[i]
		if len(s.Of) == 0 {
			continue
		}
		if at := slices.IndexFunc(s.Of, func(t string) bool { return unknown[t] != "" }); at >= 0 {
			report.Unchecked = append(report.Unchecked, Unchecked{s.Name, s.Of[at], unknown[s.Of[at]]})
			continue
		}
		report.Structures++
		report.compare(s, kept[s.Fingerprint], built[s.Fingerprint])
	}
	return report, nil
}

// build loads a table's rows into the scratch store. The reason says why they are not known.
func build(ctx context.Context, l *runtime.Loader, t *runtime.Table, kept contents, src Source, r *Report) (n int, reason string, err error) {
	m := l.DB().Program().Manifest()
	load := l.DB().Program().MustStatement(t.Load)
	const atOnce = 200
	var batch [][]value.Value
	flush := func() error {
		err := l.Load(ctx, load, batch)
		n += len(batch)
		batch = batch[:0]
		if err != nil {
			return fmt.Errorf("verify: rebuild from table %s: %w", t.Name, err)
		}
		return nil
	}
	add := func(row []value.Value) error {
		if batch = append(batch, slices.Clone(row)); len(batch) == atOnce {
			return flush()
		}
		return nil
	}
	if src != nil {
		if len(t.Key) == 0 {
			return 0, "its rows have no key, so that those of the source have no counterparts", nil
		}
		if err := src.Rows(ctx, t, add); err != nil {
			return n, "", err
		}
		return n, "", flush()
	}
	rows, reason := rowsOf(m, t, kept, r)
	if reason != "" {
		return 0, reason, nil
	}
	var ids *runtime.Structure
	for i, s := range m.Structures {
		if s.Draws == t.Name {
			ids = &m.Structures[i]
		}
	}
	next := int64(1)
	for _, row := range rows {
		if ids != nil && row.id != next { // the counter gives the row the id that it has
			if err := flush(); err != nil {
				return n, "", err
			}
			if err := l.DB().Redis().Set(ctx, string(ids.Prefix), row.id-1, 0).Err(); err != nil {
				return n, "", fmt.Errorf("verify: rebuild from table %s: %w", t.Name, err)
			}
		}
		next = row.id + 1
		if err := add(row.values); err != nil {
			return n, "", err
		}
	}
	if ids != nil && len(rows) > 0 {
		last := rows[len(rows)-1].id
		drawn := kept[ids.Fingerprint][string(ids.Prefix)][""]
		if at, err := strconv.ParseInt(drawn, 10, 64); err != nil || at < last {
			expected := "at least " + strconv.FormatInt(last, 10)
			r.Differences = append(r.Differences, Difference{Structure: ids.Name, Key: string(ids.Prefix), Stored: &drawn, Expected: &expected})
		}
	}
	return n, "", flush()
}

// compare lists the parts that differ, in the order of their names.
func (r *Report) compare(s *runtime.Structure, kept, built map[string]content) {
	for _, key := range sortedKeys(kept, built) {
		have, want := kept[key], built[key]
		for _, part := range sortedKeys(have, want) {
			stored, isStored := have[part]
			expected, isExpected := want[part]
			if isStored == isExpected && stored == expected {
				continue
			}
			d := Difference{Structure: s.Name, Key: key, Part: part}
			if isStored {
				d.Stored = &stored
			}
			if isExpected {
				d.Expected = &expected
			}
			r.Differences = append(r.Differences, d)
		}
	}
}

// sortedKeys are the keys of both maps.
func sortedKeys[V any](a, b map[string]V) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Summary says in one line what was compared.
func (r *Report) Summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d structures compared with what %d rows give: ", r.Structures, r.Rows)
	switch n := len(r.Differences); n {
	case 0:
		b.WriteString("no difference")
	case 1:
		b.WriteString("1 difference")
	default:
		fmt.Fprintf(&b, "%d differences", n)
	}
	if n := len(r.Unchecked); n > 0 {
		fmt.Fprintf(&b, ", %d not checked", n)
	}
	return b.String()
}
