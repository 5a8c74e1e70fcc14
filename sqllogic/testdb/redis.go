package testdb

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// RedisServerEnv is the environment variable that names another server binary than redis-server.
const RedisServerEnv = "PREQUEL_TEST_REDIS_SERVER"

// redisSettings are the server's settings, each explicit because distributions change the defaults.
var redisSettings = []string{
	"--bind", "127.0.0.1",
	"--protected-mode", "yes",
	"--daemonize", "no",
	"--save", "",
	"--appendonly", "no",
	"--databases", "16",
	"--loglevel", "warning",
	"--maxmemory", "0",
	"--hash-max-listpack-entries", "128",
	"--hash-max-listpack-value", "64",
	"--zset-max-listpack-entries", "128",
	"--zset-max-listpack-value", "64",
}

// Redis starts an empty redis-server for this test and returns its address (host:port). The server keeps nothing and
// ends with the test. config are further arguments of redis-server, such as "--maxmemory", "64mb"; they override
// this package's settings.
func Redis(tb testing.TB, config ...string) string {
	tb.Helper()
	addr, stop, err := StartRedis(config...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(stop)
	return addr
}

// StartRedis is Redis for commands: the caller stops the server, which also removes its files.
func StartRedis(config ...string) (addr string, stop func(), err error) {
	name := os.Getenv(RedisServerEnv)
	if name == "" {
		name = "redis-server"
	}
	bin, err := exec.LookPath(name)
	if err != nil {
		return "", nil, fmt.Errorf("testdb: no %s on PATH; install it with: apt-get install redis-server (%w)", name, err)
	}
	dir, err := makeDir()
	if err != nil {
		return "", nil, err
	}
	p, port, err := onFreePort(func(port int) (*process, error) { return runRedis(bin, dir, port, config) })
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", nil, err
	}
	stop = func() {
		p.end()
		_ = os.RemoveAll(dir) // the next process sweeps what could not be removed
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), stop, nil
}

// runRedis starts the server on the port and waits until it answers PING.
func runRedis(bin, dir string, port int, config []string) (*process, error) {
	args := append([]string{"--port", strconv.Itoa(port), "--dir", dir}, redisSettings...)
	cmd := exec.Command(bin, append(args, config...)...)
	cmd.Dir = dir
	// Lua's string comparison follows the server's locale; the emitted programs ask for byte order.
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	// Nothing is kept, so a kill is the quickest clean end.
	return launch(filepath.Base(bin), cmd, filepath.Join(dir, "redis.log"), syscall.SIGKILL, func() error {
		return ping(addr)
	})
}

// ping sends an inline PING. Any complete reply will do: a server that asks for a password answers too.
func ping(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	reply := make([]byte, 64)
	n, err := conn.Read(reply)
	if err != nil {
		return err
	}
	if reply[0] != '+' && reply[0] != '-' {
		return errors.New("unexpected reply to PING: " + string(reply[:n]))
	}
	return nil
}
