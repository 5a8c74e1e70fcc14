package runtime

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/runtime/value"
)

// An outcome is what became of one request.
type outcome struct {
	cursor *Cursor
	err    error
	// again says that the request was not run, or ran without proof that the store held the program's data.
	again bool
	why   string
}

// A reply is one command's: a value, or an error that the server sent.
type reply struct {
	val any
	err error
}

// maxAttempts bounds the repetitions of a call while the store changes under it.
const maxAttempts = 5

// run sends requests in one exchange and repeats what could not be run; see the package documentation for what is repeated.
func (db *DB) run(ctx context.Context, reqs []*request) ([]outcome, error) {
	outcomes := make([]outcome, len(reqs))
	from := 0 // requests before it are done
	reconnected := false
	for attempt := 0; ; attempt++ {
		err := db.attempt(ctx, reqs[from:], outcomes[from:])
		if err != nil {
			if !reconnected && !writesAny(reqs[from:]) && ctx.Err() == nil && !isTimeout(err) {
				reconnected = true // reads are repeated once, on a new connection
				continue
			}
			return nil, broken(err, reqs[from].stmt.fn.Name, writesAny(reqs[from:]) && !isDial(err))
		}
		first := from
		for first < len(reqs) && !outcomes[first].again {
			first++
		}
		if first == len(reqs) {
			return outcomes, nil
		}
		if attempt == maxAttempts || laterWrite(reqs[first:], outcomes[first:]) {
			for i := range outcomes {
				if o := &outcomes[i]; o.again {
					*o = outcome{err: fmt.Errorf("%s: %w: %s", reqs[i].stmt.fn.Name, ErrNotRun, o.why)}
				}
			}
			return outcomes, nil
		}
		from = first
	}
}

func writesAny(reqs []*request) bool {
	for _, r := range reqs {
		if r.stmt.writes() {
			return true
		}
	}
	return false
}

// laterWrite reports whether a write was run after the first request that was not: repeating that one would turn their order
// around.
func laterWrite(reqs []*request, outcomes []outcome) bool {
	for i, r := range reqs {
		if !outcomes[i].again && r.stmt.writes() {
			return true
		}
	}
	return false
}

// attempt runs requests once on one connection. Its error is that of the connection.
func (db *DB) attempt(ctx context.Context, reqs []*request, outcomes []outcome) error {
	l, err := db.pool.get(ctx)
	if err != nil {
		return dialError{err}
	}
	native, nativeWrite := false, false
	for _, r := range reqs {
		if r.stmt.fn.Script == nil {
			native = true
			nativeWrite = nativeWrite || r.stmt.writes()
		}
	}
	var missing bool
	switch {
	case nativeWrite && db.engine != nil && db.engine.NoWatch:
		missing, err = db.guarded(ctx, l, reqs, outcomes)
	case nativeWrite:
		missing, err = db.transact(ctx, l, reqs, outcomes)
	default:
		missing, err = db.pipeline(ctx, l, reqs, outcomes, native)
	}
	if err == nil && missing {
		err = db.load(ctx, l)
	}
	db.pool.put(l, err)
	if err != nil {
		return err
	}
	return db.explainNotReady(ctx, reqs, outcomes)
}

// dialError marks errors before anything was sent.
type dialError struct{ error }

func (e dialError) Unwrap() error { return e.error }

// isTimeout reports whether a reply did not come in time. The server may still be at the request: another would add to what it has to do.
func isTimeout(err error) bool {
	var e net.Error
	return !isDial(err) && errors.As(err, &e) && e.Timeout()
}

func isDial(err error) bool {
	_, ok := err.(dialError)
	return ok
}

// pipeline sends requests without native writes. Where there are native reads it makes sure that the ready key was there
// while they ran.
func (db *DB) pipeline(ctx context.Context, l *link, reqs []*request, outcomes []outcome, native bool) (missing bool, err error) {
	commands := make([][]any, 0, len(reqs)+2)
	for _, r := range reqs {
		commands = append(commands, r.commands...)
	}
	probe := native && (l.armed == "" || l.dirty || len(commands) == 0)
	known := db.epoch.load()
	if probe {
		l.armed = ""
		l.dirty = false
		commands = db.appendProbe(commands)
	}
	replies, err := l.exchange(ctx, commands)
	if err != nil {
		return false, err
	}
	proved, why := true, ""
	ready := true
	switch {
	case probe:
		epoch, err := probeReply(replies)
		if err != nil {
			return false, err
		}
		if ready = epoch != ""; ready && epoch != known {
			db.epoch.store(epoch)
			proved, why = false, "the store was filled anew"
		}
		if db.track && !l.dirty {
			l.armed = epoch
		}
	case native && l.dirty:
		l.armed = ""
		proved, why = false, "the store changed hands"
	}
	for i, r := range reqs {
		mine := replies[:len(r.commands)]
		replies = replies[len(r.commands):]
		o := &outcomes[i]
		switch {
		case r.stmt.fn.Script != nil:
			*o = db.settle(r, mine)
			missing = missing || o.again
		case !ready:
			*o = outcome{err: errNotReady}
		case !proved:
			*o = outcome{again: true, why: why}
		default:
			*o = db.settle(r, mine)
		}
	}
	return missing, nil
}

