package value

import (
	"fmt"
	"unicode/utf8"
)

// An Error is a refusal of a value, with the SQLSTATE, message and detail that PostgreSQL gives for it.
type Error struct {
	SQLSTATE string
	Message  string
	Detail   string
}

func (e *Error) Error() string {
	if e.Detail != "" {
		return fmt.Sprintf("%s (SQLSTATE %s): %s", e.Message, e.SQLSTATE, e.Detail)
	}
	return fmt.Sprintf("%s (SQLSTATE %s)", e.Message, e.SQLSTATE)
}

// The SQLSTATEs of values, PostgreSQL's appendix A.
const (
	stateNotSupported  = "0A000"
	stateTooLong       = "22001"
	stateOutOfRange    = "22003"
	stateDatetime      = "22007"
	stateDatetimeField = "22008"
	stateDisplacement  = "22009"
	stateInterval      = "22015"
	stateEncoding      = "22021"
	stateParameter     = "22023"
	stateSyntax        = "22P02"
	stateCharacter     = "22P05"
)

func errorf(sqlstate, format string, args ...any) *Error {
	return &Error{SQLSTATE: sqlstate, Message: fmt.Sprintf(format, args...)}
}

func (e *Error) detail(format string, args ...any) *Error {
	e.Detail = fmt.Sprintf(format, args...)
	return e
}

// badSyntax is what PostgreSQL says of text that is no value of a type at all.
func badSyntax(typeName, text string) *Error {
	return errorf(stateSyntax, "invalid input syntax for type %s: %q", typeName, quotable(text))
}

// quotable is a string whose %q form is the text between plain quotes: PostgreSQL does not escape what it quotes.
type quotable string

// Format implements fmt.Formatter.
func (q quotable) Format(f fmt.State, _ rune) { fmt.Fprintf(f, `"%s"`, string(q)) }

// CheckText reports why s cannot be a string of characters: it has a NUL or is not UTF-8. The bytes it names are those
// that PostgreSQL names.
func CheckText(s string) error {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c == 0 {
				return encodingError(s[i:])
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			return encodingError(s[i:])
		}
		i += n
	}
	return nil
}

// encodingError names the bytes from the first wrong one on, as many as its lead byte announces.
func encodingError(rest string) *Error {
	n := 1
	switch c := rest[0]; {
	case c&0xe0 == 0xc0:
		n = 2
	case c&0xf0 == 0xe0:
		n = 3
	case c&0xf8 == 0xf0:
		n = 4
	}
	e := errorf(stateEncoding, `invalid byte sequence for encoding "UTF8":`)
	for i := range min(n, len(rest)) {
		e.Message += fmt.Sprintf(" 0x%02x", rest[i])
	}
	return e
}

// Bad is a value that could not be made; using it as a parameter gives err back. Constructors return it so that
// building a list of parameters needs no error handling in between.
func Bad(err *Error) Value { return Value{form: formBad, s: err.SQLSTATE + err.Message} }

// Err is the error of a value made by Bad, nil for every other.
func (v Value) Err() error {
	if v.form != formBad {
		return nil
	}
	return &Error{SQLSTATE: v.s[:5], Message: v.s[5:]}
}
