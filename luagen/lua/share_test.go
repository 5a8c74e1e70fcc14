package lua_test

import (
	"testing"

	"github.com/prequel-db/prequel/luagen/lua"
)

func TestShare(t *testing.T) {
	argv := lua.Global("ARGV")
	arg := func(n int64) lua.Expr { return &lua.Index{X: argv, I: lua.Int(n)} }
	enc := func(x lua.Expr) lua.Expr { return lua.Compute(lua.Helper("enc"), x) }
	add := func(x, y lua.Expr) lua.Expr { return lua.Invoke(lua.Helper("intadd"), x, y) }
	cond := lua.Op(arg(9), "==", lua.Int(1))
	for _, c := range []struct {
		name  string
		build func() lua.Block
		want  string
	}{
		{"twice", func() lua.Block {
			return lua.Block{use(enc(arg(1))), use(enc(arg(1)))}
		}, "local bytes = enc(ARGV[1])\nprint(bytes)\nprint(bytes)\n"},
		{"twice in one statement", func() lua.Block {
			return lua.Block{use(enc(arg(1)), enc(arg(1)))}
		}, "local bytes = enc(ARGV[1])\nprint(bytes, bytes)\n"},
		{"named already", func() lua.Block {
			v := lua.NewVar("v")
			return lua.Block{lua.Let(v, enc(arg(1))), use(v), use(enc(arg(1)))}
		}, "local v = enc(ARGV[1])\nprint(v)\nprint(v)\n"},
		{"through names", func() lua.Block {
			a, b := lua.NewVar("a"), lua.NewVar("b")
			return lua.Block{lua.Let(a, arg(1)), use(enc(a)), lua.Let(b, arg(1)), use(enc(b), a, b)}
		}, "local a = ARGV[1]\nlocal a_bytes = enc(a)\nprint(a_bytes)\nlocal b = ARGV[1]\nprint(a_bytes, a, b)\n"},
		{"parts of what is shared", func() lua.Block {
			whole := func() lua.Expr { return lua.Op(enc(arg(1)), "..", enc(arg(2))) }
			return lua.Block{use(whole()), use(whole()), use(enc(arg(2)))}
		}, "local bytes = enc(ARGV[2])\nlocal bytes2 = enc(ARGV[1]) .. bytes\nprint(bytes2)\nprint(bytes2)\nprint(bytes)\n"},
		{"inside of a branch and behind it", func() lua.Block {
			return lua.Block{lua.When(cond, use(enc(arg(1)))), use(enc(arg(1)))}
		}, "if ARGV[9] == 1 then\n  print(enc(ARGV[1]))\nend\nprint(enc(ARGV[1]))\n"},
		{"before a branch and inside", func() lua.Block {
			return lua.Block{use(enc(arg(1))), lua.When(cond, use(enc(arg(1))))}
		}, "local bytes = enc(ARGV[1])\nprint(bytes)\nif ARGV[9] == 1 then\n  print(bytes)\nend\n"},
		{"only sometimes evaluated", func() lua.Block {
			guarded := func() lua.Expr { return lua.Op(cond, "and", enc(arg(1))) }
			return lua.Block{use(lua.Op(guarded(), "or", lua.Str("x"))), use(enc(arg(1)))}
		}, "print(ARGV[9] == 1 and enc(ARGV[1]) or \"x\")\nprint(enc(ARGV[1]))\n"},
		{"in a loop", func() lua.Block {
			i := lua.NewVar("i")
			return lua.Block{&lua.NumFor{V: i, From: lua.Int(1), To: lua.Int(2), Body: lua.Block{use(enc(i)), use(enc(i))}}, use(enc(arg(1)))}
		}, "for i = 1, 2 do\n  local i_bytes = enc(i)\n  print(i_bytes)\n  print(i_bytes)\nend\nprint(enc(ARGV[1]))\n"},
		{"of a variable that changes", func() lua.Block {
			v := lua.NewVar("v")
			return lua.Block{lua.Let(v, arg(1)), use(enc(v)), lua.Set(v, arg(2)), use(enc(v))}
		}, "local v = ARGV[1]\nprint(enc(v))\nv = ARGV[2]\nprint(enc(v))\n"},
		{"in a function", func() lua.Block {
			return lua.Block{use(enc(arg(1))), use(&lua.Func{Body: lua.Block{use(enc(arg(1)))}})}
		}, "print(enc(ARGV[1]))\nprint(function()\n  print(enc(ARGV[1]))\nend)\n"},
		{"calls with an effect", func() lua.Block {
			get := func() lua.Expr { return lua.Invoke(lua.Global("get"), arg(1)) }
			return lua.Block{use(get()), use(get())}
		}, "print(get(ARGV[1]))\nprint(get(ARGV[1]))\n"},
		{"what never differs", func() lua.Block {
			a, b := lua.NewVar("a"), lua.NewVar("b")
			return lua.Block{
				lua.Let(a, lua.Op(enc(arg(1)), "..", arg(2))), lua.Let(b, lua.Op(enc(arg(1)), "..", arg(2))),
				lua.When(lua.Op(a, "~=", b), use(a, b)),
			}
		}, ""},
		{"numbers that may be NaN", func() lua.Block {
			n := lua.Compute(lua.Global("tonumber"), arg(1))
			return lua.Block{lua.When(lua.Op(n, "~=", n), use())}
		}, "local value = tonumber(ARGV[1])\nif value ~= value then\n  print()\nend\n"},
		{"what may fail", func() lua.Block {
			sum := lua.NewVar("sum")
			return lua.Block{
				lua.When(lua.Op(add(arg(1), arg(2)), "<", lua.Int(0)), use()), lua.Let(sum, add(arg(1), arg(2))), use(sum),
			}
		}, "local sum = intadd(ARGV[1], ARGV[2])\nif sum < 0 then\n  print()\nend\nprint(sum)\n"},
		{"what may fail behind what may fail", func() lua.Block {
			return lua.Block{use(add(arg(1), arg(2)), add(arg(3), arg(4))), use(add(arg(3), arg(4)), add(arg(1), arg(2)))}
		}, "local result = intadd(ARGV[1], ARGV[2])\nprint(result, intadd(ARGV[3], ARGV[4]))\nprint(intadd(ARGV[3], ARGV[4]), result)\n"},
		{"what may fail in a branch", func() lua.Block {
			return lua.Block{lua.When(cond, use(add(arg(1), arg(2)))), use(add(arg(1), arg(2)))}
		}, "if ARGV[9] == 1 then\n  print(intadd(ARGV[1], ARGV[2]))\nend\nprint(intadd(ARGV[1], ARGV[2]))\n"},
		{"a condition that did not hold", func() lua.Block {
			out := &lua.Return{}
			return lua.Block{lua.When(cond, out), use(), lua.When(cond, use(arg(1)), out), use(arg(2))}
		}, "if ARGV[9] == 1 then\n  return\nend\nprint()\nprint(ARGV[2])\n"},
		{"a condition that did not leave", func() lua.Block {
			return lua.Block{lua.When(cond, use()), lua.When(cond, use(arg(1)))}
		}, "if ARGV[9] == 1 then\n  print()\nend\nif ARGV[9] == 1 then\n  print(ARGV[1])\nend\n"},
		{"a condition of a variable that changes", func() lua.Block {
			v, out := lua.NewVar("v"), &lua.Return{}
			return lua.Block{lua.Let(v, arg(1)), lua.When(lua.Op(v, "==", lua.Int(1)), out), lua.Set(v, arg(2)), lua.When(lua.Op(v, "==", lua.Int(1)), out)}
		}, "local v = ARGV[1]\nif v == 1 then\n  return\nend\nv = ARGV[2]\nif v == 1 then\n  return\nend\n"},
		{"a comparison of numbers", func() lua.Block {
			return lua.Block{lua.When(lua.Op(lua.Int(0), "<", lua.Int(0)), use()), lua.When(lua.Op(lua.Int(0), "<=", lua.Int(0)), use())}
		}, "if true then\n  print()\nend\n"},
	} {
		b := lua.Share(c.build(), []lua.Expr{argv}, func(name string) bool { return name == "enc" || name == "intadd" || name == "tonumber" })
		if got := print(lua.Prune(b)); got != c.want {
			t.Errorf("%s:\ngot\n%swant\n%s", c.name, got, c.want)
		}
	}
}
