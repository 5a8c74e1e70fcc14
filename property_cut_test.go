package prequel_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

var errCut = errors.New("cut")

// cutConn lets a number of bytes through, and then breaks.
type cutConn struct {
	net.Conn
	left *atomic.Int64
	// executed is set when a whole EXEC got through: what follows it on the wire is for the next call.
	executed *atomic.Bool
}

func (c *cutConn) Write(b []byte) (int, error) {
	left := c.left.Add(-int64(len(b))) + int64(len(b))
	if left >= int64(len(b)) {
		return c.Conn.Write(b)
	}
	n, err := c.Conn.Write(b[:max(left, 0)])
	c.executed.Store(bytes.Contains(b[:n], []byte("EXEC\r\n")))
	return n, errors.Join(err, errCut, c.Close())
}

// TestCutConnections: a call whose connection breaks while it is sent has happened as a whole or not at all, in every form: commands,
// MULTI/EXEC and functions. What is sent is cut at every fifth byte.
func TestCutConnections(t *testing.T) {
	addr := testdb.Redis(t)
	m := wideProgram(t).compile(t, prequel.Read).Manifest
	forms := map[string]int{}
	look := freshStore(t, "redis://"+addr, m)
	random := newCaller(11, 6, m)
	random.fill(t, look, 80)
	for _, fn := range writes(m) {
		if forms[fn.Form()]++; forms[fn.Form()] > 8 {
			continue
		}
		for try := 0; ; try++ {
			c := random.call(fn)
			before := takeSnapshot(t, look)
			cuts, err := cutCall(t, addr, m, c, func(sent int64) {
				if d := before.afterFailure(takeSnapshot(t, look), m); d != "" {
					t.Fatalf("%s (%s): cut behind %d bytes, and the store changed\n%s", c, fn.Form(), sent, d)
				}
			})
			if errors.Is(err, errCut) || errors.Is(err, runtime.ErrUnknownOutcome) {
				err = nil // it got through behind its EXEC
			}
			if refusal(t, c, err) == "" && cuts < 5 && try < 5 { // what the client refuses is not sent
				continue
			}
			break
		}
	}
	t.Log("statements by form: ", forms)
	if forms["multi"] == 0 || forms["native"] == 0 || forms["function"] == 0 {
		t.Error("a form is missing")
	}
}

// cutCall makes a call over connections that break behind more and more bytes, until it gets through.
func cutCall(t *testing.T, addr string, m *runtime.Manifest, c callOf, cut func(sent int64)) (cuts int, err error) {
	t.Helper()
	for sent := int64(1); ; sent += 5 {
		var left atomic.Int64
		var executed atomic.Bool
		left.Store(1 << 40)
		db := openStore(t, "redis://"+addr, m, runtime.WithoutTracking(), runtime.WithRedis(func(o *redis.Options) {
			o.Dialer = func(ctx context.Context, network, _ string) (net.Conn, error) {
				conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
				return &cutConn{conn, &left, &executed}, err
			}
		}))
		left.Store(sent)
		_, err := c.run(t.Context(), db)
		done := left.Load() >= 0
		db.Close()
		if done || executed.Load() {
			return cuts, err
		}
		if err == nil {
			return cuts, fmt.Errorf("cut behind %d bytes, and it succeeded", sent)
		}
		cuts++
		cut(sent)
	}
}
