package lua_test

import (
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"

	"github.com/prequel-db/prequel/luagen/lua"
)

// run executes a block and returns what it returns, as Lua's tostring shows it.
func run(t *testing.T, b lua.Block) string {
	t.Helper()
	lua.Name(b)
	text := lua.Print(b)
	state := vm.NewState()
	defer state.Close()
	if err := state.DoString(text); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return state.ToStringMeta(state.Get(-1)).String()
}

func returning(x lua.Expr) lua.Block { return lua.Block{&lua.Return{Values: []lua.Expr{x}}} }

func TestStrings(t *testing.T) {
	var all strings.Builder
	for i := range 256 {
		all.WriteByte(byte(i))
	}
	for _, s := range []string{"", all.String(), "a\n1", "\x001", "]]", "\"'\\", "é\u2028\ufeff", "\xff1", "\r\n"} {
		if got := run(t, returning(lua.Str(s))); got != s {
			t.Errorf("%q came back as %q (%s)", s, got, lua.Quote(s))
		}
		if q := lua.Quote(s); strings.ContainsAny(q, "\n\r\x00") {
			t.Errorf("%q is quoted as %q", s, q)
		}
	}
}

// TestComments checks that no text can leave its comment.
func TestComments(t *testing.T) {
	for _, s := range []string{"a\nreturn 1", "a\rreturn 1", "[[ long", "]] end", "--[[x]]", "\x00", "\x1b[2J", "\xff", "tab\there", "\u2028return 1"} {
		b := append(lua.Block{&lua.Comment{Text: s}}, returning(lua.Int(7))...)
		if got := run(t, b); got != "7" {
			t.Errorf("after comment %q: %s", s, got)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(lua.Print(b), "\n"), "\n") {
			if !strings.HasPrefix(line, "--") && line != "return 7" {
				t.Errorf("comment %q gives the line %q", s, line)
			}
		}
	}
}

