package runtime

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ErrUnmet is inside the error of an atomic batch with a call that did not change or return the rows that Require says.
var ErrUnmet = errors.New("another number of rows than required")

// A BatchError says because of which call nothing of an atomic batch has happened. It wraps what the call alone would have
// returned, or ErrUnmet.
type BatchError struct {
	Call      int // from 0, in the order in which the calls were added
	Statement string
	Err       error
}

func (e *BatchError) Error() string {
	return fmt.Sprintf("call %d of the atomic batch: %v", e.Call+1, e.Err)
}

// Unwrap returns what the call met.
func (e *BatchError) Unwrap() error { return e.Err }

// Atomic starts a batch that happens as a whole or not at all: Send runs the calls in order with nobody in between, and takes back what
// they wrote when one of them fails or breaks a requirement. Its error is then a *BatchError, and the calls' own errors are the same.
func (db *DB) Atomic() *Batch { return &Batch{db: db, now: db.now(), atomic: true} }

// A Call is a call of a batch: a *Future or a *Pending.
type Call interface{ call() *Pending }

func (p *Pending) call() *Pending { return p }

// Require has an atomic batch fail unless the call changes, or as a read returns, as many rows.
func (b *Batch) Require(c Call, rows int64) {
	p := c.call()
	switch {
	case !b.atomic:
		b.err = errors.New("batch: Require is for atomic batches")
	case p.sent != &b.sent:
		b.err = errors.New("batch: Require names a call of another batch")
	default:
		p.required = &rows
	}
}

// sendAtomic sends the calls to the function that runs them.
func (b *Batch) sendAtomic(ctx context.Context) error {
	if len(b.calls) == 0 {
		return nil
	}
	err := b.checkAtomic()
	var replies []any
	if err == nil {
		replies, err = b.db.runAtomic(ctx, b.calls)
	}
	if err != nil {
		return b.fail(err)
	}
	for i, p := range b.calls {
		p.out = b.db.settle(p.req, b.replies(p.req, replies[i]))
	}
	return nil
}

// replies are a call's own.
func (b *Batch) replies(r *request, val any) []reply {
	if r.stmt.fn.Script != nil {
		return []reply{{val: val}}
	}
	results, _ := val.([]any)
	return asReplies(results, len(r.commands))
}

// checkAtomic reports the first call that fails before it is sent: it has a parameter that is refused, or cannot be what is required.
func (b *Batch) checkAtomic() error {
	if b.db.program.manifest.Library.Atomic == "" {
		return errors.New("atomic batch: no statement of the program writes")
	}
	for i, p := range b.calls {
		err := p.out.err
		if err == nil {
			err = p.fits()
		}
		if err == nil && p.required != nil && p.req.stmt.fn.Reply.Count == CountFixed && p.req.stmt.fn.Reply.Affected != *p.required {
			err = unmet(p, p.req.stmt.fn.Reply.Affected)
		}
		if err != nil {
			return p.failed(i, err)
		}
	}
	return nil
}

// mostWords is the number of words up to which a script can call any command.
const mostWords = 4000

// fits reports a native command that is too long for a script to call.
func (p *Pending) fits() error {
	if p.req.stmt.fn.Script != nil {
		return nil
	}
	for _, c := range p.req.commands {
		if len(c) > mostWords {
			return fmt.Errorf("%s: a command of %d words is too long for an atomic batch", p.req.stmt.fn.Name, len(c))
		}
	}
	return nil
}

func unmet(p *Pending, rows int64) error {
	return fmt.Errorf("%s: %w: %d, not %d", p.req.stmt.fn.Name, ErrUnmet, rows, *p.required)
}

func (p *Pending) failed(i int, err error) error {
	return &BatchError{Call: i, Statement: p.stmt.fn.Name, Err: err}
}

// runAtomic sends the calls in one command and returns their replies.
func (db *DB) runAtomic(ctx context.Context, calls []*Pending) ([]any, error) {
	keys, args := []any{db.readyKey()}, []any{}
	for _, p := range calls {
		keys, args = p.appendCall(keys, args)
	}
	command := append(append([]any{nil, nil, len(keys)}, keys...), args...)
	for attempt := 0; ; attempt++ {
		r, err := db.atomicOnce(ctx, command, attempt > 0)
		var again *notLoaded
		if errors.As(err, &again) && attempt < maxAttempts {
			continue
		}
		if err != nil {
			return nil, broken(err, "atomic batch", !isDial(err) && again == nil)
		}
		if r.err != nil {
			return nil, fmt.Errorf("atomic batch: %w", r.err)
		}
		return db.readAtomic(ctx, calls, r.val)
	}
}

// notLoaded says that the server did not know the function or script, and has been given it.
type notLoaded struct{ error }

