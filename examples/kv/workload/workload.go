package workload

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Sizes says how many tenants there are, and how many keys each of them uses.
type Sizes struct{ Tenants, Keys int }

// Array prints as an array of text in PostgreSQL's form.
type Array []string

func (a Array) String() string {
	quoted := make([]string, len(a))
	for i, s := range a {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}

// Call is a random call: a statement's name, and its arguments in the order of its parameters.
func (s Sizes) Call(r *rand.Rand) (name string, args []any) {
	tenant := int64(r.IntN(s.Tenants))
	key := func() string { return fmt.Sprintf("key:%d", r.IntN(s.Keys)) }
	// Few values, so that comparisons succeed; '' is one, and not NULL.
	value := func() string { return []string{"", "a", "b:c", "ä%|~", "12"}[r.IntN(5)] }
	switch r.IntN(16) {
	case 0, 1:
		return "Get", []any{tenant, key()}
	case 2:
		return "Put", []any{tenant, key(), value()}
	case 3:
		return "PutIfAbsent", []any{tenant, key(), value()}
	case 4:
		return "Replace", []any{value(), tenant, key()}
	case 5, 6:
		return "CompareAndSwap", []any{value(), tenant, key(), int64(1 + r.IntN(4))}
	case 7:
		return "Delete", []any{tenant, key()}
	case 8:
		return "DeleteIfEqual", []any{tenant, key(), value()}
	case 9:
		return "MultiGet", []any{tenant, Array{key(), key(), "missing"}}
	case 10:
		keys, values := Array{}, Array{}
		for i := range 1 + r.IntN(3) { // of different keys but for some, which are refused
			keys, values = append(keys, fmt.Sprintf("key:%d", (r.IntN(s.Keys)/4*4+i)%s.Keys)), append(values, value())
		}
		return "MultiPut", []any{tenant, keys, values}
	case 11:
		return "PutPair", []any{tenant, key(), value(), key(), value()}
	case 12:
		return []string{"Acquire", "Raise"}[r.IntN(5)/4], []any{tenant, key(), value()}
	case 13:
		return "Release", []any{tenant, key(), value()}
	case 14:
		if r.IntN(2) == 0 {
			return "Holder", []any{tenant, key()}
		}
		return "Count", []any{tenant, key()}
	}
	if r.IntN(3) == 0 {
		return "Hit", []any{tenant, key()}
	}
	return "Add", []any{tenant, key(), int64(r.IntN(100)) - 30}
}
