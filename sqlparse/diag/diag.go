package diag

// Source is one text that positions refer to.
type Source struct {
	Name string // shown in messages, normally a path relative to the working directory
	Text string
}

// Span is a range of bytes in a source. The zero Span means "no position".
type Span struct {
	Source     *Source
	Start, End int // byte offsets, End exclusive
}

// Severity of a diagnostic.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is one problem, with what to do about it.
type Diagnostic struct {
	Code     string // PQ and four digits; documented in docs/unsupported.md
	Severity Severity
	Span     Span
	Problem  string
	Help     string
	// For is the statement that needs what stands at Span, where that is somewhere else: a function's body, a trigger.
	For Span
	// SQLState is PostgreSQL's error code when PostgreSQL refuses the statement too, "" when only Prequel does.
	SQLState string
}

// In says which statement the problem belongs to: it keeps those that stand in the statement's own text.
func (d Diagnostic) In(statement Span) Diagnostic {
	if d.Span.Source != nil && d.Span.Source != statement.Source && d.For.Source == nil {
		d.For = statement
	}
	return d
}

// Origin is the source of the statement that has the problem.
func (d Diagnostic) Origin() *Source {
	if d.For.Source != nil {
		return d.For.Source
	}
	return d.Span.Source
}

// List is a set of diagnostics that is an error when it has one of severity Error.
type List []Diagnostic