func TestIdentifiers(t *testing.T) {
	for text, want := range map[string]string{
		"vehicle_id": "vehicle_id", "Total Price": "total_price", "end": "end_", "goto": "goto_", "2nd": "v2nd", "": "value", "--[[": "value",
		"é": "value", "a\nb": "a_b", "redis": "redis_", "string": "string_", "___": "value", "a__b": "a_b", "x'); os.exit()": "x_os_exit",
		strings.Repeat("long", 20): strings.Repeat("long", 10),
	} {
		if got := lua.Identifier(text); got != want {
			t.Errorf("Identifier(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestNaming(t *testing.T) {
	a, b, c, d, row := lua.NewVar("x"), lua.NewVar("x"), lua.NewVar("raise"), lua.NewVar("row1"), lua.NewVar("row1")
	block := lua.Block{
		lua.Let(a, lua.Int(1)),
		&lua.Scope{Body: lua.Block{lua.Let(b, a), lua.Let(d, b)}},
		&lua.Scope{Body: lua.Block{lua.Let(row, a), &lua.Do{Call: lua.Invoke(lua.Helper("raise"), row)}}},
		lua.Let(c, a),
		&lua.Return{Values: []lua.Expr{c}},
	}
	lua.Name(block, "taken")
	want := "local x = 1\ndo\n  local x2 = x\n  local row1 = x2\nend\ndo\n  local row1 = x\n  raise(row1)\nend\nlocal raise2 = x\nreturn raise2\n"
	if got := lua.Print(block); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// randomTree makes expressions over two locals together with what they are worth.
type randomTree struct {
	*rand.Rand
	p, q *lua.Var
}

// leafs are values that Lua can mix: nil, booleans and numbers.
func (r randomTree) tree(depth int) lua.Expr {
	if depth == 0 || r.Intn(6) == 0 {
		switch r.Intn(6) {
		case 0:
			return lua.Bool(r.Intn(2) == 0)
		case 1:
			return lua.Int(int64(r.Intn(5) - 2))
		case 2:
			return lua.Invoke(lua.Global("tonumber"), lua.Str("")) // nil that no compiler can know
		case 3:
			return &lua.Index{X: &lua.Table{Items: []lua.Item{{Value: lua.Bool(false)}}}, I: lua.Int(int64(1 + r.Intn(2)))}
		case 4:
			return r.p
		}
		return r.q
	}
	l, x := r.tree(depth-1), r.tree(depth-1)
	switch r.Intn(8) {
	case 0, 1:
		return lua.Op(l, "and", x)
	case 2, 3:
		return lua.Op(l, "or", x)
	case 4:
		return &lua.Un{Op: "not", X: l}
	case 5:
		return lua.Op(l, []string{"==", "~="}[r.Intn(2)], x)
	case 6:
		return lua.Op(lua.Op(lua.Int(3), "-", lua.Op(lua.Int(int64(r.Intn(3))), "-", lua.Int(1))), []string{"<", "<=", ">", ">="}[r.Intn(4)], lua.Int(2))
	}
	return lua.Op(lua.Op(lua.Invoke(lua.Global("tostring"), l), "..", lua.Str("-")), "..", lua.Invoke(lua.Global("tostring"), x))
}

// eval is Lua's meaning of a tree: nil, bool, int or string.
func eval(x lua.Expr, env map[*lua.Var]any) any {
	truthy := func(v any) bool { return v != nil && v != false }
	switch x := x.(type) {
	case lua.Bool:
		return bool(x)
	case lua.Num:
		var n int
		fmt.Sscan(x.Text, &n)
		return n
	case lua.Str:
		return string(x)
	case *lua.Var:
		return env[x]
	case *lua.Call:
		if x.F == lua.Expr(lua.Global("tostring")) {
			v := eval(x.Args[0], env)
			if v == nil {
				return "nil"
			}
			return fmt.Sprint(v)
		}
		return nil
	case *lua.Index:
		if eval(x.I, env) == 1 {
			return false
		}
		return nil
	case *lua.Un:
		return !truthy(eval(x.X, env))
	case *lua.Bin:
		l := eval(x.L, env)
		switch x.Op {
		case "and":
			if !truthy(l) {
				return l
			}
			return eval(x.R, env)
		case "or":
			if truthy(l) {
				return l
			}
			return eval(x.R, env)
		}
		r := eval(x.R, env)
		switch x.Op {
		case "==":
			return l == r
		case "~=":
			return l != r
		case "..":
			return l.(string) + r.(string)
		case "-":
			return l.(int) - r.(int)
		case "<":
			return l.(int) < r.(int)
		case "<=":
			return l.(int) <= r.(int)
		case ">":
			return l.(int) > r.(int)
		case ">=":
			return l.(int) >= r.(int)
		}
	}
	panic(fmt.Sprintf("%T", x))
}

// TestRandomExpressions checks precedence, layout and Portable: what is printed means what the tree means, returned,
// declared, or assigned to a variable that has a value.
func TestRandomExpressions(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 3000 {
		p, q, v := lua.NewVar("p"), lua.NewVar("q"), lua.NewVar("v")
		tree := randomTree{r, p, q}.tree(1 + r.Intn(5))
		env := map[*lua.Var]any{p: true, q: nil}
		want := fmt.Sprint(eval(tree, env))
		if want == "<nil>" {
			want = "nil"
		}
		head := func() lua.Block {
			return lua.Block{lua.Let(p, lua.Bool(true)), lua.Let(q, nil)}
		}
		assigned := append(head(), lua.Let(v, lua.Int(5)), lua.Set(v, tree), &lua.Return{Values: []lua.Expr{v}})
		if got := run(t, lua.Portable(assigned)); got != want {
			t.Fatalf("assigned: got %s, want %s\n%s", got, want, lua.Print(assigned))
		}
		declared := append(head(), lua.Let(v, tree), &lua.Return{Values: []lua.Expr{v}})
		if got := run(t, declared); got != want {
			t.Fatalf("declared: got %s, want %s\n%s", got, want, lua.Print(declared))
		}
	}
}

// TestAssignedNil assigns nil right before a declaration, straight and in a branch, with any number of locals around.
func TestAssignedNil(t *testing.T) {
	for n := 1; n < 12; n++ {
		for target := range n {
			for _, branch := range []bool{false, true} {
				var block lua.Block
				var vars []*lua.Var
				for i := range n {
					v := lua.NewVar("v")
					vars = append(vars, v)
					block = append(block, lua.Let(v, lua.Int(int64(i))))
				}
				clear := lua.Set(vars[target], lua.Nil{})
				want := ""
				if branch {
					block = append(block, lua.When(lua.Op(vars[0], "==", lua.Int(9)), clear))
				} else {
					block = append(block, clear)
				}
				vars = append(vars, lua.NewVar("y"))
				block = append(block, lua.Let(vars[n], nil))
				shown := lua.Expr(lua.Str(""))
				for i, v := range vars {
					shown = lua.Op(shown, "..", lua.Invoke(lua.Global("tostring"), v))
					if i == n || i == target && !branch {
						want += "nil"
					} else {
						want += fmt.Sprint(i)
					}
				}
				block = append(block, &lua.Return{Values: []lua.Expr{shown}})
				if got := run(t, lua.Portable(block)); got != want {
					t.Fatalf("got %s, want %s\n%s", got, want, lua.Print(block))
				}
			}
		}
	}
}

func TestFitSpills(t *testing.T) {
	const n = 400
	var block lua.Block
	sum := lua.Int(0)
	for i := range n {
		v := lua.NewVar("x")
		block = append(block, lua.Let(v, lua.Int(int64(i))))
		if i == n-1 {
			block = append(block, lua.Let(lua.NewVar("none"), nil))
		}
		sum = lua.Op(sum, "+", v)
	}
	block = append(block, &lua.Return{Values: []lua.Expr{sum}})
	fitted, err := lua.Fit(block, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := run(t, fitted), fmt.Sprint(n*(n-1)/2); got != want {
		t.Errorf("sum %s, want %s", got, want)
	}
	if text := lua.Print(fitted); strings.Count(text, "\nlocal ") > 150 {
		t.Errorf("%d locals", strings.Count(text, "\nlocal "))
	}
}

// TestFitDeclarations: of variables that are declared together some are locals and some, those that closures assign inside of which
// errors are caught, fields; all are nil.
func TestFitDeclarations(t *testing.T) {
	for locals := 1; locals < 16; locals++ {
		for fields := 1; fields < 16; fields++ {
			declareTogether(t, locals, fields)
		}
	}
	declareTogether(t, 20, 150)
}

func declareTogether(t *testing.T, locals, fields int) {
	var vars []*lua.Var
	count := lua.NewVar("count")
	shown := lua.Block{lua.Let(count, lua.Int(0))}
	catching := &lua.Func{Body: lua.Block{&lua.Do{Call: lua.Invoke(lua.Global("pcall"), &lua.Func{})}}}
	for i := range locals + fields {
		v := lua.NewVar("v")
		vars = append(vars, v)
		shown = append(shown, lua.When(lua.Op(v, "==", lua.Nil{}), lua.Set(count, lua.Op(count, "+", lua.Int(1)))))
		if i >= locals {
			catching.Body = append(catching.Body, lua.Set(v, lua.Int(1)))
		}
	}
	fitted, err := lua.Fit(append(lua.Block{
		lua.Let(lua.NewVar("other"), lua.Int(1)),
		&lua.Local{Vars: vars},
		lua.Let(lua.NewVar("catching"), catching),
	}, append(shown, &lua.Return{Values: []lua.Expr{count}})...), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := run(t, lua.Portable(fitted)), fmt.Sprint(locals+fields); got != want {
		t.Fatalf("%d locals and %d fields: %s are nil\n%s", locals, fields, got, lua.Print(fitted))
	}
}

// TestFitLoops: loops that nest deeper than Lua's locals reach become functions, and what these use become fields.
func TestFitLoops(t *testing.T) {
	for _, depth := range []int{10, 30, 64} {
		total := lua.NewVar("total")
		var sum lua.Expr = total
		body := lua.Block{}
		inner := &body
		for i := range depth {
			row := lua.NewVar("row")
			loop := &lua.NumFor{V: lua.NewVar("i"), From: lua.Int(1), To: lua.Int(1)}
			*inner = append(*inner, lua.Let(row, lua.Int(int64(i))), loop)
			sum = lua.Op(sum, "+", row)
			inner = &loop.Body
		}
		*inner = append(*inner, lua.Set(total, sum))
		block := append(lua.Block{lua.Let(total, lua.Int(0))}, body...)
		block = append(block, &lua.Return{Values: []lua.Expr{total}})
		for range 2 { // once for each packaging
			fitted, err := lua.Fit(block, 0)
			if err != nil {
				t.Fatal(err)
			}
			lua.Name(fitted)
			text := lua.Print(fitted)
			if got, want := run(t, fitted), fmt.Sprint(depth*(depth-1)/2); got != want {
				t.Errorf("%d loops: sum %s, want %s\n%s", depth, got, want, text)
			}
			if got, want := strings.Count(text, "local function"), depth*4/81; got != want {
				t.Errorf("%d loops: %d functions, want %d", depth, got, want)
			}
		}
	}
}

func TestFitNesting(t *testing.T) {
	var block lua.Block
	for range 200 {
		block = lua.Block{&lua.Scope{Body: block}}
	}
	_, err := lua.Fit(block, 0)
	var limit *lua.LimitError
	if !errors.As(err, &limit) || limit.Have != 200 {
		t.Errorf("error %v, want a limit of nested blocks", err)
	}
}

// TestFitNumbered: a function may not declare more locals than Lua numbers, however few are active at a time.
func TestFitNumbered(t *testing.T) {
	many := func(n int) lua.Block {
		var block lua.Block
		for range n {
			block = append(block, &lua.Scope{Body: lua.Block{lua.Let(lua.NewVar("x"), lua.Int(1))}})
		}
		return block
	}
	if _, err := lua.Fit(many(32767), 0); err != nil {
		t.Error(err)
	}
	_, err := lua.Fit(many(32768), 0)
	var limit *lua.LimitError
	if !errors.As(err, &limit) || limit.Have != 32768 {
		t.Errorf("error %v, want a limit of declarations", err)
	}
}

// TestFitWide: an expression that takes many registers leaves fewer for locals.
func TestFitWide(t *testing.T) {
	var block lua.Block
	text := lua.Expr(lua.Str(""))
	for i := range 110 {
		v := lua.NewVar("x")
		block = append(block, lua.Let(v, lua.Str(fmt.Sprint(i%10))))
		text = lua.Op(text, "..", v)
	}
	block = append(block, &lua.Return{Values: []lua.Expr{text}})
	fitted, err := lua.Fit(block, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := run(t, fitted), strings.Repeat("0123456789", 11); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFitUpvalues(t *testing.T) {
	var block lua.Block
	sum := lua.Int(0)
	fn := &lua.LocalFunc{V: lua.NewVar("f")}
	for range 70 {
		v := lua.NewVar("x") // a parameter cannot become a field
		fn.Params = append(fn.Params, v)
		sum = lua.Op(sum, "+", v)
	}
	fn.Body = lua.Block{&lua.Return{Values: []lua.Expr{&lua.Func{Body: returning(sum)}}}}
	block = append(block, fn)
	_, err := lua.Fit(block, 0)
	var limit *lua.LimitError
	if !errors.As(err, &limit) || limit.Have != 70 {
		t.Errorf("error %v, want a limit of outer variables", err)
	}
}

// TestFitOuterLocals: locals that a closure refers to become fields where they are too many for it.
func TestFitOuterLocals(t *testing.T) {
	var block lua.Block
	sum := lua.Int(0)
	for i := range 70 {
		v := lua.NewVar("x")
		block = append(block, lua.Let(v, lua.Int(int64(i))))
		sum = lua.Op(sum, "+", v)
	}
	f := lua.NewVar("f")
	block = append(block, &lua.LocalFunc{V: f, Body: returning(sum)}, &lua.Return{Values: []lua.Expr{lua.Invoke(f)}})
	fitted, err := lua.Fit(block, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := run(t, fitted), fmt.Sprint(70*69/2); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestFitParameters: so do the parameters of a function that may call itself.
func TestFitParameters(t *testing.T) {
	sum := lua.Int(0)
	fn := &lua.LocalFunc{V: lua.NewVar("f"), Apart: true}
	var args []lua.Expr
	for i := range 70 {
		v := lua.NewVar("x")
		fn.Params, args = append(fn.Params, v), append(args, lua.Int(int64(i)))
		sum = lua.Op(sum, "+", v)
	}
	less := []lua.Expr{lua.Int(0)}
	for _, v := range fn.Params[1:] {
		less = append(less, v)
	}
	fn.Body = lua.Block{
		lua.When(lua.Op(fn.Params[0], ">", lua.Int(0)), &lua.Return{Values: []lua.Expr{lua.Invoke(fn.V, less...)}}),
		&lua.Return{Values: []lua.Expr{lua.Invoke(&lua.Func{Body: returning(sum)})}},
	}
	args[0] = lua.Int(5)
	for range 2 { // as for two packagings
		fitted, err := lua.Fit(lua.Block{fn, &lua.Return{Values: []lua.Expr{lua.Invoke(fn.V, args...)}}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := run(t, fitted), fmt.Sprint(70*69/2); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
