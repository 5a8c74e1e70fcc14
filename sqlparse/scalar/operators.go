package scalar

import "strings"

// Comparison is one of the six comparison operators.
type Comparison uint8

// The comparisons; NotComparison is the zero value.
const (
	NotComparison Comparison = iota
	EQ
	NE
	LT
	LE
	GT
	GE
)

var comparisonOps = map[string]Comparison{"=": EQ, "<>": NE, "<": LT, "<=": LE, ">": GT, ">=": GE}

var comparisonNames = [...]string{EQ: "=", NE: "<>", LT: "<", LE: "<=", GT: ">", GE: ">="}

var comparisonSuffixes = [...]string{EQ: "eq", NE: "ne", LT: "lt", LE: "le", GT: "gt", GE: "ge"}

var negated = [...]Comparison{EQ: NE, NE: EQ, LT: GE, LE: GT, GT: LE, GE: LT}

var commuted = [...]Comparison{EQ: EQ, NE: NE, LT: GT, LE: GE, GT: LT, GE: LE}

// ComparisonOf tells which comparison f is. PostgreSQL names its comparison procedures by operand types followed by
// eq, ne, lt, le, gt or ge (int48lt, numeric_ge), or with the suffix between two type names (date_lt_timestamp); a
// function whose name does not have that form is not a comparison, whatever it is called in SQL.
func ComparisonOf(f *Func) Comparison {
	op, ok := comparisonOps[f.Name]
	if !ok {
		if f.Name != "!=" {
			return NotComparison
		}
		op = NE
	}
	if strings.HasSuffix(f.Proc, comparisonSuffixes[op]) || strings.Contains(f.Proc, "_"+comparisonSuffixes[op]+"_") {
		return op
	}
	return NotComparison
}

func withComparison(f *Func, op Comparison, proc string) *Func {
	g := *f
	g.Name, g.Proc = comparisonNames[op], proc
	return &g
}

// Negator is the comparison that is true where f is false and unknown where f is unknown. All of PostgreSQL's orders
// are total (NaN included), so each comparison has one.
func Negator(f *Func) (*Func, bool) {
	op := ComparisonOf(f)
	if op == NotComparison {
		return nil, false
	}
	return withComparison(f, negated[op], replaceOp(f.Proc, op, negated[op])), true
}

// Commutator is the comparison g with g(b, a) = f(a, b).
func Commutator(f *Func) (*Func, bool) {
	op := ComparisonOf(f)
	if op == NotComparison {
		return nil, false
	}
	to := commuted[op]
	// Cross-type procedures name both operand types, which change places.
	mid := "_" + comparisonSuffixes[op] + "_"
	if l, r, ok := strings.Cut(f.Proc, mid); ok {
		return withComparison(f, to, r+"_"+comparisonSuffixes[to]+"_"+l), true
	}
	proc := replaceOp(f.Proc, op, to)
	for _, p := range [...]string{"int", "float"} {
		rest, ok := strings.CutPrefix(proc, p)
		if ok && len(rest) == 4 && rest[0] >= '0' && rest[0] <= '9' && rest[1] >= '0' && rest[1] <= '9' {
			proc = p + string(rest[1]) + string(rest[0]) + rest[2:]
		}
	}
	return withComparison(f, to, proc), true
}

func replaceOp(proc string, from, to Comparison) string {
	if p, ok := strings.CutSuffix(proc, comparisonSuffixes[from]); ok {
		return p + comparisonSuffixes[to]
	}
	return strings.Replace(proc, "_"+comparisonSuffixes[from]+"_", "_"+comparisonSuffixes[to]+"_", 1)
}

// Conjuncts lists the conjuncts of a condition, nested conjunctions flattened; nil has none.
func Conjuncts(e Expr) []Expr {
	if e == nil {
		return nil
	}
	a, ok := e.(*And)
	if !ok {
		return []Expr{e}
	}
	var out []Expr
	for _, x := range a.Args {
		out = append(out, Conjuncts(x)...)
	}
	return out
}

// Conjunction is the And of the conditions in that order, nil for none.
func Conjunction(list ...Expr) Expr {
	var flat []Expr
	for _, e := range list {
		flat = append(flat, Conjuncts(e)...)
	}
	if len(flat) == 0 {
		return nil
	}
	return &And{Node: Node{Typ: flat[0].Type()}, Args: flat}
}
