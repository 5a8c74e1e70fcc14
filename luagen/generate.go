package luagen

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Options are what programs do not say themselves.
type Options struct {
	// Root begins the name of every key. It has the hash tag: "{fleet}".
	Root string
	// Library is the name of the function library.
	Library string
	// Callable names the programs that an atomic batch may call. With any, the library has the function that runs batches.
	Callable map[string]bool
}

// Output is the translation of a set of programs.
type Output struct {
	Functions []Function
	// Library is the text of a function library with all functions, beginning with "#!lua name=...".
	Library string
	// Atomic is the name under which the library registers the function that runs batches, "" when it has none.
	Atomic string
}

// Function is the translation of one program.
type Function struct {
	Name string // as the program's
	// Function is the name under which the library registers it.
	Function string
	ReadOnly bool
	// Script is the whole text for EVALSHA.
	Script string
	// Keys are KEYS[2] and on; KEYS[1] is the key that exists while the store holds the program's data. The arguments are all parameters in their ARGV form, with the time of
	// the call behind them when UsesNow.
	Keys    []Arg
	UsesNow bool
}

// Generate translates programs. It fails on the first program that has no translation, naming it.
func Generate(programs []*phys.Program, opts Options) (*Output, error) {
	out := &Output{}
	var parts []*part
	shared := &constants{}
	for _, prog := range programs {
		script, err := translate(prog, opts, &constants{}, plainScript)
		if err != nil {
			return nil, err
		}
		member, err := translate(prog, opts, shared, libraryMember)
		if err != nil {
			return nil, err
		}
		parts = append(parts, member)
		text, err := scriptText(script)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", prog.Name, err)
		}
		out.Functions = append(out.Functions, Function{
			Name: prog.Name, Function: prog.Name, ReadOnly: prog.ReadOnly, Script: text, Keys: script.keys, UsesNow: script.usesNow,
		})
	}
	text, err := libraryText(parts, shared, opts)
	if err != nil {
		return nil, err
	}
	out.Library = text
	if len(opts.Callable) > 0 {
		out.Atomic = atomicName(parts)
	}
	return out, nil
}

// packaging is the form in which a function is delivered.
type packaging uint8

const (
	plainScript packaging = iota
	libraryMember
)

// part is a translated program before it is text.
type part struct {
	prog    *phys.Program
	body    lua.Block
	params  []*lua.Var // keys and args of a library function, those that are used
	shared  *constants
	keys    []Arg
	usesNow bool
	raises  bool
	// outer is the parameter that a batch passes its own redis.call in; nil in what no batch calls, and in what only reads and asks for
	// nothing that the batch has drawn.
	outer *lua.Var
	// entry is the helper around the function: protect, or transact where writes are taken back.
	entry string
}

// enter calls the program's function through its entry.
func (p *part) enter(fn *lua.Var, args ...lua.Expr) lua.Expr {
	all := append([]lua.Expr{fn}, args...)
	if p.prog.Undo {
		all = append([]lua.Expr{p.caller()}, all...)
	}
	return lua.Invoke(lua.Helper(p.entry), all...)
}

// caller is what the program calls Redis with.
func (p *part) caller() lua.Expr {
	call := &lua.Field{X: lua.Global("redis"), Name: "call"}
	if p.outer != nil {
		return lua.Op(p.outer, "or", call)
	}
	return call
}

// translate makes the body of a program's function.
func translate(prog *phys.Program, opts Options, shared *constants, form packaging) (p *part, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(failure)
			if !ok {
				panic(r)
			}
			p, err = nil, fmt.Errorf("%s: %w", prog.Name, f.err)
		}
	}()
	g := &gen{
		prog: prog, facts: learn(prog), shared: shared, params: map[int]*lua.Var{}, cols: map[scalar.ColumnID]*column{},
		decimals: map[scalar.ColumnID]computed{}, units: map[*lua.Var]lua.Expr{},
		numbers: map[*lua.Var]bool{}, regs: map[phys.Reg]*register{}, reply: &reply{}, root: opts.Root,
	}
	phys.Walk(prog.Body, func(phys.Op) bool { g.size++; return true })
	var keys, args *lua.Var
	if form == plainScript {
		g.keys, g.args = lua.Global("KEYS"), lua.Global("ARGV")
	} else {
		keys, args = lua.NewVar("keys"), lua.NewVar("args")
		g.keys, g.args = keys, args
	}
	g.call = lua.NewVar("call")
	p = &part{prog: prog, shared: shared}
	if form == libraryMember && opts.Callable[prog.Name] && (!prog.ReadOnly || g.facts.sessions) {
		p.outer = lua.NewVar("outer")
	}
	if prog.Undo {
		g.undo = lua.NewVar("undo")
	}
	body := g.inside(func() {
		first := &lua.Index{X: g.keys, I: lua.Int(1)}
		g.emit(lua.Let(g.call, p.caller()))
		g.emit(g.readiness(first))
		if g.facts.spends {
			g.budget = lua.NewVar("budget")
			g.emit(lua.Let(g.budget, compute("budget_new", lua.Int(prog.Budget))))
		}
		g.openSession(p)
		g.beginReply()
		g.ops(prog.Body, true)
		g.endReply()
	})
	body = lua.Texts(lua.Prune(body), g.numbers, g.takesTexts, func(b lua.Block) lua.Block {
		return lua.Share(b, []lua.Expr{g.keys, g.args}, repeatable)
	})
	body = lua.Portable(lua.Tidy(lua.Prune(body)))
	p.body, p.keys, p.usesNow = body, g.declared, g.params[0] != nil || usesNow(prog)
	if form == libraryMember {
		p.params = []*lua.Var{keys, args}
		if p.outer != nil {
			p.params = append(p.params, p.outer)
		}
	}
	for _, h := range lua.Helpers(body) {
		p.raises = p.raises || mayRaise(h)
	}
	p.entry = "protect"
	if g.undo != nil {
		p.params = append([]*lua.Var{g.undo}, p.params...)
		p.raises, p.entry = true, "transact"
	}
	return p, nil
}

// arithmetic is what raises nothing but that the result is outside of an integer's range, or division by zero.
var arithmetic = regexp.MustCompile(`^int[248]+(pl|mi|mul|div|mod|um)$`)

// repeatable reports whether a helper or global gives equal arguments the same string, number or boolean, or the same error.
func repeatable(name string) bool {
	for _, prefix := range []string{"enc_", "dec_", "name_", "arg_", "len_put", "wide_parse", "wide_lt", "wide_le", "bytes_invert", "decimal_of"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return name == "tonumber" || name == "tostring" || arithmetic.MatchString(name)
}

// usesNow reports whether a program refers to the time of the call.
func usesNow(prog *phys.Program) bool {
	found := false
	phys.Walk(prog.Body, func(op phys.Op) bool {
		for _, e := range phys.Exprs(op) {
			found = found || scalar.Any(e, func(x scalar.Expr) bool {
				p, ok := x.(*scalar.Param)
				return ok && p.Number == 0
			})
		}
		return true
	})
	return found
}

// NotReady is the error of a call to a store that does not hold the program's data.
const NotReady = "PQNOTREADY the store does not hold the data of this program"

// readiness refuses to run on a store that is cold, or holds the data of another program.
func (g *gen) readiness(ready lua.Expr) lua.Stat {
	absent := lua.Op(g.command("EXISTS", ready), "==", lua.Int(0))
	return lua.When(absent, &lua.Return{Values: []lua.Expr{&lua.Table{Items: []lua.Item{{Name: "err", Value: lua.Str(NotReady)}}}}})
}
