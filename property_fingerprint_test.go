package prequel_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// pieces splits a file of statements into its declarations, comments with the statement that follows them.
func pieces(text string) []string {
	var out []string
	for _, p := range regexp.MustCompile(`;[ \t]*\n`).Split(text+"\n", -1) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p+";\n")
		}
	}
	return out
}

// withQueries compiles a program with other statements.
func (p propertyProgram) withQueries(t testing.TB, strategy prequel.Strategy, queries ...string) *prequel.Compiled {
	t.Helper()
	p.queries = strings.Join(queries, "\n")
	return p.compile(t, strategy)
}

// structureID is what a structure is, whatever columns its rows hold.
func structureID(s *phys.Structure) string {
	var b strings.Builder
	fmt.Fprint(&b, s.Relation, " ", s.Kind, " ", s.Bucket)
	for _, c := range s.Partition {
		fmt.Fprint(&b, " /", c.Name)
	}
	for _, c := range s.Field {
		fmt.Fprint(&b, " .", c.Name)
	}
	for _, c := range s.Order {
		fmt.Fprint(&b, " <", c.Name, c.Desc, c.NullsFirst)
	}
	return b.String()
}

// programOf is the program of a statement, nil when it has none.
func programOf(c *prequel.Compiled, name string) *phys.Program {
	for _, f := range c.Functions {
		if f.Program.Name == name {
			return f.Program
		}
	}
	return nil
}

var statementName = regexp.MustCompile(`-- name: (\w+)`)

func nameOf(t testing.TB, query string) string {
	t.Helper()
	m := statementName.FindStringSubmatch(query)
	if m == nil {
		t.Fatalf("no name: %s", query)
	}
	return m[1]
}

// TestFingerprintsAreLocal: a statement that is added, taken away or changed changes the keys of structures that it uses, and no
// other's; scripts of statements that use none of those stay as they are, to the byte.
func TestFingerprintsAreLocal(t *testing.T) {
	p := wideProgram(t)
	queries := pieces(p.queries)
	for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
		t.Run(string(strategy), func(t *testing.T) {
			all := p.compile(t, strategy)
			for i, q := range queries {
				if stride := map[prequel.Strategy]int{prequel.Read: 3, prequel.Maintain: 5}[strategy]; i%stride != 0 {
					continue // for time's sake
				}
				name := nameOf(t, q)
				without := p.withQueries(t, strategy, slices.Concat(queries[:i:i], queries[i+1:])...)
				changedLocally(t, name, without, all, programOf(all, name))
			}
			for name, edit := range map[string]func(string) string{
				"LatestPurchases": func(q string) string { return strings.Replace(q, "placed DESC", "placed ASC", 1) },
				"CityMembers":     func(q string) string { return strings.Replace(q, "points DESC", "name", 1) },
				"Grades":          func(q string) string { return strings.Replace(q, "sum(points)", "max(points)", 1) },
				"Basket":          func(q string) string { return strings.Replace(q, "p.units", "p.units, p.note", 1) },
				"Products":        func(q string) string { return strings.Replace(q, "DISTINCT product", "DISTINCT product, units", 1) },
				"SetPoints":       func(q string) string { return strings.Replace(q, "points = $2", "points = $2 + 1", 1) },
			} {
				i := slices.IndexFunc(queries, func(q string) bool { return nameOf(t, q) == name })
				edited := slices.Clone(queries)
				if edited[i] = edit(edited[i]); edited[i] == queries[i] {
					t.Fatalf("%s is not changed", name)
				}
				changed := p.withQueries(t, strategy, edited...)
				without := p.withQueries(t, strategy, slices.Concat(queries[:i:i], queries[i+1:])...)
				// What both versions have beyond the program without the statement is theirs; the rest is the same.
				changedLocally(t, name, without, changed, programOf(changed, name))
			}
		})
	}
}

