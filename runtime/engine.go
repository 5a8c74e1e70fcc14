package runtime

import (
	"context"
	"fmt"
	"net"
	"net/url"
	goruntime "runtime"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// An Engine is a way to reach a Redis server that is not an address: one in process.
type Engine struct {
	// Dial opens a connection.
	Dial func(ctx context.Context) (net.Conn, error)
	// Close ends the server.
	Close func() error
	// Eval says that the server has no FUNCTION.
	Eval bool
	// NoTracking says that the server has no CLIENT TRACKING.
	NoTracking bool
	// NoWatch says that WATCH does not see a flush, so that native writes need a script to guard them.
	NoWatch bool
	// Blanks says that the server writes a blank for every white space of an error reply.
	Blanks bool
	// Deepen, where there is one, is called before a program with functions that call themselves runs.
	Deepen func()
}

var engines struct {
	sync.Mutex
	byName map[string]func(ctx context.Context, u string) (*Engine, error)
}

// RegisterEngine makes an engine known by a URL's scheme, or by a bare word. Packages of engines call it on being imported,
// so that a program links only the engines it uses: runtime/embedded registers "embedded".
func RegisterEngine(name string, start func(ctx context.Context, u string) (*Engine, error)) {
	engines.Lock()
	defer engines.Unlock()
	if engines.byName == nil {
		engines.byName = map[string]func(context.Context, string) (*Engine, error){}
	}
	engines.byName[name] = start
}

// A Packaging is how scripts reach the server.
type Packaging uint8

// The packagings.
const (
	// Auto is a function library where the server has FUNCTION, scripts otherwise.
	Auto Packaging = iota
	// FunctionLibrary is FUNCTION LOAD and FCALL.
	FunctionLibrary
	// Scripts is SCRIPT LOAD and EVALSHA.
	Scripts
)

// An Option changes how Open connects.
type Option func(*options)

type options struct {
	packaging  Packaging
	clock      func() time.Time
	redis      func(*redis.Options)
	noTracking bool
}

// WithPackaging sets how scripts reach the server; Auto is the default.
func WithPackaging(p Packaging) Option { return func(o *options) { o.packaging = p } }

// WithClock replaces the clock behind now().
func WithClock(now func() time.Time) Option { return func(o *options) { o.clock = now } }

// WithRedis changes the options of the Redis client after the URL has set them: timeouts, TLS, the pool size, which bounds
// the calls under way at once. The protocol, the number of retries and the push handlers are the runtime's.
func WithRedis(change func(*redis.Options)) Option { return func(o *options) { o.redis = change } }

// WithoutTracking makes native reads ask for the ready key with every call instead of having the server tell when it changes.
func WithoutTracking() Option { return func(o *options) { o.noTracking = true } }

// A DB is a connection pool to the store of one program. It is safe for concurrent use.
type DB struct {
	program *Program
	client  *redis.Client
	engine  *Engine
	clock   func() time.Time
	scripts bool // EVALSHA, not FCALL
	track   bool
	pool    linkPool
	epoch   epochCell
	loading bool // calls use the loading key, see Loader
}

// Open connects to a store and loads the program's scripts. Known URLs are "embedded" (import runtime/embedded),
// redis://, rediss://, unix:// and redis+eval://, which is redis:// with scripts instead of a function library. The store need not be
// hydrated: calls say so.
func Open(ctx context.Context, rawURL string, p *Program, opts ...Option) (*DB, error) {
	o := options{clock: time.Now}
	for _, opt := range opts {
		opt(&o)
	}
	db := &DB{program: p, clock: o.clock}
	ropts, err := db.resolve(ctx, rawURL, &o)
	if err != nil {
		return nil, err
	}
	if o.redis != nil {
		o.redis(ropts)
	}
	// One connection's replies must not be retried on another: the state of a connection is part of what a reply means.
	ropts.Protocol, ropts.MaxRetries, ropts.DisableIdentity = 3, -1, true
	ropts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	ropts.ContextTimeoutEnabled = true
	// Idle links keep their connections. The client's own pool has room for them, for those of a loader, and for what goes
	// through the client itself, so that none of these waits for another to give up what it keeps.
	links := ropts.PoolSize
	if links == 0 {
		links = 10 * goruntime.GOMAXPROCS(0)
	}
	ropts.PoolSize = 3 * links
	db.client = redis.NewClient(ropts)
	if err := db.client.RegisterPushNotificationHandler("invalidate", invalidation{}, true); err != nil {
		return nil, fmt.Errorf("invalidation handler: %w", err)
	}
	db.track = !o.noTracking && (db.engine == nil || !db.engine.NoTracking)
	db.scripts = o.packaging == Scripts || db.engine != nil && db.engine.Eval
	db.pool.init(db, links)
	if err := db.start(ctx, o.packaging); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", redacted(rawURL), err)
	}
	return db, nil
}

// resolve turns a URL into options of the Redis client, starting an engine where the URL names one.
func (db *DB) resolve(ctx context.Context, rawURL string, o *options) (*redis.Options, error) {
	name, _, _ := strings.Cut(rawURL, ":")
	engines.Lock()
	start := engines.byName[name]
	engines.Unlock()
	switch {
	case start != nil:
		engine, err := start(ctx, rawURL)
		if err != nil {
			return nil, fmt.Errorf("engine %s: %w", name, err)
		}
		db.engine = engine
		if engine.Deepen != nil && db.program.recursive() {
			engine.Deepen()
		}
		return &redis.Options{
			Dialer: func(ctx context.Context, _, _ string) (net.Conn, error) { return engine.Dial(ctx) },
			// Nothing is lost on the way to an engine in this process: what takes long is at work.
			ReadTimeout: -1, WriteTimeout: -1,
		}, nil
	case name == "embedded":
		return nil, fmt.Errorf("engine embedded is not linked in: import github.com/prequel-db/prequel/runtime/embedded")
	case name == "redis+eval":
		o.packaging = Scripts
		rawURL = "redis" + strings.TrimPrefix(rawURL, "redis+eval")
	}
	ropts, err := redis.ParseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("engine URL %s: %w", redacted(rawURL), err)
	}
	return ropts, nil
}

// redacted is a URL without its password.
func redacted(rawURL string) string {
	if u, err := url.Parse(rawURL); err == nil {
		return u.Redacted()
	}
	return "with a URL that cannot be parsed"
}

// Close ends all connections, and the server when it is in process.
func (db *DB) Close() error {
	db.pool.close()
	err := db.client.Close()
	if db.engine != nil && db.engine.Close != nil {
		if e := db.engine.Close(); err == nil {
			err = e
		}
	}
	return err
}

// Program returns the program that was opened.
func (db *DB) Program() *Program { return db.program }

// Redis returns the Redis client underneath, for inspection. Writing with it what the program keeps breaks the program's promises.
func (db *DB) Redis() *redis.Client { return db.client }

// now is the time of a call in microseconds since 2000-01-01 UTC.
func (db *DB) now() int64 {
	return db.clock().UnixMicro() - 946684800_000_000
}
