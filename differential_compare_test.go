package prequel_test

import (
	"fmt"
	"slices"
	"strings"
)

// difference compares what a statement gave in PostgreSQL and elsewhere; "" when both agree.
func difference(s *statement, types []string, want, got outcome) string {
	if want.state != "" || got.state != "" {
		// Which of several rows' or operands' errors comes first is PostgreSQL's own choice.
		bothData := badValue(want.state) && badValue(got.state)
		if s.several() {
			bothData = refused(want.state) && refused(got.state)
		}
		if want.state != got.state && !bothData {
			return fmt.Sprintf("PostgreSQL: %s; got: %s", showState(want), showState(got))
		}
		return ""
	}
	if s.write != nil && want.affected != got.affected {
		return fmt.Sprintf("PostgreSQL: %d rows affected; got: %d", want.affected, got.affected)
	}
	vague := s.query != nil && s.query.vague() || s.call != nil && s.call.of.vague()
	wantRows, gotRows := lines(want.rows, types, vague), lines(got.rows, types, vague)
	// Values that are equal but print differently, 0 and -0 or 1.0 and 1.00, are peers: any order of theirs is right.
	if s.query != nil {
		keys := s.query.orderedOutputs()
		if s.query.total() {
			keys = nil
			for i := range types {
				keys = append(keys, i)
			}
		}
		if len(keys) > 0 {
			a, b := lines(project(want.rows, keys), at(types, keys), true), lines(project(got.rows, keys), at(types, keys), true)
			if !slices.Equal(a, b) {
				return "order: " + rowsDiffer(a, b)
			}
		}
	}
	slices.Sort(wantRows)
	slices.Sort(gotRows)
	if !slices.Equal(wantRows, gotRows) {
		return rowsDiffer(wantRows, gotRows)
	}
	return ""
}

// several reports whether errors of several rows can meet.
func (s *statement) several() bool {
	return s.write != nil && s.write.several() || s.query != nil && len(s.query.with) > 0 || s.call != nil && s.call.of.several()
}

// refused reports whether a state is about the data: a value, a constraint, a view's check option, or what a function raises.
func refused(state string) bool {
	return badValue(state) || strings.HasPrefix(state, "23") || state == "44000" || strings.HasPrefix(state, "P0")
}

// badValue reports whether a state is about a value: 0A000 is what NaN and the infinities of numeric give as an integer.
func badValue(state string) bool {
	return strings.HasPrefix(state, "22") || state == "0A000" || state == "21000"
}

func showState(o outcome) string {
	if o.state == "" {
		return fmt.Sprintf("success, %d rows", len(o.rows))
	}
	return o.state + " " + o.message
}

func rowsDiffer(want, got []string) string {
	return fmt.Sprintf("PostgreSQL's rows:\n  %s\ngot:\n  %s", strings.Join(want, "\n  "), strings.Join(got, "\n  "))
}

func project(rows [][]*string, cols []int) [][]*string {
	out := make([][]*string, len(rows))
	for i, row := range rows {
		out[i] = at(row, cols)
	}
	return out
}

func at[T any](list []T, positions []int) []T {
	out := make([]T, len(positions))
	for i, p := range positions {
		out[i] = list[p]
	}
	return out
}

// lines prints rows, a line each.
func lines(rows [][]*string, types []string, vague bool) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		cells := make([]string, len(row))
		for j, v := range row {
			cells[j] = cell(v, types[j], vague)
		}
		out[i] = strings.Join(cells, " | ")
	}
	return out
}

// cell prints a value. Where a value has several representations and grouping may show any, they are made one.
func cell(v *string, typ string, vague bool) string {
	switch {
	case v == nil:
		return "NULL"
	case vague && strings.HasPrefix(typ, "numeric") && strings.Contains(*v, "."):
		return strings.TrimSuffix(strings.TrimRight(*v, "0"), ".")
	case vague && strings.HasPrefix(typ, "numeric"), vague && *v != "-0" && (typ == "real" || typ == "double precision"):
		return *v
	case vague && *v == "-0":
		return "0"
	}
	return fmt.Sprintf("%q", *v)
}
