package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// epochCell is the epoch that the ready key was last seen with.
type epochCell struct{ p atomic.Pointer[string] }

func (c *epochCell) load() string {
	if p := c.p.Load(); p != nil {
		return *p
	}
	return ""
}

func (c *epochCell) store(epoch string) { c.p.Store(&epoch) }

// start loads the scripts on a first connection and learns the epoch.
func (db *DB) start(ctx context.Context, packaging Packaging) error {
	l, err := db.pool.get(ctx)
	if err != nil && db.track && !isBroken(err) {
		db.track = false // no CLIENT TRACKING here: ask with every read
		l, err = db.pool.get(ctx)
	}
	if err != nil {
		return err
	}
	err = db.load(ctx, l)
	if err != nil && !isBroken(err) && packaging == Auto && !db.scripts {
		db.scripts = true // no FUNCTION here
		err = db.load(ctx, l)
	}
	if err == nil {
		var replies []reply
		if replies, err = l.exchange(ctx, [][]any{{"GET", db.readyKey()}}); err == nil {
			var epoch string
			if epoch, err = probeReply(replies); err == nil {
				db.epoch.store(epoch)
			}
		}
	}
	db.pool.put(l, err)
	return err
}

// scriptCommand is the command that calls a script, and the name it calls it by.
func (db *DB) scriptCommand(s *Statement) (command, name string) {
	if db.scripts {
		command, name = "EVALSHA", s.sha
	} else {
		command, name = "FCALL", s.fn.Script.Function
	}
	if s.fn.ReadOnly {
		command += "_RO"
	}
	return command, name
}

// load puts the program's scripts on the server, in the packaging in use.
func (db *DB) load(ctx context.Context, l *link) error {
	if !db.scripts {
		return db.loadLibrary(ctx, l)
	}
	var commands [][]any
	var names []string
	for i := range db.program.manifest.Functions {
		if fn := &db.program.manifest.Functions[i]; fn.Script != nil {
			commands = append(commands, []any{"SCRIPT", "LOAD", fn.Script.Source})
			names = append(names, fn.Name)
		}
	}
	for len(commands) > 0 {
		n := min(len(commands), loadAtOnce)
		replies, err := l.exchange(ctx, commands[:n])
		if err != nil {
			return err
		}
		for i, r := range replies {
			if r.err != nil {
				return fmt.Errorf("load script %s: %w", names[i], r.err)
			}
		}
		commands, names = commands[n:], names[n:]
	}
	return nil
}

// loadAtOnce is the number of scripts loaded in one exchange, so that a program of thousands stays within the time that a
// reply may take.
const loadAtOnce = 100

// loadLibrary loads the function library unless the server has the same text already.
func (db *DB) loadLibrary(ctx context.Context, l *link) error {
	lib := db.program.manifest.Library
	if lib.Code == "" {
		return nil
	}
	replies, err := l.exchange(ctx, [][]any{{"FUNCTION", "LIST", "LIBRARYNAME", lib.Name, "WITHCODE"}})
	if err != nil {
		return err
	}
	if replies[0].err != nil {
		return fmt.Errorf("list function libraries: %w", replies[0].err)
	}
	if holdsText(replies[0].val, lib.Code) {
		return nil
	}
	if replies, err = l.exchange(ctx, [][]any{{"FUNCTION", "LOAD", "REPLACE", lib.Code}}); err != nil {
		return err
	}
	if replies[0].err != nil {
		return fmt.Errorf("load function library %s: %w", lib.Name, replies[0].err)
	}
	return nil
}

// holdsText reports whether a reply has the text somewhere inside.
func holdsText(reply any, text string) bool {
	switch r := reply.(type) {
	case string:
		return r == text
	case []any:
		for _, e := range r {
			if holdsText(e, text) {
				return true
			}
		}
	case map[any]any:
		for _, e := range r {
			if holdsText(e, text) {
				return true
			}
		}
	}
	return false
}

// errNotReady stands for ErrNotHydrated or ErrStaleProgram until the store was asked which.
var errNotReady = errors.New("not ready")

// explainNotReady replaces errNotReady by what the store's meta key says. It costs an exchange, when the call has failed
// anyway.
func (db *DB) explainNotReady(ctx context.Context, reqs []*request, outcomes []outcome) error {
	var why error
	for i := range outcomes {
		if outcomes[i].err != errNotReady {
			continue
		}
		if why == nil {
			state, err := db.State(ctx)
			if err != nil {
				return err
			}
			why = db.whyNotReady(state)
		}
		outcomes[i].err = fmt.Errorf("%s: %w", reqs[i].stmt.fn.Name, why)
	}
	return nil
}

func (db *DB) whyNotReady(s State) error {
	m := db.program.manifest
	switch {
	case s.Program != "" && s.Program != m.Program && s.Epoch != "":
		return fmt.Errorf("%w: it has %s, the client %s", ErrStaleProgram, s.Program, m.Program)
	case s.Loading != "":
		return fmt.Errorf("%w: it is being filled for program %s", ErrNotHydrated, s.Loading)
	case db.loading:
		return fmt.Errorf("%w: filling it was not begun", ErrNotHydrated)
	}
	return fmt.Errorf("%w: it holds no data", ErrNotHydrated)
}

// readyKey is the key whose existence a call asks for.
func (db *DB) readyKey() string {
	if db.loading {
		return db.program.loading
	}
	return db.program.ready
}
