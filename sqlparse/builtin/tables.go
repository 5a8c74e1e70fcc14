package builtin

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// OID identifies a type, function or operator as in PostgreSQL's catalogs. 0 is none.
type OID uint32

// Type is a row of pg_type.
type Type struct {
	OID       OID
	Name      string // internal name: int4
	Category  byte   // typcategory: N numeric, S string, P pseudo, ...
	Preferred bool
	Kind      byte // b base, p pseudo, e enum, r range, m multirange
	Elem      OID  // element type of a true array
	Array     OID
	Format    string // as format_type prints it: integer
}

// Proc is a row of pg_proc: a function, an aggregate or a window function.
type Proc struct {
	OID        OID
	Name       string
	Kind       byte // f, a, w
	AggKind    byte // n normal, o ordered-set, h hypothetical-set
	Result     OID
	Set        bool
	Strict     bool
	Volatility byte // i, s, v
	Variadic   OID  // element type of the variadic parameter
	Args       []OID
	Src        string   // prosrc of a C function, "" otherwise
	Names      []string // parameter names, when some have defaults
	Defaults   []string // default expressions of the last parameters
	Outs       []OID    // OUT parameters' types
	OutNames   []string
	Body       string // the expression of a function written in SQL
}

// Operator is a row of pg_operator. Left is 0 for a prefix operator.
type Operator struct {
	OID                 OID
	Name                string
	Left, Right, Result OID
	Proc                *Proc
}

// Cast is a row of pg_cast.
type Cast struct {
	Source, Target OID
	Proc           *Proc // nil unless Method is 'f'
	Context        byte  // i implicit, a assignment, e explicit
	Method         byte  // f function, b binary coercible, i input/output
}

// order is a type's default btree operator class.
type order struct {
	less, equal, greater OID
	hash                 bool
}

type tableSet struct {
	types     map[OID]*Type
	typeNames map[string]*Type
	procs     map[string][]*Proc
	procByOID map[OID]*Proc
	operators map[string][]*Operator
	operByOID map[OID]*Operator
	casts     map[[2]OID]*Cast
	orders    map[OID]order
}

//go:embed types.tsv
var typesTSV string

//go:embed procs.tsv
var procsTSV string

//go:embed operators.tsv
var operatorsTSV string

//go:embed casts.tsv
var castsTSV string

//go:embed orders.tsv
var ordersTSV string

var tables = sync.OnceValue(load)

// load parses the embedded tables, about 4,000 rows.
func load() *tableSet {
	t := &tableSet{
		types: map[OID]*Type{}, typeNames: map[string]*Type{}, procs: map[string][]*Proc{}, procByOID: map[OID]*Proc{},
		operators: map[string][]*Operator{}, operByOID: map[OID]*Operator{}, casts: map[[2]OID]*Cast{}, orders: map[OID]order{},
	}
	eachRow(typesTSV, func(c []string) {
		y := &Type{
			OID: oid(c[0]), Name: c[1], Category: c[2][0], Preferred: c[3] == "t", Kind: c[4][0], Elem: oid(c[5]), Array: oid(c[6]),
			Format: c[7],
		}
		t.types[y.OID], t.typeNames[y.Name] = y, y
	})
	eachRow(procsTSV, func(c []string) {
		p := &Proc{
			OID: oid(c[0]), Name: c[1], Kind: c[2][0], Result: oid(c[4]), Set: c[5] == "t", Strict: c[6] == "t", Volatility: c[7][0],
			Variadic: oid(c[8]), Args: oids(c[9]), Src: c[10], Names: list(c[11], ","), Defaults: list(c[12], "|"),
			Outs: oids(c[13]), OutNames: list(c[14], ","), Body: c[15],
		}
		if c[3] != "" {
			p.AggKind = c[3][0]
		}
		t.procs[p.Name] = append(t.procs[p.Name], p)
		t.procByOID[p.OID] = p
	})
	eachRow(operatorsTSV, func(c []string) {
		o := &Operator{OID: oid(c[0]), Name: c[1], Left: oid(c[2]), Right: oid(c[3]), Result: oid(c[4]), Proc: t.procByOID[oid(c[5])]}
		t.operators[o.Name] = append(t.operators[o.Name], o)
		t.operByOID[o.OID] = o
	})
	eachRow(castsTSV, func(c []string) {
		k := &Cast{Source: oid(c[0]), Target: oid(c[1]), Proc: t.procByOID[oid(c[2])], Context: c[3][0], Method: c[4][0]}
		t.casts[[2]OID{k.Source, k.Target}] = k
	})
	eachRow(ordersTSV, func(c []string) {
		t.orders[oid(c[0])] = order{less: oid(c[1]), equal: oid(c[2]), greater: oid(c[3]), hash: c[4] == "t"}
	})
	return t
}

func eachRow(tsv string, f func(cells []string)) {
	for line := range strings.Lines(tsv) {
		if !strings.HasPrefix(line, "#") {
			f(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		}
	}
}

// oid parses a cell that gen wrote; an empty one is 0.
func oid(cell string) OID {
	if cell == "" {
		return 0
	}
	n, err := strconv.ParseUint(cell, 10, 32)
	if err != nil {
		panic("builtin: the embedded tables are damaged: " + err.Error())
	}
	return OID(n)
}

func list(cell, sep string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, sep)
}

func oids(cell string) []OID {
	var out []OID
	for _, c := range list(cell, ",") {
		out = append(out, oid(c))
	}
	return out
}