// changedLocally checks that what a program has otherwise than the program without one statement belongs to that statement: its
// own structures, and columns that others had to take up because its own hold them. The latter are in structures where writes
// find their rows, which must give all that the table's structures hold of a row.
func changedLocally(t *testing.T, name string, without, with *prequel.Compiled, added *phys.Program) {
	t.Helper()
	own := map[string]bool{}     // structures that the statement uses
	columns := map[string]bool{} // and columns that these hold
	for _, s := range added.Structures {
		own[structureID(s)] = true
		for _, c := range columnsOf(s) {
			columns[s.Relation+"."+c] = true
		}
	}
	before := map[string]*phys.Structure{}
	for _, s := range without.Module.Structures {
		before[structureID(s)] = s
	}
	moved := map[string]bool{} // fingerprints that are new
	for _, s := range with.Module.Structures {
		old := before[structureID(s)]
		if old != nil && old.Fingerprint == s.Fingerprint {
			continue
		}
		moved[s.Fingerprint] = true
		if old == nil || own[structureID(s)] || left(without, with, structureID(s), own) {
			continue
		}
		for _, c := range columnsOf(s) {
			if !slices.Contains(columnsOf(old), c) && !columns[s.Relation+"."+c] && !maintains(with, added, s) {
				t.Errorf("%s changes the fingerprint of %s, which it does not use: column %s", name, s.Name, c)
			}
		}
		if !findsRowsToWrite(with, s) {
			t.Errorf("%s changes the fingerprint of %s, which it does not use, and where no write finds rows", name, s.Name)
		}
	}
	for _, f := range with.Functions {
		old := programOf(without, f.Program.Name)
		if f.Program == added || old == nil || slices.ContainsFunc(f.Program.Structures, func(s *phys.Structure) bool { return moved[s.Fingerprint] }) {
			continue
		}
		if sameStructures(old, f.Program) && scriptText(with, f.Program.Name) != scriptText(without, f.Program.Name) {
			t.Errorf("%s changes the script of %s, which has no structure of it", name, f.Program.Name)
		}
	}
}

// left reports whether another statement reads a structure no more, since one of the added statement's serves for it: the columns that it
// needs went there.
func left(without, with *prequel.Compiled, id string, own map[string]bool) bool {
	uses := func(p *phys.Program, is func(string) bool) bool {
		return slices.ContainsFunc(p.Structures, func(s *phys.Structure) bool { return is(structureID(s)) })
	}
	same := func(other string) bool { return other == id }
	return slices.ContainsFunc(with.Functions, func(f prequel.Function) bool {
		old := programOf(without, f.Program.Name)
		return old != nil && uses(old, same) && !uses(f.Program, same) && uses(f.Program, func(other string) bool { return own[other] })
	})
}

// columnsOf are the columns that a structure holds.
func columnsOf(s *phys.Structure) []string {
	var out []string
	for _, c := range slices.Concat(s.Partition, s.Field, s.Payload) {
		out = append(out, c.Name)
	}
	for _, c := range s.Order {
		out = append(out, c.Name)
	}
	return out
}

// findsRowsToWrite reports whether a statement that changes rows reads a structure.
func findsRowsToWrite(c *prequel.Compiled, s *phys.Structure) bool {
	return slices.ContainsFunc(c.Module.Programs, func(p *phys.Program) bool {
		found := false
		keys := map[phys.Reg]*phys.Structure{}
		phys.Walk(p.Body, func(op phys.Op) bool {
			switch op := op.(type) {
			case *phys.MakeKey:
				keys[op.Dst] = op.Of
			case *phys.ZRange:
				found = found || keys[op.Key] == s
			case *phys.HGet:
				found = found || keys[op.Key] == s
			case *phys.HVals:
				found = found || keys[op.Key] == s
			}
			return true
		})
		return found && !p.ReadOnly
	})
}

// maintains reports whether a structure serves writes that keep a view which the statement reads: it is read to find what a
// changed row means for the view.
func maintains(c *prequel.Compiled, reader *phys.Program, s *phys.Structure) bool {
	views := map[string]bool{}
	for _, u := range reader.Structures {
		views[u.Relation] = true
	}
	for _, v := range c.Module.Views {
		if views[v.Name] && strings.Contains(v.Def, s.Relation) {
			return true
		}
	}
	return false
}

// sameStructures reports whether two programs use the same structures.
func sameStructures(a, b *phys.Program) bool {
	return slices.EqualFunc(a.Structures, b.Structures, func(s, u *phys.Structure) bool { return s.Fingerprint == u.Fingerprint })
}

// scriptText is how a statement is sent, without what names the whole program.
func scriptText(c *prequel.Compiled, name string) string {
	for i := range c.Manifest.Functions {
		if f := &c.Manifest.Functions[i]; f.Name == name {
			if f.Script != nil {
				return f.Script.Source
			}
			text, err := json.Marshal(f.Commands)
			if err != nil {
				return err.Error()
			}
			return string(text)
		}
	}
	return ""
}

