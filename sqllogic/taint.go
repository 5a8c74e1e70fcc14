package sqllogic

// taint follows what an engine's refusals leave behind. A refused CREATE TABLE, or a refused UPDATE, makes every later
// record that reads the table differ from PostgreSQL, and that says nothing new: such a record counts as refused for
// the same reason. Without that one refusal would bury a file in failures, and hide the real ones.
type taint struct {
	code map[string]string // name of a table, view or type to the code of the refusal
}

// refused notes that a statement which should have succeeded did not run.
func (t *taint) refused(sql, code string) {
	if name := target(sql); name != "" {
		if t.code == nil {
			t.code = map[string]string{}
		}
		t.code[name] = code
	}
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
