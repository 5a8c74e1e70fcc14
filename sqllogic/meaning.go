package sqllogic

import (
	"slices"
	"strconv"
	"strings"
)

// isDDL reports whether a statement changes the schema.
func isDDL(sql string) bool {
	tokens, _ := scan(sql)
	return len(tokens) > 0 && slices.ContainsFunc([]string{"create", "drop", "alter", "comment"}, tokens[0].is)
}

// target returns the name of the table, view or type that a statement creates, drops, alters or writes, "" for
// statements that write none. Qualified names lose their schema.
func target(sql string) string {
	tokens, _ := scan(sql)
	at := 0
	skip := func(words ...string) {
		for at < len(tokens) && slices.ContainsFunc(words, tokens[at].is) {
			at++
		}
	}
	if len(tokens) > 0 && tokens[0].is("with") {
		// The statement behind the common table expressions is the first data-modifying word outside brackets.
		at = slices.IndexFunc(tokens, func(t token) bool {
			return t.depth == 0 && (t.is("insert") || t.is("update") || t.is("delete"))
		})
		if at < 0 {
			return ""
		}
	}
	if at >= len(tokens) {
		return ""
	}
	switch verb := tokens[at]; {
	case verb.is("insert"), verb.is("update"), verb.is("delete"), verb.is("truncate"):
		at++
		skip("into", "from", "only", "table")
	case verb.is("create"), verb.is("drop"), verb.is("alter"):
		at++
		skip("or", "replace", "temp", "temporary", "unlogged", "unique", "recursive", "materialized")
		object := at
		skip("table", "view", "type", "index", "sequence", "function")
		if object == at {
			return ""
		}
		if tokens[object].is("index") {
			// An index holds no rows of its own; what it belongs to stays as it was.
			return ""
		}
		skip("if", "not", "exists")
	default:
		return ""
	}
	name := ""
	for ; at < len(tokens); at += 2 {
		part, ok := tokens[at].name()
		if !ok {
			break
		}
		name = part
		if at+1 >= len(tokens) || !tokens[at+1].is(".") {
			break
		}
	}
	return name
}

// mentions reports whether a name occurs in a statement as an identifier.
func mentions(sql string, names map[string]string) (name string, ok bool) {
	tokens, _ := scan(sql)
	for _, t := range tokens {
		if n, isName := t.name(); isName {
			if _, found := names[n]; found {
				return n, true
			}
		}
	}
	return "", false
}

// rowOrder is what a query's text says about the order of its rows.
type rowOrder struct {
	fixed bool  // there is an ORDER BY
	keys  []int // the output columns that it sorts by; nil when some key is not an output column
}

// withoutLimit cuts LIMIT, OFFSET and FETCH off a query that has no ORDER BY, so that it gives all the rows that it may choose from;
// false for other statements.
func withoutLimit(sql string) (string, bool) {
	tokens, _ := scan(sql)
	if len(tokens) == 0 || !tokens[0].is("select") {
		return "", false
	}
	cut := -1
	for _, t := range tokens {
		if t.depth > 0 {
			continue
		}
		switch {
		case t.is("order"):
			return "", false
		case cut < 0 && (t.is("limit") || t.is("offset") || t.is("fetch")):
			cut = t.start
		}
	}
	if cut < 0 {
		return "", false
	}
	return sql[:cut], true
}

// orderOf reads the outermost ORDER BY of a query. Without one the rows may come in any order, and where all keys are
// output columns, rows that agree on them may change places; an answer is right in each of these orders.
func orderOf(sql string, columns []Column) rowOrder {
	tokens, _ := scan(sql)
	for len(tokens) > 0 && tokens[len(tokens)-1].is(";") {
		tokens = tokens[:len(tokens)-1]
	}
	base := 0
	for len(tokens) > 1 && tokens[0].is("(") && closes(tokens) {
		tokens = tokens[1 : len(tokens)-1]
		base++
	}
	begin := -1
	for i := 0; i+1 < len(tokens); i++ {
		if tokens[i].depth == base && tokens[i].is("order") && tokens[i+1].is("by") {
			begin = i + 2
		}
	}
	if begin < 0 {
		return rowOrder{}
	}
	order := rowOrder{fixed: true, keys: []int{}}
	var item []token
	flush := func() {
		if order.keys == nil {
			return
		}
		if key := keyColumn(item, columns); key >= 0 {
			order.keys = append(order.keys, key)
		} else {
			order.keys = nil
		}
		item = nil
	}
	for _, t := range tokens[begin:] {
		if t.depth == base {
			if t.is("limit") || t.is("offset") || t.is("fetch") || t.is("for") {
				break
			}
			if t.is(",") {
				flush()
				continue
			}
		}
		item = append(item, t)
	}
	flush()
	return order
}

