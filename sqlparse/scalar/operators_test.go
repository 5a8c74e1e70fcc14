package scalar_test

import (
	"os"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// operator is a row of PostgreSQL's catalogs: a binary operator and its procedure.
type operator struct{ name, left, right, proc string }

func operators(t *testing.T) []operator {
	t.Helper()
	lines := func(file string) [][]string {
		text, err := os.ReadFile("../builtin/" + file)
		if err != nil {
			t.Fatal(err)
		}
		var out [][]string
		for _, line := range strings.Split(string(text), "\n") {
			if line != "" && line[0] != '#' {
				out = append(out, strings.Split(line, "\t"))
			}
		}
		return out
	}
	procs := map[string]string{}
	for _, c := range lines("procs.tsv") {
		procs[c[0]] = c[10]
	}
	var out []operator
	for _, c := range lines("operators.tsv") {
		out = append(out, operator{name: c[1], left: c[2], right: c[3], proc: procs[c[5]]})
	}
	return out
}

// TestComparisons holds Negator and Commutator against all comparison operators that PostgreSQL has: the names they make must be
// procedures of the operators with the opposite meaning, and with the operand types exchanged.
func TestComparisons(t *testing.T) {
	negated := map[string]string{"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
	commuted := map[string]string{"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
	all := operators(t)
	find := func(name, left, right string) string {
		for _, o := range all {
			if o.name == name && o.left == left && o.right == right {
				return o.proc
			}
		}
		return ""
	}
	checked := 0
	for _, o := range all {
		f := &scalar.Func{Name: o.name, Proc: o.proc, Strict: true}
		// xid has no order, its procedures have irregular names, and no column has the type.
		if scalar.ComparisonOf(f) == scalar.NotComparison || strings.HasPrefix(o.proc, "xid") {
			continue
		}
		if want := find(negated[o.name], o.left, o.right); want != "" {
			if got, ok := scalar.Negator(f); !ok || got.Proc != want || got.Name != negated[o.name] {
				t.Errorf("the negator of %s is %s, not %v", o.proc, want, got)
			}
			checked++
		}
		if want := find(commuted[o.name], o.right, o.left); want != "" {
			if got, ok := scalar.Commutator(f); !ok || got.Proc != want || got.Name != commuted[o.name] {
				t.Errorf("the commutator of %s is %s, not %v", o.proc, want, got)
			}
			checked++
		}
	}
	if checked < 300 {
		t.Errorf("only %d operators were checked", checked)
	}
}

func TestNotComparisons(t *testing.T) {
	for _, f := range []scalar.Func{
		{Name: "+", Proc: "int4pl"},
		{Name: "~~", Proc: "textlike"},
		{Name: "<<", Proc: "int4shl"},
		{Name: "||", Proc: "textcat"},
		{Name: "=", Proc: "int4pl"},
	} {
		if op := scalar.ComparisonOf(&f); op != scalar.NotComparison {
			t.Errorf("%s is taken for a comparison", f.Proc)
		}
	}
}
