package runtime

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/push"
)

// A link is one connection, held for one exchange at a time, with what is known of the ready key on it.
type link struct {
	conn *redis.Conn
	// armed is the epoch that the ready key had when the server promised to tell of its next change; "" when there is no such
	// promise. dirty says that the change has come.
	armed string
	dirty bool
	// watched is the epoch that the ready key had under the WATCH in force; "" when there is none.
	watched string
	// spent says that the server will not take what the connection is for: it became a replica, or lost the slot.
	spent bool
	idle  time.Time
}

// linkKey is the context key of the link whose exchange is under way.
type linkKey struct{}

// invalidation handles the server's word that a tracked key changed.
type invalidation struct{}

// HandlePushNotification notes on the link that the ready key changed. The Redis client calls it before it reads the reply behind
// the notification, with the context of the exchange. Nothing but the ready key is tracked, so whatever is invalidated, it is.
func (invalidation) HandlePushNotification(ctx context.Context, _ push.NotificationHandlerContext, _ []any) error {
	if l, ok := ctx.Value(linkKey{}).(*link); ok {
		l.dirty = true
	}
	return nil
}

// A linkPool keeps idle links, the one used last on top, and bounds their number.
type linkPool struct {
	db    *DB
	slots chan struct{}
	mu    sync.Mutex
	idle  []*link
	gone  bool
}

func (p *linkPool) init(db *DB, size int) {
	p.db = db
	p.slots = make(chan struct{}, size)
}

// maxIdle is how long an unused link is kept, less than most servers' and middleboxes' patience.
const maxIdle = 5 * time.Minute

// get returns a link for one exchange: an idle one, or a new one.
func (p *linkPool) get(ctx context.Context) (*link, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	var l *link
	var old []*link
	if n := len(p.idle); n > 0 {
		if l = p.idle[n-1]; time.Since(l.idle) > maxIdle {
			old, l, p.idle = p.idle, nil, nil // those below are older still
		} else {
			p.idle = p.idle[:n-1]
		}
	}
	gone := p.gone
	p.mu.Unlock()
	for _, o := range old {
		o.conn.Close()
	}
	if gone {
		<-p.slots
		return nil, redis.ErrClosed
	}
	if l != nil {
		return l, nil
	}
	l = &link{conn: p.db.client.EphemeralConn()}
	if p.db.track {
		if err := p.prepare(ctx, l); err != nil {
			l.conn.Close()
			<-p.slots
			return nil, err
		}
	}
	return l, nil
}

// prepare turns tracking on, of the keys that are asked for explicitly.
func (p *linkPool) prepare(ctx context.Context, l *link) error {
	return l.conn.Do(ctx, "CLIENT", "TRACKING", "ON", "OPTIN").Err()
}

// put takes a link back. After a broken exchange the link, and those that idle, are dropped: what broke one has likely broken
// all.
func (p *linkPool) put(l *link, err error) {
	l.idle = time.Now()
	p.mu.Lock()
	var drop []*link
	switch {
	case isBroken(err):
		drop = append(p.idle, l)
		p.idle = nil
	case p.gone, l.spent:
		drop = []*link{l}
	default:
		p.idle = append(p.idle, l)
	}
	p.mu.Unlock()
	for _, d := range drop {
		d.conn.Close()
	}
	<-p.slots
}

func (p *linkPool) close() {
	p.mu.Lock()
	drop := p.idle
	p.idle, p.gone = nil, true
	p.mu.Unlock()
	for _, l := range drop {
		l.conn.Close()
	}
}

// refusesForGood reports whether an error reply will be given to every later command of the kind, so that another connection may
// reach a better server. The Redis client gives such a connection up too.
func refusesForGood(err error) bool {
	return strings.HasPrefix(err.Error(), "READONLY ") || strings.HasPrefix(err.Error(), "MOVED ")
}

// isUnusable reports whether an error is the Redis client's refusal to use a connection that it has given up: it wraps the error
// reply that was the reason. Nothing was sent.
func isUnusable(err error) bool {
	if _, reply := err.(redis.Error); reply || err == nil { //nolint:errorlint // a wrapped reply is what tells them apart
		return false
	}
	var reply redis.Error
	return errors.As(err, &reply)
}

// isBroken reports whether an error means that the connection's next reply cannot be trusted: everything but an error reply.
func isBroken(err error) bool {
	if err == nil || err == redis.Nil {
		return false
	}
	if _, reply := err.(redis.Error); reply { //nolint:errorlint // most are: errors.As allocates
		return false
	}
	var reply redis.Error
	return isDial(err) || !errors.As(err, &reply)
}