// appendProbe appends the question for the ready key, with the server's promise to tell of its change when it makes one.
func (db *DB) appendProbe(commands [][]any) [][]any {
	if db.track {
		commands = append(commands, []any{"CLIENT", "CACHING", "YES"})
	}
	return append(commands, []any{"GET", db.readyKey()})
}

// probeReply is the epoch that the last reply tells, "" when the ready key does not exist.
func probeReply(replies []reply) (string, error) {
	last := replies[len(replies)-1]
	if last.err != nil {
		return "", last.err
	}
	epoch, _ := last.val.(string)
	return epoch, nil
}

// transact sends requests with native writes: as one transaction that the server drops when the ready key changes. The WATCH
// behind it serves the next transaction on the connection, so that each costs one exchange.
func (db *DB) transact(ctx context.Context, l *link, reqs []*request, outcomes []outcome) (missing bool, err error) {
	watch := [][]any{{"WATCH", db.readyKey()}, {"GET", db.readyKey()}}
	if l.watched == "" {
		replies, err := l.exchange(ctx, watch)
		if err != nil {
			return false, err
		}
		if l.watched, err = probeReply(replies); err != nil {
			return false, err
		}
		if l.watched == "" {
			for i := range outcomes {
				outcomes[i] = outcome{err: errNotReady}
			}
			return false, nil
		}
	}
	commands := make([][]any, 0, len(reqs)+4)
	commands = append(commands, []any{"MULTI"})
	for _, r := range reqs {
		commands = append(commands, r.commands...)
	}
	count := len(commands) - 1
	commands = append(append(commands, []any{"EXEC"}), watch...)
	replies, err := l.exchange(ctx, commands)
	if err != nil {
		return false, err
	}
	if l.watched, err = probeReply(replies); err != nil {
		return false, err
	}
	exec := replies[1+count]
	results, ran := exec.val.([]any)
	switch {
	case exec.err != nil: // a command was not accepted, so none ran
		for _, r := range replies[1 : 1+count] {
			if r.err != nil {
				exec = r
				break
			}
		}
		for i, r := range reqs {
			outcomes[i] = outcome{err: fmt.Errorf("%s: %w", r.stmt.fn.Name, exec.err)}
		}
		return false, nil
	case !ran && l.watched == "":
		for i := range outcomes {
			outcomes[i] = outcome{err: errNotReady}
		}
		return false, nil
	case !ran:
		for i := range outcomes {
			outcomes[i] = outcome{again: true, why: "the store changed hands"}
		}
		return false, nil
	case len(results) != count:
		return false, fmt.Errorf("transaction of %d commands has %d replies", count, len(results))
	}
	for i, r := range reqs {
		outcomes[i] = db.settle(r, asReplies(results, len(r.commands)))
		results = results[len(r.commands):]
		missing = missing || outcomes[i].again
	}
	return missing, nil
}

// guard runs commands if the ready key exists. KEYS: the ready key. ARGV: for each command the number of its arguments and these.
const guard = `if redis.call('EXISTS', KEYS[1]) == 0 then
  return {err = 'PQNOTREADY'}
end
local replies, at = {}, 1
while ARGV[at] do
  local args = {}
  for i = 1, tonumber(ARGV[at]) do
    args[i] = ARGV[at + i]
  end
  at = at + #args + 1
  replies[#replies + 1] = redis.pcall(unpack(args))
end
return replies`

// guarded is transact for servers whose WATCH cannot be trusted. Scripts of functions cannot run inside a script, so a batch is
// sent as a sequence, native commands each under guard.
func (db *DB) guarded(ctx context.Context, l *link, reqs []*request, outcomes []outcome) (missing bool, err error) {
	commands := make([][]any, 0, len(reqs))
	for _, r := range reqs {
		if r.stmt.fn.Script != nil {
			commands = append(commands, r.commands...)
			continue
		}
		args := []any{"EVAL", guard, 1, db.readyKey()}
		for _, c := range r.commands {
			args = append(append(args, len(c)), c...)
		}
		commands = append(commands, args)
	}
	replies, err := l.exchange(ctx, commands)
	if err != nil {
		return false, err
	}
	for i, r := range reqs {
		rep := replies[i]
		results, _ := rep.val.([]any)
		switch {
		case r.stmt.fn.Script != nil:
			outcomes[i] = db.settle(r, replies[i:i+1])
			missing = missing || outcomes[i].again
		case rep.err != nil && strings.HasPrefix(rep.err.Error(), replyNotReady):
			outcomes[i] = outcome{err: errNotReady}
		case rep.err != nil:
			outcomes[i] = outcome{err: fmt.Errorf("%s: %w", r.stmt.fn.Name, rep.err)}
		default:
			outcomes[i] = db.settle(r, asReplies(results, len(r.commands)))
		}
	}
	return missing, nil
}

