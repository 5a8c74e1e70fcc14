package meter

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// A Command is one command that the server ran.
type Command struct {
	// Args are its name, as it was sent, and arguments.
	Args []string
	// Script says that a script ran it.
	Script bool
}

// Name is the command's name in capitals.
func (c Command) Name() string { return strings.ToUpper(c.Args[0]) }

// Watch returns the commands that a server (host:port, without password) ran while f did, those of other clients included. It
// uses MONITOR.
func Watch(ctx context.Context, addr string, f func() error) ([]Command, error) {
	var d net.Dialer
	monitor, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer monitor.Close()
	in := bufio.NewReader(monitor)
	if _, err := monitor.Write([]byte("MONITOR\r\n")); err != nil {
		return nil, err
	}
	if line, err := in.ReadString('\n'); err != nil || line != "+OK\r\n" {
		return nil, fmt.Errorf("MONITOR: %q, %w", line, err)
	}
	// The server is slow to feed its monitors only as far as this goroutine is slow to read, so it reads while f runs.
	var token [16]byte
	if _, err := rand.Read(token[:]); err != nil {
		return nil, err
	}
	end := hex.EncodeToString(token[:])
	type result struct {
		commands []Command
		err      error
	}
	results := make(chan result, 1)
	go func() {
		var r result
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				r.err = fmt.Errorf("MONITOR: %w", err)
				break
			}
			c, err := parseLine(strings.TrimRight(strings.TrimPrefix(line, "+"), "\r\n"))
			if err != nil {
				r.err = err
				break
			}
			if len(c.Args) == 2 && c.Args[1] == end {
				break
			}
			r.commands = append(r.commands, c)
		}
		results <- r
	}()
	failed := f()
	// A command of our own marks the end: the server feeds monitors in the order of execution.
	marker, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer marker.Close()
	if _, err := fmt.Fprintf(marker, "ECHO %s\r\n", end); err != nil {
		return nil, err
	}
	r := <-results
	if failed != nil {
		return r.commands, failed
	}
	return r.commands, r.err
}

// parseLine reads a line of MONITOR: 1700000000.000000 [0 127.0.0.1:5000] "GET" "key", with lua for the address in scripts.
func parseLine(line string) (Command, error) {
	var c Command
	_, rest, ok1 := strings.Cut(line, " [")
	source, rest, ok2 := strings.Cut(rest, "] ")
	if !ok1 || !ok2 {
		return c, fmt.Errorf("MONITOR line %q", line)
	}
	c.Script = strings.HasSuffix(source, " lua")
	for rest != "" {
		quoted, tail, err := cutQuoted(rest)
		if err != nil {
			return c, fmt.Errorf("MONITOR line %q: %w", line, err)
		}
		c.Args = append(c.Args, quoted)
		rest = strings.TrimPrefix(tail, " ")
	}
	if len(c.Args) == 0 {
		return c, fmt.Errorf("MONITOR line %q has no command", line)
	}
	return c, nil
}

// cutQuoted reads a string in Redis's quotes, which know \" \\ \n \r \t \a \b and \xhh.
func cutQuoted(s string) (string, string, error) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			text, err := strconv.Unquote(s[:i+1])
			return text, s[i+1:], err
		}
	}
	return "", "", fmt.Errorf("no closing quote")
}
