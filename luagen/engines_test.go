package luagen_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/luagen"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// engine is a Redis that runs emitted functions.
type engine struct {
	name   string
	client *redis.Client
	// call runs a function in the engine's packaging.
	call func(fn *luagen.Function, keys []string, args []any) (any, error)
}

const root, library = "{p}", "prequel_test"

// engines are the embedded engine, and a real server with plain scripts and with a function library.
func engines(t *testing.T, out *luagen.Output) []engine {
	t.Helper()
	embedded, err := miniredis.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(embedded.Close)
	real := testdb.Redis(t)
	ctx := context.Background()
	var list []engine
	for _, e := range []struct{ name, addr string }{{"embedded", embedded.Addr()}, {"script", real}, {"library", testdb.Redis(t)}} {
		client := redis.NewClient(&redis.Options{Addr: e.addr, Protocol: 2})
		t.Cleanup(func() { client.Close() })
		if err := client.Set(ctx, root+"ready:x", "1", 0).Err(); err != nil {
			t.Fatal(err)
		}
		eng := engine{name: e.name, client: client}
		if e.name == "library" {
			if err := client.FunctionLoad(ctx, out.Library).Err(); err != nil {
				t.Fatalf("load library: %v\n%s", err, out.Library)
			}
			eng.call = func(fn *luagen.Function, keys []string, args []any) (any, error) {
				return client.FCall(ctx, fn.Function, append([]string{root + "ready:x"}, keys...), args...).Result()
			}
		} else {
			eng.call = func(fn *luagen.Function, keys []string, args []any) (any, error) {
				script := redis.NewScript(fn.Script)
				return script.Run(ctx, client, append([]string{root + "ready:x"}, keys...), args...).Result()
			}
		}
		list = append(list, eng)
	}
	return list
}

// flat is a call's reply as a list: a single value is a list of one, and nil is NULL.
func flat(reply any, err error) ([]any, error) {
	if err == redis.Nil {
		reply, err = nil, nil
	}
	if list, ok := reply.([]any); ok || err != nil {
		return list, err
	}
	return []any{reply}, nil
}

// show prints a reply.
func show(reply any, err error) string {
	if err == redis.Nil {
		return "null"
	}
	if err != nil {
		return "error: " + err.Error()
	}
	switch r := reply.(type) {
	case nil:
		return "null"
	case []any:
		s := "["
		for i, x := range r {
			if i > 0 {
				s += " "
			}
			s += show(x, nil)
		}
		return s + "]"
	case string:
		return fmt.Sprintf("%q", r)
	}
	return fmt.Sprint(reply)
}
