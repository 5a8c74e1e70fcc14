package testdb

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// startTimeout is how long a server may take until it answers; generous because test machines are loaded.
const startTimeout = 60 * time.Second

// stopTimeout is how long a server may take to end after its signal before it is killed.
const stopTimeout = 10 * time.Second

// process is a running server: one child process with its log.
type process struct {
	name string
	cmd  *exec.Cmd
	log  string
	stop syscall.Signal
	done chan struct{} // closed when the child has been waited for
}

// launch starts the server and waits until ready returns nil. It returns an error that carries the end of the server's
// log when the server ends or does not answer in time; the child is gone then. log is the file that receives what the
// server prints; stop is the signal that ends the server quickly and cleanly.
func launch(name string, cmd *exec.Cmd, log string, stop syscall.Signal, ready func() error) (*process, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, fmt.Errorf("testdb: %s: %w", name, err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// A group of its own: an interrupt typed at the terminal ends the test process, which then stops its servers.
	cmd.SysProcAttr.Setpgid = true
	dieWithParent(cmd.SysProcAttr, stop)

	p := &process{name: name, cmd: cmd, log: log, stop: stop, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in the log; that it ended is what done says
		}
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("testdb: cannot start %s: %w", name, err)
	}
	for deadline := time.Now().Add(startTimeout); ; {
		err := ready()
		if err == nil {
			return p, nil
		}
		select {
		case <-p.done:
			return nil, fmt.Errorf("testdb: %s ended while starting:\n%s", name, p.logTail())
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.end()
			return nil, fmt.Errorf("testdb: %s does not answer after %v (%w):\n%s", name, startTimeout, err, p.logTail())
		}
	}
}

// end stops the server and returns when it is gone.
func (p *process) end() {
	_ = p.cmd.Process.Signal(p.stop)
	select {
	case <-p.done:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// logTail returns the last lines of the server's log, for error messages.
func (p *process) logTail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) > 20 {
		lines = lines[len(lines)-20:]
	}
	return strings.Join(lines, "\n")
}

// freePort returns a TCP port of 127.0.0.1 that nothing listens on at this moment.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("testdb: no free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// onFreePort calls start with a free port, and again with another one when start fails: between the choice of a port
// and the server's bind somebody else may have taken it.
func onFreePort(start func(port int) (*process, error)) (*process, int, error) {
	var errs []error
	for range 3 {
		port, err := freePort()
		if err != nil {
			return nil, 0, err
		}
		p, err := start(port)
		if err == nil {
			return p, port, nil
		}
		errs = append(errs, err)
	}
	return nil, 0, errors.Join(errs...)
}

// dirPrefix begins the name of every temporary directory; the owner's process id follows.
const dirPrefix = "prequel-testdb-"

// makeDir makes a temporary directory that other users may enter (the PostgreSQL server runs as one).
func makeDir() (string, error) {
	dir, err := os.MkdirTemp("", dirPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", fmt.Errorf("testdb: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", fmt.Errorf("testdb: %w", err)
	}
	return dir, nil
}

// sweep removes the directories of test processes that were killed before they could remove them.
func sweep() {
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), dirPrefix+"*"))
	if err != nil {
		return // the pattern is constant; only a malformed one is an error
	}
	for _, dir := range dirs {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), dirPrefix), "-")
		pid, err := strconv.Atoi(owner)
		if err != nil || pid == os.Getpid() {
			continue
		}
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir) // another process may be sweeping the same one
		}
	}
}
