package prequel_test

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/runtime"
)

// afterFailure tells what a call that failed changed, "" when it kept its promise: everything is as before, and sequences are where
// they were or further on, so that no number is drawn twice.
func (s snapshot) afterFailure(after snapshot, m *runtime.Manifest) string {
	before, now := maps.Clone(s), maps.Clone(after)
	for _, q := range m.Sequences {
		key := string(q.Key)
		was, is := before[key], now[key]
		delete(before, key)
		delete(now, key)
		if was == nil {
			continue
		}
		a, err1 := strconv.ParseInt(sequenceText(was), 10, 64)
		b, err2 := strconv.ParseInt(sequenceText(is), 10, 64)
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Sprintf("sequence %s was %q and is %q", q.Name, was, is)
		}
		if !q.Cycle && (q.By > 0 && b < a || q.By < 0 && b > a) {
			return fmt.Sprintf("sequence %s went back from %d to %d", q.Name, a, b)
		}
	}
	return before.difference(now, m)
}

// sequenceText is the number that a sequence's key holds, as snapshots print it.
func sequenceText(lines []string) string {
	if len(lines) != 2 {
		return ""
	}
	text, err := strconv.Unquote(lines[1])
	if err != nil {
		return lines[1]
	}
	return text
}

// copySequences puts the sequences of one store where those of another are.
func copySequences(t *testing.T, from, to *runtime.DB) {
	t.Helper()
	for _, q := range from.Program().Manifest().Sequences {
		at, err := from.Redis().Get(t.Context(), string(q.Key)).Result()
		if errors.Is(err, redis.Nil) {
			err = to.Redis().Del(t.Context(), string(q.Key)).Err()
		} else if err == nil {
			err = to.Redis().Set(t.Context(), string(q.Key), at, 0).Err()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