// TestFingerprintsIgnoreOrder: the order of declarations, of files and of statements in them, changes no key and no script.
func TestFingerprintsIgnoreOrder(t *testing.T) {
	p := wideProgram(t)
	queries, tables := pieces(p.queries), pieces(p.schema)
	// Types stand before the tables that use them, views behind theirs.
	first := slices.IndexFunc(tables, func(s string) bool { return strings.Contains(s, "CREATE TABLE") })
	last := slices.IndexFunc(tables, func(s string) bool { return strings.Contains(s, "CREATE VIEW") })
	for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto} {
		t.Run(string(strategy), func(t *testing.T) {
			want := p.compile(t, strategy)
			for seed := range 5 {
				r := rand.New(rand.NewPCG(uint64(seed), 0))
				mixed, ddl := slices.Clone(queries), slices.Clone(tables)
				r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
				middle := ddl[first:last]
				r.Shuffle(len(middle), func(i, j int) { middle[i], middle[j] = middle[j], middle[i] })
				cfg := prequel.Config{
					Schema:   []*diag.Source{{Name: "schema.sql", Text: strings.Join(ddl, "")}},
					Queries:  []*diag.Source{{Name: "a.sql", Text: strings.Join(mixed[:7], "")}, {Name: "b.sql", Text: strings.Join(mixed[7:], "")}},
					Strategy: strategy,
				}
				got := mustCompile(t, cfg)
				if a, b := structureLines(want), structureLines(got); !slices.Equal(a, b) {
					t.Fatalf("seed %d: structures in one order:\n%s\nin another:\n%s", seed, only(a, b), only(b, a))
				}
				for _, f := range want.Functions {
					if name := f.Program.Name; scriptText(want, name) != scriptText(got, name) {
						t.Errorf("seed %d: the script of %s depends on the order of declarations:\n%s\n%s", seed, name, scriptText(want, name), scriptText(got, name))
					}
				}
				if got.Manifest.Program != want.Manifest.Program {
					t.Errorf("seed %d: the program's fingerprint depends on the order of declarations", seed)
				}
			}
		})
	}
}

func structureLines(c *prequel.Compiled) []string {
	var out []string
	for _, s := range c.Module.Structures {
		out = append(out, s.Fingerprint+" "+phys.Summary(s))
	}
	slices.Sort(out)
	return out
}

// only lists the lines of a that b has not.
func only(a, b []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) }), "\n")
}

// TestStructureNames: the name of a structure is that of one structure.
func TestStructureNames(t *testing.T) {
	for _, p := range propertyPrograms(t) {
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
			seen := map[string]bool{}
			for _, s := range p.compile(t, strategy).Manifest.Structures {
				if seen[s.Name] {
					t.Errorf("%s, %s: two structures have the name %s", p.name, strategy, s.Name)
				}
				seen[s.Name] = true
			}
		}
	}
}

// TestCompileIsRepeatable: the same input gives the same bytes.
func TestCompileIsRepeatable(t *testing.T) {
	for _, p := range propertyPrograms(t) {
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto} {
			var first []byte
			var explained string
			for range 4 {
				c := p.compile(t, strategy)
				text, err := c.Manifest.Encode()
				if err != nil {
					t.Fatal(err)
				}
				all, err := prequel.Explain(c, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first, explained = text, all
				}
				if string(text) != string(first) {
					t.Fatalf("%s, %s: two manifests of one program differ", p.name, strategy)
				}
				if all != explained {
					t.Fatalf("%s, %s: two explanations of one program differ", p.name, strategy)
				}
			}
		}
	}
}

// TestNeverAnEmptyAnswer: on a store that is empty, was flushed, or holds another program every statement, native ones among
// them, returns the typed error and changes nothing.
func TestNeverAnEmptyAnswer(t *testing.T) {
	p := wideProgram(t)
	m := p.compile(t, prequel.Auto).Manifest
	queries := pieces(p.queries)
	other := p.withQueries(t, prequel.Auto, queries[1:]...).Manifest
	for _, e := range append(packagings(testdb.Redis(t)), engineOf{"embedded", "embedded"}) {
		t.Run(e.name, func(t *testing.T) {
			db := openStore(t, e.url, m)
			random := newCaller(4, 4, m)
			expect := func(situation string, want error) {
				t.Helper()
				before := takeSnapshot(t, db)
				for range 2 {
					for _, fn := range declared(m) {
						c := random.call(fn)
						for i, a := range c.args { // a NULL may be answered by the client
							if a.IsNull() {
								c.args[i] = random.value(fn.Params[i].Type)
							}
						}
						if _, err := c.run(t.Context(), db); !errors.Is(err, want) {
							t.Errorf("%s, %s: %v, want %v", situation, c, err, want)
						}
					}
				}
				if d := before.difference(takeSnapshot(t, db), m); d != "" {
					t.Errorf("%s: calls changed\n%s", situation, d)
				}
			}
			expect("empty store", runtime.ErrNotHydrated)
			if err := db.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			random.fill(t, db, 50)
			if err := db.Redis().FlushDB(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			expect("flushed store", runtime.ErrNotHydrated)
			if err := db.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			random.fill(t, db, 50)
			if e.name == "embedded" {
				return // its store has one client
			}
			freshStore(t, e.url, other)
			expect("store of another program", runtime.ErrStaleProgram)
		})
	}
}
