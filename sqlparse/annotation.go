package sqlparse

import (
	"regexp"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// annotation is what the comments above a statement say.
type annotation struct {
	name, command string
	options       bound.Options
	comment       string
	span          diag.Span // of "name: ..."
}

var (
	commands = map[string]bool{
		"one": true, "many": true, "exec": true, "execrows": true, "execresult": true,
		"batchone": true, "batchmany": true, "batchexec": true, "copyfrom": true,
	}
	statementNames = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// readAnnotation reads "-- name: X :many" and "-- prequel: ..." lines; other comment lines are documentation.
func readAnnotation(src *diag.Source, p piece) (annotation, error) {
	var a annotation
	var doc []string
	for _, t := range p.comments {
		body := t.Text(src.Text)
		at := t.Start
		if block, ok := strings.CutPrefix(body, "/*"); ok {
			body = strings.TrimSuffix(block, "*/")
			at += 2
		} else {
			trimmed := strings.TrimLeft(body, "-")
			at += len(body) - len(trimmed)
			body = trimmed
		}
		text := strings.TrimSpace(body)
		span := diag.Span{Source: src, Start: at + strings.Index(body, text), End: at + strings.Index(body, text) + len(text)}
		switch {
		case strings.HasPrefix(text, "name:"):
			if a.name != "" {
				return a, diag.Annotation.At(span, "a second name for the same statement")
			}
			if err := a.readName(text, span); err != nil {
				return a, err
			}
		case strings.HasPrefix(text, "prequel:"):
			if err := a.readOption(text, span); err != nil {
				return a, err
			}
		default:
			doc = append(doc, text)
		}
	}
	a.comment = strings.TrimSpace(strings.Join(doc, "\n"))
	return a, nil
}

func (a *annotation) readName(text string, span diag.Span) error {
	fields := strings.Fields(strings.TrimPrefix(text, "name:"))
	const help = "write -- name: GetUser :one, with :one, :many, :exec, :execrows, :execresult, :batchone, :batchmany, :batchexec " +
		"or :copyfrom"
	switch {
	case len(fields) != 2:
		return diag.Annotation.At(span, "a statement needs a name and a command").WithHelp(help)
	case !statementNames.MatchString(fields[0]):
		return diag.Annotation.At(span, "%q is not a name", fields[0]).WithHelp("a name is letters, digits and _")
	case !strings.HasPrefix(fields[1], ":") || !commands[fields[1][1:]]:
		return diag.Annotation.At(span, "unknown command %s", fields[1]).WithHelp(help)
	}
	a.name, a.command, a.span = fields[0], fields[1][1:], span
	return nil
}

func (a *annotation) readOption(text string, span diag.Span) error {
	option := strings.Join(strings.Fields(strings.TrimPrefix(text, "prequel:")), " ")
	switch option {
	case "allow scan":
		a.options.AllowScan = true
	default:
		return diag.UnknownOption.At(span, "unknown option %q", option).WithHelp("known: -- prequel: allow scan")
	}
	return nil
}
