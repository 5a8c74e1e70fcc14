package lua

import (
	"slices"
	"strconv"
	"strings"
)

// Share computes a value once that several places of a function need: the first of them names it, and those behind it, in the
// same block or inside of it, read the name. fixed are tables that nobody changes. repeatable says of which helpers and globals a
// call with equal arguments gives the same value, that nobody changes; one that may fail is shared where nothing else of its statement
// can fail before it. Calls, strings' methods and concatenations are shared, over variables that are set once. What a condition guards
// that was found not to hold is left out.
func Share(body Block, fixed []Expr, repeatable func(name string) bool) Block {
	s := &sharer{
		fixed: fixed, repeatable: repeatable, unstable: map[*Var]bool{}, ids: map[*Var]int{}, same: map[*Var]string{}, numbers: map[string]int{}, copies: map[*Var]*shared{},
	}
	eachStat(body, func(st Stat) {
		switch st := st.(type) {
		case *Assign:
			for _, t := range st.Targets {
				if v, ok := t.(*Var); ok {
					s.unstable[v] = true
				}
			}
		case *Local:
			if len(st.Values) == 0 {
				for _, v := range st.Vars {
					s.unstable[v] = true
				}
			}
		}
	})
	s.block(body, nil)
	return s.name(body)
}

// sharer finds the values that are computed again.
type sharer struct {
	fixed      []Expr
	repeatable func(name string) bool
	unstable   map[*Var]bool
	ids        map[*Var]int
	same       map[*Var]string  // the keys of variables' values
	numbers    map[string]int   // of expressions with parts, by the parts' keys
	copies     map[*Var]*shared // variables whose value another one has
	found      []*shared        // in the order of evaluation: parts before what has them
	mayFail    Expr             // the first call of a statement that is not pure
}

// shared is the first place that computes a value, and the later ones.
type shared struct {
	before Stat // the statement that computes it
	first  *Expr
	v      *Var // set when that statement does nothing but name the value
	later  []*Expr
}

// known are the values computed before a place.
type known struct {
	values map[string]*shared
	not    map[string]bool // conditions that do not hold
	above  *known
}

// fails reports whether a condition is known not to hold.
func (k *known) fails(key string) bool {
	for ; k != nil; k = k.above {
		if k.not[key] {
			return true
		}
	}
	return false
}

func (k *known) find(key string) *shared {
	for ; k != nil; k = k.above {
		if s := k.values[key]; s != nil {
			return s
		}
	}
	return nil
}

func (s *sharer) block(b Block, above *known) {
	k := &known{map[string]*shared{}, map[string]bool{}, above}
	for _, st := range b {
		s.mayFail = firstImpure(st)
		if guard := onlyGuard(st); guard != nil {
			if key, ok := s.key(guard.Cond); ok && k.fails(key) {
				guard.Cond = Bool(false)
				continue
			}
		}
		switch x := st.(type) {
		case *While:
			if !x.Once {
				s.expr(&x.Cond, st, k, false)
			}
		case *If:
			for i := range x.Clauses {
				s.expr(&x.Clauses[i].Cond, st, k, i == 0)
			}
		case *Assign:
			for i := range x.Values {
				s.expr(&x.Values[i], st, k, true)
			}
		default:
			s.direct(st, k)
		}
		for _, inner := range bodies(st) {
			if _, isFunc := st.(*LocalFunc); isFunc {
				s.block(*inner, nil)
			} else {
				s.block(*inner, k)
			}
		}
		if guard := onlyGuard(st); guard != nil && neverPasses(guard.Body) {
			if key, ok := s.key(guard.Cond); ok {
				k.not[key] = true
			}
		}
	}
}

// direct goes through the expressions of a statement all of which it evaluates, once.
func (s *sharer) direct(st Stat, k *known) {
	var tops []*Expr
	switch x := st.(type) {
	case *Local:
		for i := range x.Values {
			tops = append(tops, &x.Values[i])
		}
	case *Do: // what nobody asks the value of has no name
		eachPart(x.Call, func(slot *Expr) { tops = append(tops, slot) })
	case *NumFor:
		tops = append(tops, &x.From, &x.To)
		if x.Step != nil {
			tops = append(tops, &x.Step)
		}
	case *ForIn:
		tops = append(tops, &x.Iter)
	case *Return:
		for i := range x.Values {
			tops = append(tops, &x.Values[i])
		}
	}
	for _, slot := range tops {
		s.expr(slot, st, k, true)
	}
	if l, ok := st.(*Local); ok && len(l.Vars) == 1 && len(l.Values) == 1 && !s.unstable[l.Vars[0]] {
		s.declared(l.Vars[0], &l.Values[0], k)
	}
}

// declared notes what a variable is that is set once.
func (s *sharer) declared(v *Var, slot *Expr, k *known) {
	key, ok := s.key(*slot)
	if !ok {
		return
	}
	s.same[v] = key
	switch at := k.find(key); {
	case at == nil:
	case at.first != slot:
		s.copies[v] = at
	case at.v == nil:
		at.v = v
	}
}

