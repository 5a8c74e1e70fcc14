package replay

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// positions are the values last drawn from sequences. A sequence is told from one of the same name that was dropped before by where
// the schema declares it.
type positions map[origin]string

type origin struct {
	at   diag.Span
	name string
}

func (seg *segment) originOf(sequence string) origin {
	return origin{seg.program.Catalog.Sequence(sequence).Span, sequence}
}

// drawn notes where the sequences of a segment stand.
func (seg *segment) drawn(ctx context.Context, into positions) error {
	for _, q := range seg.program.Manifest.Sequences {
		last, err := seg.db.Redis().Get(ctx, string(q.Key)).Result()
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err != nil {
			return err
		}
		into[seg.originOf(q.Name)] = last
	}
	return nil
}

// move puts the sequences of a segment where they stood.
func (seg *segment) move(ctx context.Context, at positions) error {
	for _, q := range seg.program.Manifest.Sequences {
		text, ok := at[seg.originOf(q.Name)]
		if !ok {
			continue
		}
		last, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		if _, err := seg.db.Query(ctx, seg.db.Program().MustStatement(q.Position), value.Int(last)); err != nil {
			return errors.Join(fmt.Errorf("carry sequence %s over: %w", q.Name, err), seg.close(ctx))
		}
	}
	return nil
}
