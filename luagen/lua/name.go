package lua

import (
	"strconv"
	"strings"
)

// keywords are Lua's reserved words, goto of later versions included.
var keywords = wordSet("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")

// environment are the global names that emitted code may refer to.
var environment = wordSet("redis KEYS ARGV keys args call string table math cjson type error pcall select next pairs ipairs tonumber tostring unpack assert _G")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// Identifier turns any text into a Lua name: lower-case words joined by underscores, at most 40 bytes, never a keyword or
// a name of the environment.
func Identifier(text string) string {
	var b strings.Builder
	gap := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
			fallthrough
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			if b.Len() == 0 && c <= '9' {
				b.WriteByte('v')
			}
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteByte(c)
		default:
			gap = true
		}
		if b.Len() >= 40 {
			break
		}
	}
	name := b.String()
	switch {
	case name == "":
		return "value"
	case keywords[name] || environment[name] && name != "call" && name != "keys" && name != "args":
		return name + "_"
	}
	return name
}

// namer gives names along the scopes of the text: a name is taken while it is visible.
type namer struct {
	taken map[string]int
	// fields are the names of spilled variables, unique in the whole chunk.
	fields map[string]bool
}

// Name gives every variable declared in a block its name, and reserves the names that the block's helpers and globals
// have. taken are further names that stand above the block.
func Name(b Block, taken ...string) {
	n := namer{taken: map[string]int{}, fields: map[string]bool{}}
	for _, name := range taken {
		n.taken[name]++
	}
	EachExpr(b, func(slot *Expr) {
		switch x := (*slot).(type) {
		case Helper:
			n.taken[string(x)]++
		case Global:
			n.taken[string(x)]++
		}
	})
	n.block(b)
}

func (n *namer) declare(v *Var, scope *[]string) {
	base := Identifier(v.Hint)
	name := base
	for i := 2; n.taken[name] > 0 || v.spill != nil && n.fields[name]; i++ {
		if c := base[len(base)-1]; '0' <= c && c <= '9' {
			name = base + "_" + strconv.Itoa(i)
		} else {
			name = base + strconv.Itoa(i)
		}
	}
	v.name = name
	if v.spill != nil {
		n.fields[name] = true
		return
	}
	n.taken[name]++
	*scope = append(*scope, name)
}

func (n *namer) leave(scope []string) {
	for _, name := range scope {
		n.taken[name]--
	}
}

func (n *namer) block(b Block) {
	var scope []string
	for _, s := range b {
		n.stat(s, &scope)
	}
	n.leave(scope)
}

func (n *namer) stat(s Stat, scope *[]string) {
	functions := func(slot *Expr) {
		if f, ok := (*slot).(*Func); ok {
			n.function(f.Params, f.Body)
		}
	}
	if fn, ok := s.(*LocalFunc); ok {
		n.declare(fn.V, scope)
		n.function(fn.Params, fn.Body)
		return
	}
	eachShallow(s, functions)
	switch s := s.(type) {
	case *Local:
		for _, v := range s.Vars {
			n.declare(v, scope)
		}
	case *NumFor:
		n.function([]*Var{s.V}, s.Body)
	case *ForIn:
		n.function(s.Vars, s.Body)
	default:
		for _, body := range bodies(s) {
			n.block(*body)
		}
	}
}

func (n *namer) function(params []*Var, body Block) {
	var scope []string
	for _, p := range params {
		n.declare(p, &scope)
	}
	n.block(body)
	n.leave(scope)
}

// eachShallow visits a statement's own expressions, but not what is inside functions among them.
func eachShallow(s Stat, visit func(*Expr)) {
	var depth map[*Expr]bool // slots inside functions
	eachDirect(s, func(slot *Expr) {
		if depth[slot] {
			return
		}
		if f, ok := (*slot).(*Func); ok {
			if depth == nil {
				depth = map[*Expr]bool{}
			}
			EachExpr(f.Body, func(inner *Expr) { depth[inner] = true })
		}
		visit(slot)
	})
}