// atomicOnce sends the command on one connection. Where scripts are used, the text goes along with load.
func (db *DB) atomicOnce(ctx context.Context, command []any, load bool) (reply, error) {
	l, err := db.pool.get(ctx)
	if err != nil {
		return reply{}, dialError{err}
	}
	switch {
	case !db.scripts:
		command[0], command[1] = "FCALL", db.program.manifest.Library.Atomic
	case load:
		command[0], command[1] = "EVAL", db.program.atomicScript()
	default:
		sum := sha1.Sum([]byte(db.program.atomicScript()))
		command[0], command[1] = "EVALSHA", hex.EncodeToString(sum[:])
	}
	replies, err := l.exchange(ctx, [][]any{command})
	if err == nil && replies[0].err != nil {
		text := replies[0].err.Error()
		if strings.HasPrefix(text, "NOSCRIPT") || strings.HasPrefix(text, "ERR Function not found") {
			again := &notLoaded{replies[0].err}
			if err = nil; !db.scripts {
				err = db.load(ctx, l)
			}
			db.pool.put(l, err)
			if err != nil {
				return reply{}, err
			}
			return reply{}, again
		}
	}
	db.pool.put(l, err)
	if err != nil {
		return reply{}, err
	}
	return replies[0], nil
}

// appendCall writes a call as atomic_run of the prelude reads it.
func (p *Pending) appendCall(keys, args []any) ([]any, []any) {
	fn := p.req.stmt.fn
	how, width, present, wanted, which := "", 1, 1, int64(0), 0 // a packed row that is not there is nil
	if p.required != nil && fn.Reply.Count != CountFixed {
		wanted = *p.required
		switch {
		case fn.Reply.Count == CountReply:
			how = "reply"
		case fn.Reply.Shape == ShapePacked && fn.Reply.Score:
			how, width = "rows", 2
		case fn.Reply.Shape == ShapePacked:
			how = "rows"
		case fn.Reply.Shape == ShapeFlat:
			how, width, present = "rows", fn.Reply.Width, fn.Reply.Present
		}
		if fn.Script == nil {
			which = fn.Reply.Command + 1
		}
	}
	args = append(args, how, width, present, wanted, which)
	if fn.Script == nil {
		args = append(args, "", len(p.req.commands))
		for _, c := range p.req.commands {
			args = append(append(args, len(c)), c...)
			keys = append(keys, c[1]) // declared, though the command names it too
		}
		return keys, args
	}
	command := p.req.commands[0]
	n := command[2].(int)
	own := command[4 : 3+n] // without the ready key
	keys = append(keys, own...)
	rest := command[3+n:]
	args = append(args, fn.Name, n, len(rest))
	return keys, append(args, rest...)
}

// readAtomic reads the reply of a batch.
func (db *DB) readAtomic(ctx context.Context, calls []*Pending, val any) ([]any, error) {
	list, _ := val.([]any)
	if len(list) == 0 {
		return nil, fmt.Errorf("atomic batch: reply %T", val)
	}
	if list[0] == "cold" {
		state, err := db.State(ctx)
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("atomic batch: %w", db.whyNotReady(state))
	}
	if list[0] == "done" && len(list) == len(calls)+1 {
		return list[1:], nil
	}
	if len(list) != 3 {
		return nil, fmt.Errorf("atomic batch: %d replies of %d calls", len(list)-1, len(calls))
	}
	number, _ := list[1].(int64)
	text, _ := list[2].(string)
	if number < 1 || int(number) > len(calls) {
		return nil, fmt.Errorf("atomic batch: call %d of %d: %s", number, len(calls), text)
	}
	p := calls[number-1]
	name := p.req.stmt.fn.Name
	if list[0] == "unmet" {
		var rows int64
		if _, err := fmt.Sscan(text, &rows); err != nil {
			return nil, fmt.Errorf("atomic batch: %q is no count", text)
		}
		return nil, p.failed(int(number)-1, unmet(p, rows))
	}
	if e, ok := parseRefusal(text, name, false); ok {
		return nil, p.failed(int(number)-1, e)
	}
	return nil, p.failed(int(number)-1, fmt.Errorf("%s: %s", name, text))
}

// structLibrary is what libraries use of Redis' struct library, for servers whose Lua has none: unsigned 32-bit integers, big-endian.
const structLibrary = `local struct = rawget(_G, "struct")
if not struct then
  local function pack(n)
    local floor = math.floor
    return string.char(floor(n / 16777216), floor(n / 65536) % 256, floor(n / 256) % 256, n % 256)
  end
  local function unpack(s, i)
    local a, b, c, d = s:byte(i, i + 3)
    return ((a * 256 + b) * 256 + c) * 256 + d
  end
  struct = {
    pack = function(format, a, b)
      return format == ">I4" and pack(a) or pack(a) .. pack(b)
    end,
    unpack = function(format, s, i)
      if format == ">I4" then
        return unpack(s, i), i + 4
      end
      return unpack(s, i), unpack(s, i + 4), i + 8
    end,
  }
end
`

// atomicScript is the function library as a script for servers without FUNCTION: what the functions would be registered as goes
// to a table, and the one that runs batches is called.
func (p *Program) atomicScript() string {
	lib := p.manifest.Library
	_, code, _ := strings.Cut(lib.Code, "\n") // the line that names the library
	return "local registered = {}\n" + structLibrary +
		"local redis = setmetatable({register_function = function(f) registered[f.function_name] = f.callback end}, {__index = redis})\n" +
		code + "\nreturn registered[\"" + lib.Atomic + "\"](KEYS, ARGV)\n"
}
