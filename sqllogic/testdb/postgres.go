package testdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgresEnv is the environment variable that names a PostgreSQL server to use instead of a private one: the
// connection string of a superuser.
const PostgresEnv = "PREQUEL_TEST_PG"

// minMajor is the PostgreSQL release that defines what statements mean here. It is preferred when several are installed.
const minMajor = 15

// postgresSettings are the server's settings that matter: an answer must depend neither on the machine's locale and
// zone nor on a planner's mood, nothing needs to survive a crash, and logical replication must be possible.
var postgresSettings = []string{
	"listen_addresses=127.0.0.1",
	"unix_socket_directories=",
	"fsync=off",
	"synchronous_commit=off",
	"full_page_writes=off",
	"wal_level=logical",
	"max_connections=200",
	"TimeZone=UTC",
	"log_timezone=UTC",
	"DateStyle=ISO, MDY",
	"IntervalStyle=postgres",
	"lc_messages=C",
	"jit=off",
}

// shared is the one private PostgreSQL of this test process.
var shared struct {
	once sync.Once
	dsn  string
	stop func()
	err  error
}

// databases numbers the databases of this process.
var databases atomic.Int64

// Postgres returns the connection string (postgres://...) of a superuser of a PostgreSQL with C collation, UTF8 and
// TimeZone UTC: the server that PREQUEL_TEST_PG names, or one private to this test process. Tests that create
// anything want Database instead.
func Postgres(tb testing.TB) string {
	tb.Helper()
	if dsn := os.Getenv(PostgresEnv); dsn != "" {
		return dsn
	}
	shared.once.Do(func() { shared.dsn, shared.stop, shared.err = StartPostgres() })
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.dsn
}

// Database returns the connection string of a database made for this test, which is dropped when the test ends,
// connections to it or not.
func Database(tb testing.TB) string {
	tb.Helper()
	admin := Postgres(tb)
	name := fmt.Sprintf("prequel_%d_%d", os.Getpid(), databases.Add(1))
	onServer(tb, admin, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
	tb.Cleanup(func() { onServer(tb, admin, "DROP DATABASE "+name+" WITH (FORCE)") })
	cfg, err := pgx.ParseConfig(admin)
	if err != nil {
		tb.Fatal(err)
	}
	return connString(cfg.User, cfg.Password, cfg.Host, int(cfg.Port), name)
}

// onServer runs one command on a connection of its own.
func onServer(tb testing.TB, dsn, sql string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		tb.Fatalf("testdb: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		tb.Fatalf("testdb: %s: %v", sql, err)
	}
}

// StartPostgres starts a private server and returns its connection string and the function that stops it and removes
// its files. Settings such as "fsync=on" override this package's. Tests use Postgres or Database; this is for commands and
// measurements.
func StartPostgres(settings ...string) (dsn string, stop func(), err error) {
	sweep()
	bin, err := postgresBin()
	if err != nil {
		return "", nil, err
	}
	cred, err := serverUser()
	if err != nil {
		return "", nil, err
	}
	dir, err := makeDir()
	if err != nil {
		return "", nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) } // the next process sweeps what could not be removed
	if err := initdb(bin, dir, cred); err != nil {
		remove()
		return "", nil, err
	}
	p, port, err := onFreePort(func(port int) (*process, error) { return runPostgres(bin, dir, cred, port, settings) })
	if err != nil {
		remove()
		return "", nil, err
	}
	stop = func() {
		p.end()
		remove()
	}
	return connString("postgres", "", "127.0.0.1", port, "postgres"), stop, nil
}

// initdb makes the cluster in dir/data, owned by the server's user.
func initdb(bin, dir string, cred *syscall.Credential) error {
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		return fmt.Errorf("testdb: %w", err)
	}
	if cred != nil {
		if err := os.Chown(data, int(cred.Uid), int(cred.Gid)); err != nil {
			return fmt.Errorf("testdb: %w", err)
		}
	}
	cmd := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", data, "--username=postgres", "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("testdb: initdb: %w\n%s", err, out)
	}
	return nil
}

// runPostgres starts the server on the port and waits until it accepts connections.
func runPostgres(bin, dir string, cred *syscall.Credential, port int, settings []string) (*process, error) {
	args := []string{"-D", filepath.Join(dir, "data"), "-p", strconv.Itoa(port)}
	for _, s := range slices.Concat(postgresSettings, settings) {
		args = append(args, "-c", s)
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	dsn := connString("postgres", "", "127.0.0.1", port, "postgres")
	// SIGQUIT is PostgreSQL's immediate shutdown: it ends every backend and frees shared memory without writing.
	return launch("postgres", cmd, filepath.Join(dir, "postgres.log"), syscall.SIGQUIT, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
}

// connString writes a postgres:// connection string; TLS is off since the server is on this machine.
func connString(user, password, host string, port int, database string) string {
	if password != "" {
		user += ":" + password
	}
	return fmt.Sprintf("postgres://%s@%s:%d/%s?sslmode=disable", user, host, port, database)
}

// serverUser returns the identity to run PostgreSQL under, nil for our own: the server refuses to run as root.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.New("testdb: PostgreSQL does not run as root and there is no user postgres; " +
			"install it with: apt-get install postgresql")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("testdb: user postgres: %w", err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("testdb: user postgres: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

var versionNumber = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// postgresBin finds the directory with initdb and postgres: of the installations on PATH and in Debian's places, the
// oldest that is not older than minMajor, so that 15 is taken where it exists.
func postgresBin() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", fmt.Errorf("testdb: %w", err)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	type install struct {
		dir   string
		major int
	}
	var found []install
	for _, dir := range dirs {
		out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
		if err != nil {
			continue // a client-only installation has no server
		}
		m := versionNumber.FindSubmatch(out)
		if m == nil {
			continue
		}
		major, err := strconv.Atoi(string(m[1]))
		if err == nil && major >= minMajor {
			found = append(found, install{dir, major})
		}
	}
	if len(found) == 0 {
		return "", fmt.Errorf("testdb: no PostgreSQL server of version %d or later on PATH or in /usr/lib/postgresql; "+
			"install it with: apt-get install postgresql", minMajor)
	}
	return slices.MinFunc(found, func(a, b install) int { return a.major - b.major }).dir, nil
}
