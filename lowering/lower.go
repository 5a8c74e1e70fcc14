package lowering

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Strategy says what is maintained.
type Strategy string

// The strategies. Both extremes answer every statement.
const (
	Auto     Strategy = "auto"
	Maintain Strategy = "maintain" // the parameter-free part of every query is kept materialised
	Read     Strategy = "read"     // only base rows and their indexes are kept
)

// Options of lowering.
type Options struct {
	Strategy  Strategy
	AllowScan bool
	// GeneratedRows is the number of rows that recursion and generate_series may make in one call; 0 is DefaultGeneratedRows.
	GeneratedRows int64
	// Rows are the expected sizes of tables.
	Rows map[string]float64
	// Widths are the expected lengths in bytes of tables' columns whose types have no fixed one.
	Widths map[string]map[string]float64
	// Values are the expected numbers of different values of tables' columns.
	Values map[string]map[string]float64
	// Rates are the expected calls per second of statements.
	Rates map[string]float64
	// Hot names tables' columns that live apart from the rest of the row. A table without an entry has those apart that cost
	// less so.
	Hot map[string][]string
}

// defaultRows is assumed of a table whose size is not declared.
const defaultRows = 10000

// Module is a lowered program: one script for each statement, and the structures they share.
type Module struct {
	Programs   []*phys.Program
	Structures []*phys.Structure
	// Loads has for each table whose rows are stored a program that inserts one row, all columns given as parameters, without
	// checks: hydration runs it.
	Loads map[string]*phys.Program
	// Needs has for each table the positions of the columns that some structure depends on.
	Needs map[string][]int
	// Positions has for each sequence that a program uses one that moves it to where the source of truth has it, at least.
	Positions map[string]*phys.Program
	// Views are the maintained relations.
	Views []View
}

// View is a maintained relation, as explain prints it.
type View struct {
	Name  string
	Table *catalog.Table
	Def   string
	Why   []string
	Of    []string // the base tables that it is computed from, sorted
}

// module is the state of one run.
type module struct {
	cat       *catalog.Catalog
	opts      Options
	relations map[*catalog.Table]*relation
	order     []*relation
	// sequences are the structures of those that some program uses; observed are those of which currval asks.
	sequences map[*catalog.Sequence]*phys.Structure
	observed  map[*catalog.Sequence]bool
	// given are the columns with sequences that some statement gives values of another origin, and set the sequences that some moves.
	given map[*catalog.Column]bool
	set   map[*catalog.Sequence]bool
	views []*view
	diags diag.List
	// hot are the columns of tables that live apart.
	hot map[*catalog.Table][]int
	// changes are the sets of columns that updates of a relation's rows change.
	changes map[*relation][]map[int]bool
	// loadOrder has the tables' places in hydration.
	loadOrder map[string]int
}

// Lower chooses structures and writes the programs of all statements.
func Lower(cat *catalog.Catalog, stmts []*algebra.Statement, opts Options) (*Module, diag.List) {
	if opts.Strategy == "" {
		opts.Strategy = Auto
	}
	hot := map[*catalog.Table][]int{}
	for _, t := range cat.Tables {
		for i, c := range t.Columns {
			if slices.Contains(opts.Hot[t.Name], c.Name) && len(t.PrimaryKey) > 0 && !contains(t.PrimaryKey, i) {
				hot[t] = append(hot[t], i)
			}
		}
	}
	m := &module{cat: cat, opts: opts, hot: hot}
	out := m.lower(stmts)
	for _, c := range m.candidates() {
		apart := maps.Clone(m.hot)
		apart[c.table] = c.cols
		other := &module{cat: cat, opts: opts, hot: apart}
		if alt := other.lower(stmts); other.expected(alt, stmts) < worthApart*m.expected(out, stmts) {
			m, out = other, alt
		}
	}
	return out, m.diags
}