// expr notes what an expression computes. sure says that it is evaluated wherever the statement is.
func (s *sharer) expr(slot *Expr, st Stat, k *known, sure bool) {
	key, stable := s.key(*slot)
	stable = stable && shareable(*slot)
	if stable {
		if at := k.find(key); at != nil {
			at.later = append(at.later, slot)
			return
		}
	}
	switch x := (*slot).(type) {
	case *Field:
		s.expr(&x.X, st, k, sure)
	case *Index:
		s.expr(&x.X, st, k, sure)
		s.expr(&x.I, st, k, sure)
	case *Call:
		s.expr(&x.F, st, k, sure)
		for i := range x.Args {
			s.expr(&x.Args[i], st, k, sure)
		}
	case *Method:
		s.expr(&x.X, st, k, sure)
		for i := range x.Args {
			s.expr(&x.Args[i], st, k, sure)
		}
	case *Bin:
		s.expr(&x.L, st, k, sure)
		s.expr(&x.R, st, k, sure && x.Op != "and" && x.Op != "or")
	case *Un:
		s.expr(&x.X, st, k, sure)
	case *Only:
		s.expr(&x.X, st, k, sure)
	case *Table:
		for i := range x.Items {
			if x.Items[i].Key != nil {
				s.expr(&x.Items[i].Key, st, k, sure)
			}
			s.expr(&x.Items[i].Value, st, k, sure)
		}
	case *Func:
		s.block(x.Body, nil)
	}
	if b, ok := (*slot).(*Bin); ok && (b.Op == "==" || b.Op == "~=") && s.sameText(b.L, b.R) {
		*slot = Bool(b.Op == "==")
	}
	if c, ok := (*slot).(*Bin); ok {
		if holds, ok := compared(c); ok {
			*slot = holds
		}
	}
	if call, ok := (*slot).(*Call); ok && !call.Pure && s.mayFail != *slot {
		sure = false
	}
	if stable && sure {
		at := &shared{before: st, first: slot}
		k.values[key] = at
		s.found = append(s.found, at)
	}
}

// sameText reports whether two expressions are the same text, such as what a row was and is in a structure that holds none of what
// changed.
func (s *sharer) sameText(l, r Expr) bool {
	a, ok := s.key(l)
	b, same := s.key(r)
	return ok && same && a == b && strings.HasPrefix(a, "..#")
}

// shareable reports whether computing a value is worth a name.
func shareable(x Expr) bool {
	switch x := x.(type) {
	case *Call, *Method:
		return true
	case *Bin:
		switch x.Op {
		case "..":
			return true
		case "and", "or":
			return shareable(x.L) || shareable(x.R)
		}
	}
	return false
}

// key is a text that is the same for expressions that have the same value throughout; false for those that may change. It is short, a
// number for what has parts: a sum of sums of sums would be written twice as long for each variable that holds one.
func (s *sharer) key(x Expr) (string, bool) {
	parts := func(open string, xs ...Expr) (string, bool) {
		text := []byte(open)
		for _, x := range xs {
			key, ok := s.key(x)
			if !ok {
				return "", false
			}
			text = append(append(text, ' '), key...)
		}
		n := s.numbers[string(text)]
		if n == 0 {
			n = len(s.numbers) + 1
			s.numbers[string(text)] = n
		}
		return open + "#" + strconv.Itoa(n), true
	}
	switch x := x.(type) {
	case *Var:
		if key, ok := s.same[x]; ok {
			return key, true
		}
		if s.ids[x] == 0 {
			s.ids[x] = len(s.ids) + 1
		}
		return "v" + strconv.Itoa(s.ids[x]), !s.unstable[x]
	case Nil:
		return "nil", true
	case Bool:
		return strconv.FormatBool(bool(x)), true
	case Num:
		return x.Text, true
	case Str:
		return strconv.Quote(string(x)), true
	case Helper:
		return "h:" + string(x), s.repeatable(string(x))
	case Global:
		return "g:" + string(x), slices.Contains(s.fixed, Expr(x)) || s.repeatable(string(x))
	case *Index:
		if _, ok := x.I.(Num); ok && slices.Contains(s.fixed, x.X) {
			return parts("at", x.X, x.I)
		}
	case *Call:
		if _, helper := x.F.(Helper); helper || x.Pure {
			return parts("call", append([]Expr{x.F}, x.Args...)...)
		}
	case *Method:
		return parts("send "+x.Name, append([]Expr{x.X}, x.Args...)...)
	case *Bin:
		return parts(x.Op, x.L, x.R)
	case *Un:
		return parts(x.Op+"1", x.X)
	case *Only:
		return parts("only", x.X)
	}
	return "", false
}

// name declares a variable for each value that is needed again.
func (s *sharer) name(body Block) Block {
	before := map[Stat][]Stat{}
	copied := map[*shared]*Var{} // by the first of the variables
	eachStat(body, func(st Stat) {
		if l, ok := st.(*Local); ok {
			for _, v := range l.Vars {
				if at := s.copies[v]; at != nil && copied[at] == nil {
					copied[at] = v
				}
			}
		}
	})
	for _, at := range s.found {
		if len(at.later) == 0 && copied[at] == nil {
			continue
		}
		if at.v == nil {
			at.v = NewVar(s.hint(*at.first, copied[at]))
			before[at.before] = append(before[at.before], Let(at.v, *at.first))
			*at.first = at.v
		}
		for _, slot := range at.later {
			*slot = at.v
		}
	}
	EachExpr(body, func(slot *Expr) {
		if v, ok := (*slot).(*Var); ok && s.copies[v] != nil {
			*slot = s.copies[v].v
		}
	})
	return insertBefore(body, before)
}

// insertBefore puts declarations where they belong, and leaves out what never runs.
func insertBefore(b Block, before map[Stat][]Stat) Block {
	out := make(Block, 0, len(b))
	for _, st := range b {
		eachDirect(st, func(slot *Expr) {
			if f, ok := (*slot).(*Func); ok {
				f.Body = insertBefore(f.Body, before)
			}
		})
		for _, inner := range bodies(st) {
			if *inner != nil {
				*inner = insertBefore(*inner, before)
			}
		}
		if i, ok := st.(*If); ok && len(i.Clauses) == 1 && i.Clauses[0].Cond == Bool(false) && i.Else == nil {
			continue
		}
		out = append(append(out, before[st]...), st)
	}
	return out
}
