package testdb

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// orphanEnv makes the test binary start servers, print what it started, and wait to be killed (TestKilledParent).
const orphanEnv = "PREQUEL_TESTDB_ORPHAN"

func TestMain(m *testing.M) {
	if os.Getenv(orphanEnv) != "" {
		orphan()
	}
	Main(m)
}

func TestPostgresSettings(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, tc := range []struct{ sql, want string }{
		{"SELECT (current_setting('server_version_num')::int >= 150000)::text", "true"},
		{"SHOW server_encoding", "UTF8"},
		{"SHOW TimeZone", "UTC"},
		{"SHOW fsync", "off"},
		{"SHOW wal_level", "logical"},
		{"SELECT datcollate || ' ' || datctype FROM pg_database WHERE datname = current_database()", "C C"},
		{"SELECT ('B' < 'a')::text", "true"},
		{"SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'", "0"},
	} {
		var got string
		if err := conn.QueryRow(ctx, tc.sql).Scan(&got); err != nil {
			t.Fatalf("%s: %v", tc.sql, err)
		}
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.sql, got, tc.want)
		}
	}
}

func TestDatabasesAreSeparate(t *testing.T) {
	ctx := context.Background()
	var kept string
	t.Run("user", func(t *testing.T) {
		kept = Database(t)
		conn, err := pgx.Connect(ctx, kept)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(ctx, "CREATE TABLE t (a int)"); err != nil {
			t.Fatal(err)
		}
		// The connection stays open on purpose: the database must go all the same.
		other, err := pgx.Connect(ctx, Database(t))
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close(ctx)
		if _, err := other.Exec(ctx, "SELECT * FROM t"); err == nil {
			t.Error("a table of one database is visible in another")
		}
	})
	if conn, err := pgx.Connect(ctx, kept); err == nil {
		conn.Close(ctx)
		t.Error("the database outlived its test")
	}
}

// send writes one inline command and returns the first line of the reply.
func send(t *testing.T, addr, command string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func TestRedisIsFreshAndStops(t *testing.T) {
	var addr string
	t.Run("user", func(t *testing.T) {
		addr = Redis(t)
		if got := send(t, addr, "SET k v"); got != "+OK" {
			t.Fatalf("SET: %s", got)
		}
		if got := send(t, Redis(t), "DBSIZE"); got != ":0" {
			t.Errorf("a second server is not empty: DBSIZE %s", got)
		}
		if got := send(t, addr, "SAVE"); got != "+OK" && !strings.HasPrefix(got, "-") {
			t.Errorf("SAVE: %s", got)
		}
	})
	if conn, err := net.Dial("tcp", addr); err == nil {
		conn.Close()
		t.Error("the server outlived its test")
	}
}

func TestRedisConfig(t *testing.T) {
	addr := Redis(t, "--maxmemory", "1", "--maxmemory-policy", "noeviction")
	if got := send(t, addr, "SET k v"); !strings.HasPrefix(got, "-OOM") {
		t.Errorf("the setting did not reach the server: SET answers %s", got)
	}
}

func TestBadConfigShowsLog(t *testing.T) {
	_, _, err := StartRedis("--no-such-setting", "1")
	if err == nil || !strings.Contains(err.Error(), "no-such-setting") {
		t.Errorf("the error does not carry the server's own words: %v", err)
	}
}

func TestMissingBinaryNamesPackage(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, _, err := StartRedis()
	if err == nil || !strings.Contains(err.Error(), "apt-get install redis-server") {
		t.Errorf("got %v", err)
	}
}

// orphan starts both servers, prints their process ids and directories, and waits for its end.
func orphan() {
	_, _, err := StartPostgres()
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	addr, _, err := StartRedis()
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("ready", os.Getpid(), addr)
	select {}
}

func TestKilledParent(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), orphanEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	words := strings.Fields(line)
	if len(words) != 3 || words[0] != "ready" {
		t.Fatalf("the child says %q", line)
	}
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), dirPrefix+words[1]+"-*"))
	if err != nil || len(dirs) != 2 {
		t.Fatalf("directories of the child: %v, %v", dirs, err)
	}
	postmaster := postmasterPid(t, dirs)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()

	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", words[2])
		if err == nil {
			conn.Close()
		}
		gone := syscall.Kill(postmaster, 0) != nil
		if err != nil && gone {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("servers outlive their parent: redis answers %v, postgres gone %v", err == nil, gone)
		}
	}
	sweep()
	for _, dir := range dirs {
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s was not swept: %v", dir, err)
		}
	}
}

// postmasterPid reads the server's process id from the cluster among dirs.
func postmasterPid(t *testing.T, dirs []string) int {
	t.Helper()
	for _, dir := range dirs {
		text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
		if err != nil {
			continue
		}
		first, _, _ := strings.Cut(string(text), "\n")
		pid, err := strconv.Atoi(first)
		if err != nil {
			t.Fatal(err)
		}
		return pid
	}
	t.Fatalf("no postmaster.pid in %v", dirs)
	return 0
}