// lower writes all programs with the columns apart that m.hot says.
func (m *module) lower(stmts []*algebra.Statement) *Module {
	cat := m.cat
	m.relations = map[*catalog.Table]*relation{}
	m.sequences, m.observed = map[*catalog.Sequence]*phys.Structure{}, map[*catalog.Sequence]bool{}
	m.given, m.set = map[*catalog.Column]bool{}, map[*catalog.Sequence]bool{}
	m.changes = map[*relation][]map[int]bool{} // a query may call a function that writes
	for _, t := range cat.Tables {
		m.relationOf(t)
	}
	stmts = m.maintain(stmts)
	// Reads first: a write uses what they ask for before it asks for structures of its own.
	for _, s := range stmts {
		if _, ok := s.Body.(*algebra.Query); ok {
			m.statement(s)
		}
	}
	for round := 0; ; round++ {
		if round > 0 {
			for _, r := range m.order {
				r.share()
			}
		}
		before := m.signature()
		m.diags, m.changes = nil, map[*relation][]map[int]bool{}
		out := &Module{Loads: map[string]*phys.Program{}, Positions: map[string]*phys.Program{}}
		var gens []*gen
		for _, s := range stmts {
			before := len(m.diags)
			g := m.statement(s)
			gens = append(gens, g)
			out.Programs = append(out.Programs, g.prog)
			for i := before; i < len(m.diags); i++ {
				m.diags[i] = m.diags[i].In(s.Span)
			}
		}
		for _, t := range cat.Tables {
			if rel := m.relationOf(t); len(rel.indexes) > 0 || len(m.viewsOf(rel)) > 0 || m.drawnBy(t) {
				out.Loads[t.Name] = m.load(rel)
			}
		}
		for _, q := range m.cat.Sequences {
			if m.sequences[q] != nil {
				out.Positions[q.Name] = m.position(q)
			}
		}
		for _, r := range m.order {
			for _, x := range r.indexes {
				x.freeze()
			}
		}
		if m.signature() == before && round > 0 {
			for _, g := range gens { // now that structures are what they will be
				g.improve()
			}
			m.finish(out, stmts)
			return out
		}
	}
}

// signature changes whenever a structure is added or grows.
func (m *module) signature() string {
	n, cols := 0, 0
	for _, r := range m.order {
		n += len(r.indexes)
		for _, x := range r.indexes {
			cols += len(x.payload)
		}
	}
	return fmt.Sprint(n, cols, len(m.sequences), len(m.observed), len(m.given), len(m.set))
}

func (m *module) relationOf(t *catalog.Table) *relation {
	if r := m.relations[t]; r != nil {
		return r
	}
	rows, ok := m.opts.Rows[t.Name]
	if !ok {
		rows = defaultRows
	}
	r := newRelation(t, false, "", rows)
	m.noteValues(r)
	for i := range r.cols {
		r.cols[i].Width = m.opts.Widths[t.Name][r.cols[i].Name]
	}
	r.hot = m.hot[t]
	m.relations[t] = r
	m.order = append(m.order, r)
	return r
}

// statement writes one statement's program.
func (m *module) statement(s *algebra.Statement) *gen {
	return m.written(s, map[string]bool{})
}

// written writes a statement's program. Relations in apart are not shared.
func (m *module) written(s *algebra.Statement, apart map[string]bool) *gen {
	g := newGen(m, s.Name, s.SQL, copyColumns(s.Columns), s.Params)
	g.pos, g.scans = s.Span, m.scans(s)
	switch b := s.Body.(type) {
	case *algebra.Query:
		g.query(b, apart)
		if alone := g.alone(); len(alone) > 0 {
			for _, text := range alone {
				apart[text] = true
			}
			return m.written(s, apart)
		}
	case *algebra.Routine:
		g.routine(b)
	default:
		g.constants(algebra.ConstantsOf(b))
		g.write(b)
	}
	g.keyed()
	return g
}

// improve runs the passes over a program's instructions, and says whether its writes must be taken back.
func (g *gen) improve() {
	p := g.prog
	p.Body = first(g.settle(thread(p.Body)))
	g.decided()
	g.hoist()
	reuse(p)
	g.decided()
	counted(p)
	delay(p)
	if op := needsUndo(p); op != nil {
		p.Undo, p.UndoFor, p.Final = true, phys.FormatOp(p, op), finalWrites(p.Body)
	}
}

// copyColumns keeps the columns that a round adds, and the nullability it finds out, out of the next round.
func copyColumns(c *scalar.Columns) *scalar.Columns {
	return &scalar.Columns{Infos: append([]scalar.ColumnInfo(nil), c.Infos...)}
}

