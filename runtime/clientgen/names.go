package clientgen

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
	"unicode"
)

// initialisms are written in capitals. sqlc knows id alone; the others are Go's own custom but would surprise its users.
var initialisms = []string{"id"}

// words splits a name of SQL at everything that is no letter and no digit.
func words(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// exported is a name of SQL as an exported Go name: vehicle_id is VehicleID.
func exported(name string) string { return join(name, initialisms) }

func capitalised(word string) string {
	r := []rune(word)
	if len(r) == 0 {
		return word
	}
	return string(unicode.ToUpper(r[0])) + string(r[1:])
}

// join makes an exported name of the words of a name.
func join(name string, initialisms []string) string {
	var b strings.Builder
	for _, w := range words(name) {
		if slices.Contains(initialisms, strings.ToLower(w)) {
			b.WriteString(strings.ToUpper(w))
		} else {
			b.WriteString(capitalised(w))
		}
	}
	s := b.String()
	if s == "" || !unicode.IsUpper([]rune(s)[0]) {
		s = "X" + s // a digit, or a letter without capitals
	}
	return s
}

// exported is a name of SQL as the options have it in Go.
func (g *generator) exported(name string) string {
	if renamed := g.options.Rename[name]; renamed != "" {
		return renamed
	}
	if g.options.Initialisms != nil {
		return join(name, g.options.Initialisms)
	}
	return exported(name)
}

// modelName is the name of the struct of a table's rows.
func (g *generator) modelName(table string) string {
	if renamed := g.options.Rename[table]; renamed != "" {
		return renamed
	}
	if !g.options.ExactTableNames && !slices.Contains(g.options.KeepPlural, table) {
		table = singular(table)
	}
	return g.exported(table)
}

// local is a name of SQL as a parameter's Go name: vehicle_id is vehicleID.
func (g *generator) local(name string) string { return unexported(g.exported(name)) }

// unexported is an exported Go name as that of something local.
func unexported(s string) string {
	r := []rune(s)
	n := 1
	for n < len(r) && unicode.IsUpper(r[n]) && (n+1 == len(r) || unicode.IsUpper(r[n+1])) {
		n++ // ID is id, IDCard idCard
	}
	s = strings.ToLower(string(r[:n])) + string(r[n:])
	if token.IsKeyword(s) || taken[s] {
		s += "_"
	}
	return s
}

// taken are the names that a generated function uses itself.
var taken = map[string]bool{
	"ctx": true, "q": true, "b": true, "c": true, "err": true, "arg": true, "runtime": true, "value": true, "sqltype": true, "time": true, "json": true, "context": true,
	"string": true, "bool": true, "int16": true, "int32": true, "int64": true, "float32": true, "float64": true, "byte": true,
	"error": true, "nil": true, "true": true, "false": true,
}

// singular is a table's name for one of its rows, in the plain cases: vehicles is vehicle, cities city, boxes box.
func singular(name string) string {
	lower := strings.ToLower(name)
	for _, whole := range []string{"series", "status", "news", "species"} {
		if strings.HasSuffix(lower, whole) {
			return name
		}
	}
	switch {
	case strings.HasSuffix(lower, "ies") && len(name) > 4:
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(lower, "sses"), strings.HasSuffix(lower, "xes"), strings.HasSuffix(lower, "ches"), strings.HasSuffix(lower, "shes"):
		return name[:len(name)-2]
	case strings.HasSuffix(lower, "ss"), strings.HasSuffix(lower, "us"), strings.HasSuffix(lower, "is"):
		return name
	case strings.HasSuffix(lower, "s") && len(name) > 1:
		return name[:len(name)-1]
	}
	return name
}

// A namespace gives out names that are different from each other.
type namespace map[string]bool

// pick returns name, numbered when it was given out before.
func (ns namespace) pick(name string) string {
	unique := name
	for n := 2; ns[unique]; n++ {
		unique = fmt.Sprintf("%s_%d", name, n)
	}
	ns[unique] = true
	return unique
}
