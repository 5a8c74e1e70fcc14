package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"

	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: withpostgres [--] COMMAND [ARG...]")
		os.Exit(2)
	}
	os.Exit(run(args))
}

// run starts the server, runs the command beside it and returns the command's exit code; 1 when either could not start.
func run(args []string) int {
	dsn, stop, err := testdb.StartPostgres()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stop()
	// An interrupt goes to the whole foreground group: the command decides what it means, and the server stops after it.
	// Notify and not Ignore, because the command would inherit an ignored signal.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), testdb.PostgresEnv+"="+dsn)
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1) // -1 when a signal ended it
	default:
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
}