// loadedBefore reports whether hydration is through with one table when it comes to the other.
func (m *module) loadedBefore(table, other string) bool {
	if m.loadOrder == nil {
		m.loadOrder = map[string]int{}
		for i, t := range m.cat.ParentsFirst() {
			m.loadOrder[t.Name] = i
		}
	}
	return m.loadOrder[table] < m.loadOrder[other]
}

// load writes the program that hydration runs for each row of a table.
func (m *module) load(rel *relation) *phys.Program {
	cols := &scalar.Columns{}
	x := &algebra.Insert{Table: rel.table, Source: &algebra.Values{Rows: [][]scalar.Expr{{}}}}
	var params []bound.Param
	for i, c := range rel.table.Columns {
		nullable := !c.NotNull && !contains(rel.table.PrimaryKey, i)
		params = append(params, bound.Param{Number: i + 1, Name: c.Name, Type: c.Type, Nullable: nullable})
		x.Assign = append(x.Assign, &scalar.Param{Node: scalar.Node{Typ: c.Type}, Number: i + 1})
		x.New = append(x.New, cols.New(c.Name, c.Type, nullable))
	}
	g := newGen(m, loaderName(rel.table.Name), "INSERT INTO "+rel.table.Name+" a row of the source of truth", cols, params)
	g.loading = true
	g.insert(x, true)
	g.raiseSequences(rel, x.Assign)
	g.keyed()
	return g.prog
}

// finish numbers what is left to say about the module: structures in a stable order, certificates, refused scans.
func (m *module) finish(out *Module, stmts []*algebra.Statement) {
	byPrint := map[string]*phys.Structure{}
	add := func(s *phys.Structure, at string) {
		if old := byPrint[s.Fingerprint]; old != nil && old != s {
			m.diags = append(m.diags, diag.Diagnostic{
				Code: "PQ0501", Severity: diag.Error,
				Problem: fmt.Sprintf("structures %s and %s have the same fingerprint", old.Name, at), Help: "rename a column",
			})
		}
		byPrint[s.Fingerprint] = s
		out.Structures = append(out.Structures, s)
	}
	for _, r := range m.order {
		for _, x := range r.indexes {
			add(x.s, x.s.Name)
		}
		if r.ids != nil {
			add(r.ids, r.ids.Name)
		}
	}
	for _, q := range m.cat.Sequences {
		if s := m.sequences[q]; s != nil {
			add(s, s.Name)
		}
	}
	sort.Slice(out.Structures, func(i, j int) bool {
		a, b := out.Structures[i], out.Structures[j]
		return a.Name < b.Name || a.Name == b.Name && a.Fingerprint < b.Fingerprint
	})
	for i, s := range out.Structures {
		sort.Strings(s.Why)
		if i > 0 && s.Name == out.Structures[i-1].Name { // columns' names with _ in them
			s.Name += "_" + s.Fingerprint
		}
	}
	for _, v := range m.views {
		out.Views = append(out.Views, View{Name: v.Table.Name, Table: v.Table, Def: v.Canonical, Why: v.Why, Of: m.tablesOf(v)})
	}
	out.Needs = m.needs()
	for i, p := range out.Programs {
		m.certify(p)
		if p.Bound.Class == phys.ScanCls && !m.opts.AllowScan && !stmts[i].Options.AllowScan && p.ReadOnly {
			m.diags = append(m.diags, diag.Diagnostic{
				Code: "PQ0107", Severity: diag.Error, Span: stmts[i].Span,
				Problem: fmt.Sprintf("%s reads a whole table: %s rows a call", p.Name, p.Bound.Rows),
				Help:    "bind an indexed column with = or a range, add a LIMIT, or allow it with: -- prequel: allow scan",
			})
		}
	}
	for _, name := range sortedKeys(out.Loads) {
		m.certify(out.Loads[name])
	}
	for _, name := range sortedKeys(out.Positions) {
		m.certify(out.Positions[name])
	}
}

func sortedKeys(m map[string]*phys.Program) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }

// loaderName is an identifier for the program that loads a table's rows.
func loaderName(table string) string {
	plain := true
	name := []byte("load_" + table)
	for i, c := range name {
		if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			name[i], plain = '_', false
		}
	}
	if !plain {
		sum := sha256.Sum256([]byte(table))
		return fmt.Sprintf("%s_%x", name, sum[:4])
	}
	return string(name)
}
