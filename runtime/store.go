package runtime

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
)

// State is what a store says of itself: the content of its meta key, which every program with the same root shares.
type State struct {
	// Program is the fingerprint of the program whose data is complete, "" when there is none.
	Program string
	// Epoch names the filling that made it complete; no two share one.
	Epoch string
	// Structures are the fingerprints of the structures that are complete.
	Structures []string
	// Position is where in the source's history the data stands, in the source's own form.
	Position string
	// Loading is the fingerprint of the program that the store is being filled for, "" when it is not.
	Loading string
}

// State asks the store what it holds.
func (db *DB) State(ctx context.Context) (State, error) {
	var s State
	vals, err := db.client.HMGet(ctx, db.program.manifest.MetaKey(), "program", "epoch", "structures", "position", "loading").Result()
	if err != nil {
		return s, fmt.Errorf("read store state: %w", err)
	}
	text := func(i int) string { t, _ := vals[i].(string); return t }
	s.Program, s.Epoch, s.Position, s.Loading = text(0), text(1), text(3), text(4)
	s.Structures = strings.Fields(text(2))
	return s, nil
}

// A Loader fills a store. Its Caller runs the program's statements although the store is not ready; nobody else's calls run until
// Finish.
type Loader struct {
	db    *DB // with loading set
	token string
}

// BeginLoad starts to fill the store: from now on calls of other clients return ErrNotHydrated, whatever program they are of.
// Keys of an earlier or interrupted filling are deleted. Beginning while another loader is at work ends that one: its next call
// fails.
func (db *DB) BeginLoad(ctx context.Context) (*Loader, error) {
	m := db.program.manifest
	state, err := db.State(ctx)
	if err != nil {
		return nil, err
	}
	token, err := newEpoch()
	if err != nil {
		return nil, err
	}
	pipe := db.client.TxPipeline()
	for _, program := range []string{state.Program, state.Loading, m.Program} {
		if program != "" {
			other := Manifest{Root: m.Root, Program: program}
			pipe.Del(ctx, other.ReadyKey(), other.LoadingKey())
		}
	}
	pipe.HDel(ctx, m.MetaKey(), "program", "epoch", "structures", "position")
	pipe.HSet(ctx, m.MetaKey(), "loading", m.Program)
	pipe.Set(ctx, m.LoadingKey(), token, 0)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("begin to fill the store: %w", err)
	}
	if err := db.deleteStructures(ctx); err != nil {
		return nil, err
	}
	inner := &DB{
		program: db.program, client: db.client, clock: db.clock, scripts: db.scripts, track: db.track, loading: true,
	}
	inner.pool.init(inner, cap(db.pool.slots))
	inner.epoch.store(token)
	return &Loader{db: inner, token: token}, nil
}

// deleteStructures deletes every key under the root but those that say what the store holds.
func (db *DB) deleteStructures(ctx context.Context) error {
	m := db.program.manifest
	iter := db.client.Scan(ctx, 0, m.KeyPattern(), 1000).Iterator()
	var keys []string
	flush := func() error {
		if len(keys) == 0 {
			return nil
		}
		err := db.client.Unlink(ctx, keys...).Err()
		keys = keys[:0]
		return err
	}
	for iter.Next(ctx) {
		k := iter.Val()
		if k == m.MetaKey() || k == m.LoadingKey() || !strings.HasPrefix(k, string(m.Root)) {
			continue
		}
		if keys = append(keys, k); len(keys) == 1000 {
			if err := flush(); err != nil {
				return fmt.Errorf("delete old structures: %w", err)
			}
		}
	}
	if err := iter.Err(); err != nil {
		return fmt.Errorf("find old structures: %w", err)
	}
	if err := flush(); err != nil {
		return fmt.Errorf("delete old structures: %w", err)
	}
	return nil
}

// DB returns the connection to fill the store with: all of the program's statements can be called.
func (l *Loader) DB() *DB { return l.db }

// Finish declares the store complete at a position of the source, in one step: other clients' calls run from then on. It fails
// when another loader has begun since, or the store was flushed.
func (l *Loader) Finish(ctx context.Context, position string) error {
	defer l.db.pool.close()
	m := l.db.program.manifest
	epoch, err := newEpoch()
	if err != nil {
		return err
	}
	structures := make([]string, len(m.Structures))
	for i, s := range m.Structures {
		structures[i] = s.Fingerprint
	}
	// KEYS: loading, ready, meta. ARGV: token, epoch, program, structures, position.
	const finish = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('HDEL', KEYS[3], 'loading')
redis.call('HSET', KEYS[3], 'program', ARGV[3], 'epoch', ARGV[2], 'structures', ARGV[4], 'position', ARGV[5])
redis.call('SET', KEYS[2], ARGV[2])
return 1`
	n, err := l.db.client.Eval(ctx, finish, []string{m.LoadingKey(), m.ReadyKey(), m.MetaKey()},
		l.token, epoch, m.Program, strings.Join(structures, " "), position).Int()
	if err != nil {
		return fmt.Errorf("finish filling the store: %w", err)
	}
	if n == 0 {
		return fmt.Errorf("finish filling the store: another loader has begun or the store was flushed")
	}
	return nil
}

// Abandon ends the filling and deletes what it has written: the store holds nothing then.
func (l *Loader) Abandon(ctx context.Context) error {
	defer l.db.pool.close()
	if err := l.db.deleteStructures(ctx); err != nil {
		return err
	}
	m := l.db.program.manifest
	if err := l.db.client.Del(ctx, m.LoadingKey(), m.MetaKey()).Err(); err != nil {
		return fmt.Errorf("abandon filling the store: %w", err)
	}
	return nil
}

// Initialize makes the store ready with no rows: for tables that live in Redis alone, and for tests.
func (db *DB) Initialize(ctx context.Context) error {
	l, err := db.BeginLoad(ctx)
	if err != nil {
		return err
	}
	return l.Finish(ctx, "")
}

func newEpoch() (string, error) {
	var b [12]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("random epoch: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}