// closes reports whether the bracket that opens the tokens is closed by their last one.
func closes(tokens []token) bool {
	outer := tokens[0].depth
	for i, t := range tokens[1:] {
		if t.depth == outer {
			return i+1 == len(tokens)-1 && t.is(")")
		}
	}
	return false
}

// keyColumn returns the output column that an ORDER BY item names by position or by name, -1 when there is no such
// column or more than one.
func keyColumn(item []token, columns []Column) int {
	for len(item) > 0 {
		last := item[len(item)-1]
		if !last.is("asc") && !last.is("desc") && !last.is("nulls") && !last.is("first") && !last.is("last") {
			break
		}
		item = item[:len(item)-1]
	}
	if len(item) == 3 && item[1].is(".") {
		item = item[2:] // t.a: the output column a, unless there are several
	}
	if len(item) != 1 {
		return -1
	}
	if item[0].kind == tokenNumber {
		n, err := strconv.Atoi(item[0].text)
		if err != nil || n < 1 || n > len(columns) {
			return -1
		}
		return n - 1
	}
	name, ok := item[0].name()
	if !ok {
		return -1
	}
	found := -1
	for i, c := range columns {
		if c.Name == name {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// plainView turns CREATE and DROP MATERIALIZED VIEW into CREATE and DROP VIEW. The word is blanked out, so that every
// position stays.
func plainView(sql string) string {
	tokens, _ := scan(sql)
	for i := 1; i+1 < len(tokens) && i < 4; i++ {
		if tokens[i].is("materialized") && tokens[i+1].is("view") && (tokens[0].is("create") || tokens[0].is("drop")) {
			return blanked(sql, tokens[i])
		}
	}
	return sql
}

// plainTable turns CREATE TEMP TABLE, VIEW or SEQUENCE into one that stays, as plainView does.
func plainTable(sql string) string {
	tokens, _ := scan(sql)
	if len(tokens) > 2 && tokens[0].is("create") && (tokens[1].is("temp") || tokens[1].is("temporary")) {
		return blanked(sql, tokens[1])
	}
	return sql
}

// blanked is the text with spaces in place of a token.
func blanked(sql string, t token) string {
	return sql[:t.start] + strings.Repeat(" ", t.end-t.start) + sql[t.end:]
}

// aboutSession returns why a statement of psql's changes no answer of the others, "" for statements that must run.
func aboutSession(sql string) string {
	tokens, _ := scan(sql)
	if len(tokens) == 0 {
		return ""
	}
	switch first := tokens[0]; {
	case first.is("set"), first.is("reset"), first.is("analyze"), first.is("vacuum"), first.is("comment"):
		return "a setting of the session"
	case first.is("explain"):
		return "EXPLAIN shows a plan"
	case first.is("begin"), first.is("start"), first.is("commit"), first.is("end"), first.is("rollback"), first.is("abort"),
		first.is("savepoint"), first.is("release"):
		return "a transaction's bounds"
	}
	if asksSession(tokens) {
		return "what the session last drew"
	}
	return ""
}

// asksSession reports whether a statement asks what earlier ones of its session drew from sequences.
func asksSession(tokens []token) bool {
	asks := slices.ContainsFunc(tokens, func(t token) bool { return t.is("currval") || t.is("lastval") })
	draws := slices.ContainsFunc(tokens, func(t token) bool { return t.is("nextval") })
	return asks && !draws && tokens[0].is("select")
}

// noOp returns why a statement has nothing to do here: FLUSH waits for streaming writes to be visible, which they always
// are, and rw_ settings tune the engine that the script was written for. It returns "" for statements that must run.
func noOp(sql string) string {
	tokens, _ := scan(sql)
	switch {
	case len(tokens) > 0 && tokens[0].is("flush"):
		return "FLUSH has nothing to do"
	case len(tokens) > 1 && tokens[0].is("set") && strings.HasPrefix(tokens[1].text, "rw_"):
		return "a setting of RisingWave"
	default:
		return ""
	}
}
