package runtime

import (
	"context"
	"errors"

	"github.com/prequel-db/prequel/runtime/value"
)

// A Caller runs statements. It is what generated clients are made with: a *DB, or something around one.
type Caller interface {
	Query(ctx context.Context, s *Statement, args ...value.Value) (*Cursor, error)
	Batch() *Batch
	Atomic() *Batch
}

// A Batch collects calls and sends them in one write. The calls run in the order in which they were added; each succeeds or fails
// by itself. All of them have the same now(). A batch is used once and by one goroutine.
//
//	b := db.Batch()
//	first := b.Add(stmt, value.Int(1))
//	second := b.Add(stmt, value.Int(2))
//	if err := b.Send(ctx); err != nil { ... }
//	rows, err := first.Cursor()
type Batch struct {
	db     *DB
	now    int64
	calls  []*Pending
	sent   bool
	atomic bool
	err    error // of a requirement that makes no sense
}

// A Pending is a call of a batch.
type Pending struct {
	stmt *Statement
	req  *request // nil when it could not be made
	out  outcome
	sent *bool
	// required is the number of rows that the call must change or return, nil for any.
	required *int64
}

// errUnsent is what a call says before its batch was sent.
var errUnsent = errors.New("batch was not sent")

// Batch starts a batch.
func (db *DB) Batch() *Batch { return &Batch{db: db, now: db.now()} }

// Add adds a call. A parameter that cannot be sent is the error of the call, not of the batch.
func (b *Batch) Add(s *Statement, args ...value.Value) *Pending {
	p := &Pending{stmt: s, sent: &b.sent}
	p.req, p.out.err = b.db.prepare(s, args, b.now)
	b.calls = append(b.calls, p)
	return p
}

// Len is the number of calls added.
func (b *Batch) Len() int { return len(b.calls) }

// Send sends the calls and waits for their replies. Its error is that of the connection; the calls' own errors are theirs.
func (b *Batch) Send(ctx context.Context) error {
	if b.sent {
		return errors.New("batch was sent already")
	}
	b.sent = true
	var reqs []*request
	var calls []*Pending
	for _, p := range b.calls {
		if p.out.err == nil {
			reqs = append(reqs, p.req)
			calls = append(calls, p)
		}
	}
	if b.err != nil {
		return b.fail(b.err)
	}
	if b.atomic {
		return b.sendAtomic(ctx)
	}
	if len(reqs) == 0 {
		return nil
	}
	outcomes, err := b.db.run(ctx, reqs)
	for i, p := range calls {
		if err != nil {
			p.out = outcome{err: err}
		} else {
			p.out = outcomes[i]
		}
	}
	return err
}

// fail makes an error of the batch that of its calls.
func (b *Batch) fail(err error) error {
	for _, p := range b.calls {
		p.out = outcome{err: err}
	}
	return err
}

// Cursor is the result of the call, once the batch was sent.
func (p *Pending) Cursor() (*Cursor, error) {
	if !*p.sent {
		return nil, errUnsent
	}
	return p.out.cursor, p.out.err
}

// Affected is the number of rows that the call changed, once the batch was sent.
func (p *Pending) Affected() (int64, error) {
	c, err := p.Cursor()
	if err != nil {
		return 0, err
	}
	return c.Affected(), nil
}
