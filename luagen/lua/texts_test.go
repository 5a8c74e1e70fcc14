package lua_test

import (
	"testing"

	"github.com/prequel-db/prequel/luagen/lua"
)

func TestTexts(t *testing.T) {
	id, other, call := lua.NewVar("id"), lua.NewVar("other"), lua.NewVar("call")
	command := func(args ...lua.Expr) lua.Stat { return &lua.Do{Call: lua.Invoke(call, args...)} }
	key := func(v lua.Expr) lua.Expr { return lua.Op(lua.Str("key:"), "..", v) }
	const head = "local id = dec()\nlocal other = \"o\"\nlocal call = redis\n"
	for _, c := range []struct {
		name string
		body lua.Block
		want string
	}{
		{
			"several",
			lua.Block{command(lua.Str("HGET"), key(id), id), use(id)},
			head + "local id_text = tostring(id)\ncall(\"HGET\", \"key:\" .. id_text, id_text)\nprint(id)\n",
		},
		{"one", lua.Block{command(lua.Str("HGET"), lua.Str("key"), id), use(id, id)}, head + "call(\"HGET\", \"key\", id)\nprint(id, id)\n"},
		{"in two branches", lua.Block{&lua.If{
			Clauses: []lua.Clause{{Cond: lua.Op(id, "==", lua.Int(1)), Body: lua.Block{command(id)}}}, Else: lua.Block{command(id)},
		}}, head + "if id == 1 then\n  call(id)\nelse\n  call(id)\nend\n"},
		{"what may be no number", lua.Block{command(key(other), other)}, head + "call(\"key:\" .. other, other)\n"},
	} {
		body := append(lua.Block{lua.Let(id, lua.Invoke(lua.Helper("dec"))), lua.Let(other, lua.Str("o")), lua.Let(call, lua.Global("redis"))}, c.body...)
		isCommand := func(c *lua.Call) bool { return c.F == lua.Expr(call) }
		b := lua.Texts(body, map[*lua.Var]bool{id: true}, isCommand, func(b lua.Block) lua.Block {
			return lua.Share(b, nil, func(name string) bool { return name == "tostring" })
		})
		if got := print(b); got != c.want {
			t.Errorf("%s:\ngot\n%swant\n%s", c.name, got, c.want)
		}
	}
}
