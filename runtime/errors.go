package runtime

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
)

// What a call can meet besides an *Error and a broken connection. Test with errors.Is.
var (
	// ErrNoRows is what a :one statement returns when there is no row.
	ErrNoRows = errors.New("no rows in result set")
	// ErrNotHydrated says that the store holds no data for any program: it is new, was flushed, or is being filled.
	ErrNotHydrated = errors.New("store is not hydrated")
	// ErrStaleProgram says that the store holds the data of another program, older or newer than the client's.
	ErrStaleProgram = errors.New("store holds another program")
	// ErrNotRun says that a call of a batch was not run, because what it needed was missing and later calls have
	// written already. Nothing of it has happened; it may be called again.
	ErrNotRun = errors.New("call was not run")
	// ErrUnknownOutcome wraps the error of a connection that broke while a write was under way: it may have happened.
	ErrUnknownOutcome = errors.New("outcome of the call is unknown")
)

// An Error is a statement's refusal, as PostgreSQL would refuse it.
type Error struct {
	SQLSTATE   string
	Message    string
	Detail     string
	Constraint string
	Table      string
	Column     string
	// Statement is the name of the declared statement.
	Statement string
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Statement != "" {
		b.WriteString(e.Statement + ": ")
	}
	fmt.Fprintf(&b, "%s (SQLSTATE %s)", e.Message, e.SQLSTATE)
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	return b.String()
}

const (
	replyNotReady = "PQNOTREADY"
	replyRefusal  = "PQ"
)

// refusalFields are the fields of a refusal, in the order in which scripts write them.
var refusalFields = []string{"detail", "constraint", "table", "column"}

// parseRefusal reads the error reply of a script: PQ<SQLSTATE> message, then fields after tabs (docs/values.md). blanks says
// that the server turns tabs into blanks.
func parseRefusal(text, statement string, blanks bool) (*Error, bool) {
	rest, ok := strings.CutPrefix(text, replyRefusal)
	if !ok || len(rest) < 6 || rest[5] != ' ' {
		return nil, false
	}
	for _, c := range []byte(rest[:5]) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return nil, false
		}
	}
	state, rest := rest[:5], rest[6:]
	if blanks {
		for _, name := range refusalFields {
			rest = strings.Replace(rest, " "+name+"=", "\t"+name+"=", 1)
		}
	}
	fields := strings.Split(rest, "\t")
	e := &Error{SQLSTATE: state, Message: unescape(fields[0]), Statement: statement}
	for _, f := range fields[1:] {
		name, v, _ := strings.Cut(f, "=")
		switch v = unescape(v); name {
		case "detail":
			e.Detail = v
		case "constraint":
			e.Constraint = v
		case "table":
			e.Table = v
		case "column":
			e.Column = v
		}
	}
	return e, true
}

var unescaper = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\r`, "\r", `\n`, "\n")

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return unescaper.Replace(s)
}

// refuse gives an error met before the call the statement's name, and a value's error its type.
func refuse(err error, statement string) error {
	if e := (*value.Error)(nil); errors.As(err, &e) {
		return &Error{SQLSTATE: e.SQLSTATE, Message: e.Message, Detail: e.Detail, Statement: statement}
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s: %w", statement, err)
}

// broken wraps the error of a connection. A write that may have reached the server is marked as such.
func broken(err error, statement string, wrote bool) error {
	if wrote {
		return fmt.Errorf("%s: %w: %w", statement, ErrUnknownOutcome, err)
	}
	return fmt.Errorf("%s: %w", statement, err)
}
