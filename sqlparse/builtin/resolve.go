package builtin

import (
	"slices"
	"strings"
)

// candidate is a function or operator under consideration, with the parameter types it would take here.
type candidate struct {
	args []OID
	proc *Proc
	oper *Operator
	// variadic is the number of arguments that an expanded VARIADIC parameter collects, defaults the number of
	// parameters that take their default.
	variadic, defaults int
}

// Match is a chosen function.
type Match struct {
	Proc     *Proc
	Args     []OID // parameter types, polymorphic ones unresolved, a VARIADIC parameter expanded, defaults included
	Variadic int   // arguments collected by VARIADIC
	Defaults int   // parameters at the end that take their defaults
}

// Function chooses the function of that name for arguments of those types (PostgreSQL documentation, 10.3). With
// variadic set, the last argument was written VARIADIC array, so no parameter is expanded.
//
// Declared functions of that name come after the builtin ones in the search path.
func (u *Universe) Function(name string, args []OID, variadic bool, declared ...*Proc) (*Match, *Error) {
	var cands []candidate
	for _, p := range slices.Concat(u.t.procs[name], declared) {
		if c, ok := applicable(p, len(args), variadic); ok {
			cands = addCandidate(cands, c, len(args))
		}
	}
	for _, c := range cands {
		if slices.Equal(c.args[:len(args)], args) {
			return c.match(), nil
		}
	}
	matched := u.filter(cands, args)
	switch len(matched) {
	case 0:
		return nil, &Error{
			SQLState: "42883", Message: "function " + u.Signature(name, args) + " does not exist",
			Hint: "No function matches the given name and argument types. You might need to add explicit type casts.",
		}
	case 1:
		return matched[0].match(), nil
	}
	if c := u.choose(matched, args); c != nil {
		return c.match(), nil
	}
	return nil, &Error{
		SQLState: "42725", Message: "function " + u.Signature(name, args) + " is not unique",
		Hint: "Could not choose a best candidate function. You might need to add explicit type casts.",
	}
}

// Exact reports whether a function of that name declares exactly those parameter types.
func (u *Universe) Exact(name string, args []OID) bool {
	for _, p := range u.t.procs[name] {
		if slices.Equal(p.Args, args) {
			return true
		}
	}
	return false
}

// Signature prints a call's name and argument types.
func (u *Universe) Signature(name string, args []OID) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = u.Format(a)
	}
	return name + "(" + strings.Join(parts, ", ") + ")"
}

func (c candidate) match() *Match {
	return &Match{Proc: c.proc, Args: c.args, Variadic: c.variadic, Defaults: c.defaults}
}

// applicable matches a function against a number of arguments.
func applicable(p *Proc, n int, variadic bool) (candidate, bool) {
	switch {
	case p.Variadic != 0 && !variadic && len(p.Args) <= n && p.Variadic == AnyOID:
		args := append([]OID{}, p.Args...)
		for len(args) < n {
			args = append(args, AnyOID)
		}
		return candidate{args: args, proc: p}, true
	case p.Variadic != 0 && !variadic && len(p.Args) <= n:
		args := append([]OID{}, p.Args[:len(p.Args)-1]...)
		for len(args) < n {
			args = append(args, p.Variadic)
		}
		return candidate{args: args, proc: p, variadic: n - len(p.Args) + 1}, true
	case len(p.Args) == n:
		return candidate{args: p.Args, proc: p}, true
	case len(p.Args) > n && len(p.Args)-len(p.Defaults) <= n:
		return candidate{args: p.Args, proc: p, defaults: len(p.Args) - n}, true
	}
	return candidate{}, false
}

// addCandidate adds c unless a candidate with the same visible parameter types stands for it: a plain function wins over an
// expanded VARIADIC one, and the one with fewer defaults over the other.
func addCandidate(cands []candidate, c candidate, n int) []candidate {
	for i, have := range cands {
		if slices.Equal(have.args[:n], c.args[:n]) {
			if have.variadic > 0 && c.variadic == 0 || have.defaults > c.defaults {
				cands[i] = c
			}
			return cands
		}
	}
	return append(cands, c)
}