// asReplies makes replies of the elements of an array, some of which may be errors. Elements that are missing were nil at the end
// of a script's array.
func asReplies(results []any, n int) []reply {
	replies := make([]reply, n)
	for i := range min(n, len(results)) {
		if e, ok := results[i].(error); ok {
			replies[i].err = e
		} else {
			replies[i].val = results[i]
		}
	}
	return replies
}

// settle reads a request's replies.
func (db *DB) settle(r *request, replies []reply) outcome {
	name := r.stmt.fn.Name
	var val any
	for i, rep := range replies {
		if rep.err == nil {
			if i == r.stmt.fn.Reply.Command {
				val = rep.val
			}
			continue
		}
		text := rep.err.Error()
		if r.stmt.fn.Script != nil {
			switch {
			case strings.HasPrefix(text, replyNotReady):
				return outcome{err: errNotReady}
			case strings.HasPrefix(text, "NOSCRIPT"), strings.HasPrefix(text, "ERR Function not found"):
				return outcome{again: true, why: "its script was not loaded"}
			}
			if e, ok := parseRefusal(text, name, db.engine != nil && db.engine.Blanks); ok {
				return outcome{err: e}
			}
		}
		return outcome{err: fmt.Errorf("%s: %w", name, rep.err)}
	}
	c, err := newCursor(r.stmt, r.params, val)
	return outcome{cursor: c, err: err}
}

// exchange sends commands in one write and reads their replies. Its error is that of the connection.
func (l *link) exchange(ctx context.Context, commands [][]any) ([]reply, error) {
	replies := make([]reply, len(commands))
	if len(commands) == 0 {
		return replies, nil
	}
	ctx = context.WithValue(ctx, linkKey{}, l)
	if len(commands) == 1 {
		cmd := redis.NewCmd(ctx, commands[0]...)
		err := l.conn.Process(ctx, cmd)
		if isUnusable(err) {
			return nil, dialError{err}
		}
		return replies, replies[0].take(l, cmd, err)
	}
	pipe := l.conn.Pipeline()
	cmds := make([]*redis.Cmd, len(commands))
	for i, c := range commands {
		cmds[i] = redis.NewCmd(ctx, c...)
		if err := pipe.Process(ctx, cmds[i]); err != nil {
			return nil, err
		}
	}
	if _, err := pipe.Exec(ctx); isBroken(err) {
		return nil, err
	} else if isUnusable(err) {
		return nil, dialError{err}
	}
	for i, cmd := range cmds {
		if err := replies[i].take(l, cmd, cmd.Err()); err != nil {
			return nil, err
		}
	}
	return replies, nil
}

// take fills a reply in from a command that ran. It returns the errors that are not the server's.
func (r *reply) take(l *link, cmd *redis.Cmd, err error) error {
	switch {
	case err == redis.Nil:
	case isBroken(err):
		return err
	case err != nil:
		r.err = err
		l.spent = l.spent || refusesForGood(err)
	default:
		r.val = cmd.Val()
	}
	return nil
}

// Query calls a statement and returns its rows. Parameters are in the order of the statement's, hidden ones left out.
func (db *DB) Query(ctx context.Context, s *Statement, args ...value.Value) (*Cursor, error) {
	req, err := db.prepare(s, args, db.now())
	if err != nil {
		return nil, err
	}
	outcomes, err := db.run(ctx, []*request{req})
	if err != nil {
		return nil, err
	}
	return outcomes[0].cursor, outcomes[0].err
}

// Exec calls a statement and returns the number of affected rows.
func (db *DB) Exec(ctx context.Context, s *Statement, args ...value.Value) (int64, error) {
	c, err := db.Query(ctx, s, args...)
	if err != nil {
		return 0, err
	}
	return c.Affected(), nil
}

// prepare checks a call and fills its templates in.
func (db *DB) prepare(s *Statement, args []value.Value, now int64) (*request, error) {
	if s.program != db.program {
		return nil, fmt.Errorf("%s: the statement is of another program than the connection", s.fn.Name)
	}
	params, err := s.bind(args, now)
	if err != nil {
		return nil, err
	}
	return db.request(s, params)
}
