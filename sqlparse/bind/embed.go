package bind

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// checkEmbeds reports a sqlc.embed that is not among the statement's own output columns, or that names no base table: there is
// then no row of a table that the client could have a type for.
func (s *stmt) checkEmbeds(body bound.Body) error {
	if len(s.embeds) == 0 {
		return nil
	}
	seen := map[int]bool{}
	for _, t := range bound.Results(body) {
		if t.Embed == "" {
			continue
		}
		for offset := range s.embeds {
			seen[offset] = seen[offset] || s.text.span(int32(offset)).Start == t.Span.Start
		}
		if c, ok := t.Expr.(*scalar.Column); !ok || s.facts[c.ID].stored == nil {
			return diag.Macro.At(t.Span, "sqlc.embed takes a table, and %s is none", t.Embed).WithHelp("list the columns")
		}
	}
	at := -1
	for offset := range s.embeds {
		if !seen[offset] && (at < 0 || offset < at) {
			at = offset
		}
	}
	if at < 0 {
		return nil
	}
	return diag.Macro.At(s.text.span(int32(at)), "sqlc.embed stands among the output columns of the statement itself").
		WithHelp("write %s.* here", s.embeds[at])
}
