package embedded

import (
	"net"
	"sync"
	"time"
)

// queued is a connection whose writes never wait. The server's end of an in-memory pipe stops reading while it writes a
// reply that nobody takes yet, so a client that sends a long pipeline before it reads would wait for ever.
type queued struct {
	net.Conn
	mu     sync.Mutex
	ready  *sync.Cond
	queue  [][]byte
	err    error
	closed bool
}

func newQueued(c net.Conn) *queued {
	q := &queued{Conn: c}
	q.ready = sync.NewCond(&q.mu)
	go q.send()
	return q
}

// Write queues a copy of p. It reports the error of an earlier write.
func (q *queued) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return 0, q.err
	}
	if q.closed {
		return 0, net.ErrClosed
	}
	q.queue = append(q.queue, append([]byte(nil), p...))
	q.ready.Signal()
	return len(p), nil
}

func (q *queued) send() {
	for {
		q.mu.Lock()
		for len(q.queue) == 0 && !q.closed {
			q.ready.Wait()
		}
		if q.closed {
			q.mu.Unlock()
			return
		}
		next := q.queue
		q.queue = nil
		q.mu.Unlock()
		for _, p := range next {
			if _, err := q.Conn.Write(p); err != nil {
				q.mu.Lock()
				q.err = err
				q.mu.Unlock()
				return
			}
		}
	}
}

// Close drops what is still queued.
func (q *queued) Close() error {
	q.mu.Lock()
	q.closed = true
	q.ready.Signal()
	q.mu.Unlock()
	return q.Conn.Close()
}

// SetWriteDeadline does nothing: writes do not wait.
func (q *queued) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline limits reads.
func (q *queued) SetDeadline(t time.Time) error { return q.SetReadDeadline(t) }
