package lowering

import (
	"fmt"
	"slices"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Columns that statements change on their own (counters, balances, times last seen) may live apart from the rest of the row, in
// cells: a second row map under the same field. Changing them then neither reads nor rewrites the rest. Every row has cells.

// cellsID begins the identity of a relation's cells.
const cellsID = "cells "

// split parts columns into those that live in the row and those that live in cells.
func (r *relation) split(cols []int) (rest, hot []int) {
	for _, c := range cols {
		if contains(r.hot, c) {
			hot = append(hot, c)
		} else {
			rest = append(rest, c)
		}
	}
	return rest, hot
}

// rowParts asks for the hashes that hold the columns need of rows by unique columns: one, or the row map and the cells, in this
// order, when only both have them all. Cells keep the key's columns that are asked for together with theirs alone.
func (r *relation) rowParts(field, need []int, why string) []*index {
	rest, hot := r.split(need)
	switch {
	case len(hot) == 0 || !sameInts(field, r.key):
		return []*index{r.rowMap(field, need, why)}
	case subset(rest, r.key):
		return []*index{r.hashBy(cellsID, field, need, why)}
	}
	return []*index{r.rowMap(field, rest, why), r.hashBy(cellsID, field, hot, why)}
}

// inParts reports whether a path finds rows of which some columns live apart: those at the given positions and those in set.
func (a *access) inParts(cols []int, set scalar.ColSet) bool {
	if a.kind != accessScan && (a.kind != accessRow || !sameInts(a.eqCols(), a.rel.key)) {
		return false
	}
	for i, id := range a.scan.Cols {
		if id != 0 && set.Has(id) {
			cols = union(cols, []int{i})
		}
	}
	rest, hot := a.rel.split(cols)
	return len(hot) > 0 && !subset(rest, a.rel.key)
}

// cellsOf reads a row's cells by the field of the row itself.
func (g *gen) cellsOf(x *index, field phys.Reg) phys.Reg {
	g.touch(x)
	key, cells := g.reg("key"), g.reg("cells")
	g.emit(&phys.MakeKey{Dst: key, Of: x.s})
	g.emit(&phys.HGet{Dst: cells, Key: key, Field: field})
	return cells
}

// Microseconds a byte of a value that a script reads or writes, and what a function costs more than a command whose reply is
// the answer; docs/benchmarks.md has the measurements.
const (
	costByteRead  = 0.0012
	costByteWrite = 0.0023
	costFunction  = 4
)

// apartWidth is the expected length in bytes of what stays in the row from which columns may live apart: cells take some 60
// bytes a row of their own.
const apartWidth = 128

// worthApart is the part of the time without cells up to which cells are worth their memory.
const worthApart = 0.98

// expected is what the calls of a second take of the server's time, in microseconds, as far as commands and the length of
// values decide it.
func (m *module) expected(out *Module, stmts []*algebra.Statement) float64 {
	sizes := map[string]float64{}
	for _, r := range m.order {
		sizes[r.sizeName()] = r.rows
	}
	total := 0.0
	for i, p := range out.Programs {
		of := map[phys.Reg]*phys.Structure{}
		micros, _ := newCost(func(op phys.Op) charge {
			at := func(key phys.Reg, each float64) cost.Poly {
				return cost.Const(costCommand + each*phys.PackedWidth(of[key].Payload))
			}
			switch x := op.(type) {
			case *phys.MakeKey:
				of[x.Dst] = x.Of
			case *phys.HGet:
				return charge{commands: at(x.Key, costByteRead)}
			case *phys.HSet:
				return charge{commands: at(x.Key, costByteWrite)}
			case *phys.HVals:
				return charge{commands: x.Rows.Mul(at(x.Key, costByteRead))}
			case *phys.HGetAll:
				return charge{commands: x.Rows.Mul(at(x.Key, costByteRead))}
			case *phys.HDel, *phys.ZAdd, *phys.ZRem, *phys.ZRange, *phys.HExists:
				return charge{commands: cost.Const(costCommand)}
			}
			return charge{}
		}).walk(p.Body)
		each := micros.Eval(sizes, defaultGroup)
		if p.Reply.Kind != phys.Packed {
			each += costFunction
		}
		total += m.rate(stmts[i]) * each
	}
	return total
}

// defaultGroup is assumed of the number of rows that share a value.
const defaultGroup = 10

// candidates lists for each table the sets of columns that some statement changes without the rest of a wide row, and what
// all such statements change.
func (m *module) candidates() []hotColumns {
	var out []hotColumns
	for _, r := range m.order {
		x := r.byKey[fmt.Sprint("map ", r.key)]
		if _, said := m.opts.Hot[r.table.Name]; said || r.isView || x == nil {
			continue
		}
		var sets [][]int
		var all []int
		add := func(cols []int) {
			rest := []phys.Col{}
			for _, c := range x.s.Payload {
				if !contains(cols, c.Index) {
					rest = append(rest, c)
				}
			}
			if len(cols) == 0 || phys.PackedWidth(rest) < apartWidth || slices.ContainsFunc(sets, func(s []int) bool { return sameInts(s, cols) }) {
				return
			}
			sets = append(sets, cols)
			all = union(all, cols)
		}
		for _, changed := range m.changes[r] {
			var cols []int
			for _, c := range x.s.Payload {
				if changed[c.Index] && !contains(r.key, c.Index) {
					cols = append(cols, c.Index)
				}
			}
			slices.Sort(cols)
			add(cols)
		}
		add(all)
		for _, s := range sets {
			out = append(out, hotColumns{r.table, s})
		}
	}
	return out
}

// hotColumns are columns of a table that may live apart.
type hotColumns struct {
	table *catalog.Table
	cols  []int
}