// filter keeps the candidates whose parameters the arguments can be converted to implicitly.
func (u *Universe) filter(cands []candidate, args []OID) []candidate {
	var out []candidate
	for _, c := range cands {
		if u.CanCoerce(args, c.args[:len(args)], Implicit) {
			out = append(out, c)
		}
	}
	return out
}

// Operator chooses the operator of that name (PostgreSQL documentation, 10.2). Left is 0 for a prefix operator. The
// operator's own parameter types may be polymorphic.
func (u *Universe) Operator(name string, left, right OID) (*Operator, *Error) {
	all := u.t.operators[name]
	if left == 0 {
		return u.prefixOperator(name, right, all)
	}
	l, r := left, right
	if l == UnknownOID && r != 0 {
		l = r // "assume it is the same type as the other argument for this check"
	} else if r == UnknownOID {
		r = l
	}
	var cands []candidate
	for _, o := range all {
		if o.Left == 0 {
			continue
		}
		if o.Left == l && o.Right == r {
			return o, nil
		}
		cands = append(cands, candidate{args: []OID{o.Left, o.Right}, oper: o})
	}
	return u.pickOperator(name, cands, []OID{left, right})
}

func (u *Universe) prefixOperator(name string, right OID, all []*Operator) (*Operator, *Error) {
	var cands []candidate
	for _, o := range all {
		if o.Left != 0 {
			continue
		}
		if o.Right == right {
			return o, nil
		}
		cands = append(cands, candidate{args: []OID{o.Right}, oper: o})
	}
	return u.pickOperator(name, cands, []OID{right})
}

func (u *Universe) pickOperator(name string, cands []candidate, args []OID) (*Operator, *Error) {
	matched := u.filter(cands, args)
	switch len(matched) {
	case 1:
		return matched[0].oper, nil
	case 0:
	default:
		if c := u.choose(matched, args); c != nil {
			return c.oper, nil
		}
		return nil, &Error{
			SQLState: "42725", Message: "operator is not unique: " + u.operatorSignature(name, args),
			Hint: "Could not choose a best candidate operator. You might need to add explicit type casts.",
		}
	}
	return nil, &Error{
		SQLState: "42883", Message: "operator does not exist: " + u.operatorSignature(name, args),
		Hint: "No operator matches the given name and argument types. You might need to add explicit type casts.",
	}
}

func (u *Universe) operatorSignature(name string, args []OID) string {
	if len(args) == 1 {
		return name + " " + u.Format(args[0])
	}
	return u.Format(args[0]) + " " + name + " " + u.Format(args[1])
}

// choose applies the tie-breaking rules of 10.2 and 10.3 to candidates that can all take the arguments: most exact matches,
// most preferred types, then the category of unknown literals, then the type of the known arguments.
func (u *Universe) choose(cands []candidate, args []OID) *candidate {
	categories := make([]byte, len(args))
	unknowns := 0
	for i, a := range args {
		if a == UnknownOID {
			unknowns++
			continue
		}
		categories[i], _ = u.category(a)
	}
	cands = most(cands, func(c candidate) int {
		n := 0
		for i, a := range args {
			if a != UnknownOID && c.args[i] == a {
				n++
			}
		}
		return n
	})
	if len(cands) == 1 {
		return &cands[0]
	}
	cands = most(cands, func(c candidate) int {
		n := 0
		for i, a := range args {
			if a != UnknownOID && (c.args[i] == a || u.preferred(categories[i], c.args[i])) {
				n++
			}
		}
		return n
	})
	if len(cands) == 1 {
		return &cands[0]
	}
	if unknowns == 0 {
		return nil
	}
	if byCategory := u.unknownCategories(cands, args); len(byCategory) > 0 {
		cands = byCategory
	}
	if len(cands) == 1 {
		return &cands[0]
	}
	return u.likeKnown(cands, args, unknowns)
}

// most keeps the candidates with the highest score.
func most(cands []candidate, score func(candidate) int) []candidate {
	best := -1
	var out []candidate
	for _, c := range cands {
		switch n := score(c); {
		case n > best:
			best, out = n, []candidate{c}
		case n == best:
			out = append(out, c)
		}
	}
	return out
}

