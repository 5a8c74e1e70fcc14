package runtime

import (
	"context"

	"github.com/prequel-db/prequel/runtime/value"
)

// Result is what an :execresult statement gives.
type Result struct{ affected int64 }

// RowsAffected is the number of rows that the statement inserted, updated or deleted.
func (r Result) RowsAffected() int64 { return r.affected }

// ResultOf is the Result of a call: ResultOf(Query(...)).
func ResultOf(c *Cursor, err error) (Result, error) {
	if err != nil {
		return Result{}, err
	}
	return Result{c.Affected()}, nil
}

// SendAll calls a statement once for each list of parameters, in one write. Calls that write are one transaction, as sqlc's batches
// are: all of them happen or none.
func SendAll[T any](ctx context.Context, db Caller, s *Statement, items []T, args func(T) []value.Value) *Calls {
	b := db.Batch()
	if !s.fn.ReadOnly {
		b = db.Atomic()
	}
	calls := &Calls{}
	for _, item := range items {
		calls.pending = append(calls.pending, b.Add(s, args(item)...))
	}
	if len(items) > 0 {
		calls.err = b.Send(ctx)
	}
	return calls
}

// Calls are the calls of a batch that was sent.
type Calls struct {
	pending []*Pending
	err     error
}

// Affected is the number of rows that all calls changed.
func (c *Calls) Affected() (int64, error) {
	if c.err != nil {
		return 0, c.err
	}
	total := int64(0)
	for _, p := range c.pending {
		n, err := p.Affected()
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// BatchResults are the results of the calls of a :batchexec statement.
type BatchResults struct{ *Calls }

// Exec gives f the place and the error of each call.
func (b *BatchResults) Exec(f func(int, error)) {
	for i, p := range b.pending {
		_, err := p.Cursor()
		if f != nil {
			f(i, err)
		}
	}
}

// Close does nothing: all replies are there. Its error is that of the whole batch.
func (b *BatchResults) Close() error { return b.err }

// BatchRows are the results of the calls of a :batchmany statement, whose rows scan reads.
type BatchRows[T any] struct {
	*Calls
	Scan func(*Cursor) T
}

// Query gives f the place of each call, its rows and its error.
func (b *BatchRows[T]) Query(f func(int, []T, error)) {
	for i, p := range b.pending {
		c, err := p.Cursor()
		items, err := Collect(c, err, b.Scan)
		if f != nil {
			f(i, items, err)
		}
	}
}

// Close does nothing: all replies are there. Its error is that of the whole batch.
func (b *BatchRows[T]) Close() error { return b.err }

// BatchRow are the results of the calls of a :batchone statement, whose row scan reads.
type BatchRow[T any] struct {
	*Calls
	Scan func(*Cursor) T
}

// QueryRow gives f the place of each call, its row and its error, ErrNoRows when there is none.
func (b *BatchRow[T]) QueryRow(f func(int, T, error)) {
	for i, p := range b.pending {
		c, err := p.Cursor()
		item, err := First(c, err, b.Scan)
		if f != nil {
			f(i, item, err)
		}
	}
}

// Close does nothing: all replies are there. Its error is that of the whole batch.
func (b *BatchRow[T]) Close() error { return b.err }
