package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/prequel-db/prequel/sqlparse/diag"
)

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// command is one subcommand.
type command struct {
	name    string
	args    string // after the flags, for the usage line
	summary string
	help    string // below the summary
	// setup declares the flags and returns what runs after they are parsed.
	setup func(fs *flag.FlagSet) func(ctx context.Context, s *streams, args []string) error
}

// streams are what a command writes to.
type streams struct{ out, err io.Writer }

// errSilent fails a command that has said why.
var errSilent = errors.New("failed")

// usageError is a command line that makes no sense.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

func commands() []command {
	return []command{initCommand, generateCommand, checkCommand, explainCommand, hydrateCommand, verifyCommand, callCommand, sltCommand, versionCommand}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &streams{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run is the whole command without its process.
func run(ctx context.Context, args []string, s *streams) int {
	if len(args) == 0 {
		fmt.Fprint(s.err, usage())
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 1 {
			fmt.Fprint(s.out, usage())
			return exitOK
		}
		args = []string{args[1], "-h"}
	case "-version", "--version":
		args[0] = "version"
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], s)
		}
	}
	fmt.Fprintf(s.err, "prequel: there is no command %q\n%s", args[0], usage())
	return exitUsage
}

func usage() string {
	var b strings.Builder
	b.WriteString("Prequel compiles SQL to functions that run in Redis.\n\nusage: prequel COMMAND [flags] [arguments]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.summary)
	}
	b.WriteString("\nprequel COMMAND -h describes a command.\n")
	return b.String()
}

func (c command) run(ctx context.Context, args []string, s *streams) int {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	exec := c.setup(fs)
	rest, err := parse(fs, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		c.describe(s.out, fs)
		return exitOK
	case err != nil:
		err = usageError{err.Error()}
	default:
		err = exec(ctx, s, rest)
	}
	var wrong usageError
	list, isList := diag.AsList(err)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &wrong):
		fmt.Fprintf(s.err, "prequel %s: %v\n", c.name, err)
		fmt.Fprintf(s.err, "usage: prequel %s\n", c.usageLine(fs))
		return exitUsage
	case errors.Is(err, errSilent):
	case isList:
		printProblems(s.err, list)
	default:
		fmt.Fprintf(s.err, "prequel %s: %v\n", c.name, err)
	}
	return exitFailed
}

// parse takes flags before, between and after the arguments; what follows -- is arguments.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		stopped := len(args) > fs.NArg() && args[len(args)-fs.NArg()-1] == "--"
		args = fs.Args()
		if stopped {
			return append(rest, args...), nil
		}
		if len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	return rest, nil
}

func (c command) usageLine(fs *flag.FlagSet) string {
	line := c.name
	fs.VisitAll(func(f *flag.Flag) {
		name, _ := flag.UnquoteUsage(f)
		dash := "--"
		if len(f.Name) == 1 {
			dash = "-"
		}
		switch {
		case name == "":
			line += fmt.Sprintf(" [%s%s]", dash, f.Name)
		case dash == "-":
			line += fmt.Sprintf(" [-%s %s]", f.Name, name)
		default:
			line += fmt.Sprintf(" [--%s=%s]", f.Name, name)
		}
	})
	if c.args != "" {
		line += " " + c.args
	}
	return line
}

func (c command) describe(w io.Writer, fs *flag.FlagSet) {
	fmt.Fprintf(w, "usage: prequel %s\n\n%s.\n", c.usageLine(fs), strings.ToUpper(c.summary[:1])+c.summary[1:])
	if c.help != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(c.help))
	}
	first := true
	fs.VisitAll(func(f *flag.Flag) {
		if first {
			fmt.Fprintln(w)
			first = false
		}
		name, text := flag.UnquoteUsage(f)
		dash := "--"
		if len(f.Name) == 1 {
			dash = "-"
		}
		if name != "" {
			name = map[bool]string{true: " ", false: "="}[dash == "-"] + name
		}
		if f.DefValue != "" && f.DefValue != "false" {
			text += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(w, "  %-22s %s\n", dash+f.Name+name, text)
	})
}

// printProblems writes diagnostics and, when there are several, their number.
func printProblems(w io.Writer, list diag.List) {
	failed := 0
	for _, d := range list {
		fmt.Fprint(w, d.String())
		if d.Severity == diag.Error {
			failed++
		}
	}
	if failed > 1 {
		fmt.Fprintf(w, "%d errors\n", failed)
	}
}