// unknownCategories decides the type category of each unknown argument (string if any candidate takes a string there, else the
// one all agree on) and keeps the candidates that fit; nil when the candidates disagree.
func (u *Universe) unknownCategories(cands []candidate, args []OID) []candidate {
	type slot struct {
		category  byte
		preferred bool
	}
	slots := make([]slot, len(args))
	for i, a := range args {
		if a != UnknownOID {
			continue
		}
		conflict := false
		s := &slots[i]
		for _, c := range cands {
			category, preferred := u.category(c.args[i])
			switch {
			case s.category == 0:
				*s = slot{category, preferred}
			case category == s.category:
				s.preferred = s.preferred || preferred
			case category == 'S':
				*s = slot{category, preferred}
			default:
				conflict = true
			}
		}
		if conflict && s.category != 'S' {
			return nil
		}
	}
	var out []candidate
	for _, c := range cands {
		fits := true
		for i, a := range args {
			if a != UnknownOID {
				continue
			}
			category, preferred := u.category(c.args[i])
			if category != slots[i].category || slots[i].preferred && !preferred {
				fits = false
			}
		}
		if fits {
			out = append(out, c)
		}
	}
	return out
}

// likeKnown is the last rule: when all known arguments have one type, the unknown ones are taken to have it too.
func (u *Universe) likeKnown(cands []candidate, args []OID, unknowns int) *candidate {
	if unknowns == len(args) {
		return nil
	}
	var known OID
	for _, a := range args {
		if a == UnknownOID {
			continue
		}
		if known != 0 && a != known {
			return nil
		}
		known = a
	}
	same := make([]OID, len(args))
	for i := range same {
		same[i] = known
	}
	matched := u.filter(cands, same)
	if len(matched) == 1 {
		return &matched[0]
	}
	return nil
}

// Named chooses a function for a call with named arguments (4.3.2): names holds each argument's name, "" for the positional
// ones that come first. The match's parameter types are in the order of the arguments as written.
func (u *Universe) Named(name string, args []OID, names []string, declared ...*Proc) (*Match, *Error) {
	var cands []candidate
	for _, p := range slices.Concat(u.t.procs[name], declared) {
		if c, ok := namedCandidate(p, names); ok {
			cands = append(cands, c)
		}
	}
	matched := u.filter(cands, args)
	for _, c := range matched {
		if len(matched) == 1 || slices.Equal(c.args, args) {
			return c.match(), nil
		}
	}
	if c := u.chooseAmong(matched, args); c != nil {
		return c.match(), nil
	}
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = u.Format(a)
		if names[i] != "" {
			parts[i] = names[i] + " => " + parts[i]
		}
	}
	return nil, &Error{
		SQLState: "42883", Message: "function " + name + "(" + strings.Join(parts, ", ") + ") does not exist",
		Hint: "No function matches the given name and argument types. You might need to add explicit type casts.",
	}
}

func (u *Universe) chooseAmong(cands []candidate, args []OID) *candidate {
	if len(cands) == 0 {
		return nil
	}
	return u.choose(cands, args)
}

func namedCandidate(p *Proc, names []string) (candidate, bool) {
	if len(p.Names) == 0 || len(names) > len(p.Args) {
		return candidate{}, false
	}
	c := candidate{proc: p}
	given := make([]bool, len(p.Args))
	for i, n := range names {
		at := i
		if n != "" {
			at = -1
			for j, have := range p.Names {
				if have == n {
					at = j
				}
			}
		}
		if at < 0 || given[at] {
			return candidate{}, false
		}
		given[at] = true
		c.args = append(c.args, p.Args[at])
	}
	for i, g := range given {
		if !g && i < len(p.Args)-len(p.Defaults) {
			return candidate{}, false
		}
	}
	return c, true
}

// UniqueName names a function that has no implementation name of its own: the name and the internal names of its parameter types.
func (u *Universe) UniqueName(p *Proc) string {
	name := p.Name
	for _, a := range p.Args {
		switch t := u.Type(a); {
		case t == nil:
		case t.Elem != 0:
			name += "_" + u.Type(t.Elem).Name + "s"
		default:
			name += "_" + t.Name
		}
	}
	return name
}
