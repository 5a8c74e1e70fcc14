package sqllogic

import (
	"slices"
	"strings"
)

// taint follows what an engine's refusals leave behind. A refused CREATE TABLE, or a refused UPDATE, makes every later
// record that reads the table differ from PostgreSQL, and that says nothing new: such a record counts as refused for
// the same reason. Without that one refusal would bury a file in failures, and hide the real ones.
type taint struct {
	code map[string]string // name of a table, view or type to the code of the refusal
}

// refused notes that a statement which should have succeeded did not run.
func (t *taint) refused(sql, code string) {
	for _, name := range append(parents(sql), target(sql)) {
		if name == "" {
			continue
		}
		if t.code == nil {
			t.code = map[string]string{}
		}
		t.code[name] = code
	}
}

// parents are the tables that a statement makes its table inherit from: they show its rows too.
func parents(sql string) []string {
	tokens, _ := scan(sql)
	at := slices.IndexFunc(tokens, func(t token) bool { return t.is("inherits") || t.is("inherit") })
	if at < 0 || !tokens[0].is("create") && !tokens[0].is("alter") {
		return nil
	}
	var names []string
	for _, t := range tokens[at+1:] {
		if name, ok := t.name(); ok {
			names = append(names, strings.ToLower(name))
		}
	}
	return names
}

// reaches returns the code of the refusal that a record depends on, "" when there is none. A statement that depends on
// one taints what it writes, and a DROP ends the taint of its object.
func (t *taint) reaches(sql string) string {
	name, ok := mentions(sql, t.code)
	if !ok {
		return ""
	}
	code := t.code[name]
	if tokens, _ := scan(sql); tokens[0].is("drop") {
		delete(t.code, target(sql))
	} else {
		t.refused(sql, code)
	}
	return code
}
