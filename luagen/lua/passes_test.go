package lua_test

import (
	"testing"

	"github.com/prequel-db/prequel/luagen/lua"
)

// print names and prints a block.
func print(b lua.Block) string {
	lua.Name(b)
	return lua.Print(b)
}

func use(xs ...lua.Expr) lua.Stat { return &lua.Do{Call: lua.Invoke(lua.Global("print"), xs...)} }

func TestPlace(t *testing.T) {
	owner := new(int)
	cond := lua.Op(lua.Global("x"), "==", lua.Int(1))
	later := func(hint string, x lua.Expr, inline bool) *lua.Var { return lua.Later(owner, hint, x, inline) }
	for _, c := range []struct {
		name  string
		build func() lua.Block
		want  string
	}{
		{"used once", func() lua.Block {
			return lua.Block{use(later("a", lua.Int(1), true))}
		}, "print(1)\n"},
		{"used twice", func() lua.Block {
			v := later("a", lua.Int(1), true)
			return lua.Block{use(), use(v), use(v)}
		}, "print()\nlocal a = 1\nprint(a)\nprint(a)\n"},
		{"never used", func() lua.Block {
			later("a", lua.Int(1), true)
			return lua.Block{use()}
		}, "print()\n"},
		{"in one branch", func() lua.Block {
			v := later("a", lua.Int(1), false)
			return lua.Block{lua.When(cond, use(), use(v))}
		}, "if x == 1 then\n  print()\n  local a = 1\n  print(a)\nend\n"},
		{"in two branches", func() lua.Block {
			v := later("a", lua.Int(1), false)
			return lua.Block{&lua.If{Clauses: []lua.Clause{{Cond: cond, Body: lua.Block{use(v)}}}, Else: lua.Block{use(v)}}}
		}, "local a = 1\nif x == 1 then\n  print(a)\nelse\n  print(a)\nend\n"},
		{"in a loop", func() lua.Block {
			v := later("a", lua.Int(1), true)
			return lua.Block{&lua.NumFor{V: lua.NewVar("i"), From: lua.Int(1), To: lua.Int(2), Body: lua.Block{use(v)}}}
		}, "local a = 1\nfor i = 1, 2 do\n  print(a)\nend\n"},
		{"in a function", func() lua.Block {
			v := later("a", lua.Int(1), true)
			return lua.Block{use(&lua.Func{Body: lua.Block{use(v)}})}
		}, "local a = 1\nprint(function()\n  print(a)\nend)\n"},
		{"one needs the other", func() lua.Block {
			a := later("a", lua.Int(1), false)
			b := later("b", lua.Op(a, "+", lua.Int(1)), false)
			return lua.Block{use(b), use(a)}
		}, "local a = 1\nlocal b = a + 1\nprint(b)\nprint(a)\n"},
		{"another owner's", func() lua.Block {
			v := lua.Later(new(int), "a", lua.Int(1), true)
			b := lua.Block{use(v)}
			v.Lazy.Owner = "other"
			b = lua.Place(b, owner)
			return lua.Place(b, "other")
		}, "print(1)\n"},
	} {
		if got := print(lua.Place(c.build(), owner)); got != c.want {
			t.Errorf("%s:\ngot\n%swant\n%s", c.name, got, c.want)
		}
	}
}

func TestPrune(t *testing.T) {
	call := func() lua.Expr { return lua.Invoke(lua.Global("f")) }
	a, b, c, d := lua.NewVar("a"), lua.NewVar("b"), lua.NewVar("c"), lua.NewVar("d")
	block := lua.Block{
		lua.Let(a, lua.Int(1)),                 // read by b alone
		lua.Let(b, lua.Op(a, "+", lua.Int(1))), // read by nobody
		lua.Let(c, call()),                     // may have an effect
		lua.Let(d, nil),
		lua.Set(d, lua.Int(2)), // written, never read
		lua.When(lua.Op(lua.Global("x"), "==", lua.Int(1))),
		&lua.Scope{Body: lua.Block{&lua.Comment{Text: "nothing"}}},
	}
	if got, want := print(lua.Prune(block)), "f()\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTidy(t *testing.T) {
	v, w := lua.NewVar("v"), lua.NewVar("w")
	block := lua.Block{
		lua.Let(v, lua.Int(1)),
		lua.When(v, use(v)), lua.When(v, use()),
		lua.When(v, lua.Set(v, lua.Int(2))), lua.When(v, use()),
		lua.Let(w, lua.Int(3)), &lua.Return{Values: []lua.Expr{w}},
	}
	want := "local v = 1\nif v then\n  print(v)\n  print()\n  v = 2\nend\nif v then\n  print()\nend\nreturn 3\n"
	if got := print(lua.Tidy(block)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestLayout(t *testing.T) {
	long := lua.Str("a text of some forty bytes, more or less.")
	x := lua.Global("x")
	block := lua.Block{
		use(long, long, long, long),
		lua.Set(&lua.Field{X: x, Name: "y"}, lua.Op(long, "..", lua.Op(x, "..", lua.Op(long, "..", long)))),
		lua.When(lua.And(lua.Op(x, "==", long), lua.Or(lua.Op(x, "==", long), lua.Op(x, "==", lua.Int(1))), x), use()),
		use(lua.Op(lua.Op(lua.Int(1), "-", lua.Op(lua.Int(2), "-", lua.Int(3))), "*", lua.Int(-4)), &lua.Un{Op: "-", X: lua.Int(-1)},
			lua.Send(lua.Str("x"), "rep", lua.Int(2)), &lua.Un{Op: "not", X: lua.Op(x, "==", lua.Num{Text: "1/0"})}),
	}
	want := `print(
  "a text of some forty bytes, more or less.", "a text of some forty bytes, more or less.",
  "a text of some forty bytes, more or less.", "a text of some forty bytes, more or less."
)
x.y = "a text of some forty bytes, more or less."
  .. x
  .. "a text of some forty bytes, more or less."
  .. "a text of some forty bytes, more or less."
if x == "a text of some forty bytes, more or less."
  and (x == "a text of some forty bytes, more or less." or x == 1)
  and x then
  print()
end
print((1 - (2 - 3)) * -4, -(-1), ("x"):rep(2), not (x == 1/0))
`
	if got := print(block); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
