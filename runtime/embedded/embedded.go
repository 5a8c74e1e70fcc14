package embedded

import (
	"context"
	"net"
	"sync"

	"github.com/alicebob/miniredis/v2"
	lua "github.com/yuin/gopher-lua"

	"github.com/prequel-db/prequel/runtime"
)

func init() { runtime.RegisterEngine("embedded", start) }

// deepen gives each script the registers of functions that call themselves up to 100 deep. Every call of a script pays for them, some 150
// us, so that they are there only once a program needs them.
var deepen = sync.OnceFunc(func() { lua.RegistrySize = max(lua.RegistrySize, 100*256) })

func start(context.Context, string) (*runtime.Engine, error) {
	server := miniredis.NewMiniRedis()
	// The first connection starts the server; made here, so that later ones need not race for it.
	first, err := server.Dial()
	if err != nil {
		return nil, err
	}
	if err := first.Close(); err != nil {
		return nil, err
	}
	return &runtime.Engine{
		Dial: func(context.Context) (net.Conn, error) {
			c, err := server.Dial()
			if err != nil {
				return nil, err
			}
			return newQueued(c), nil
		},
		Close:      func() error { server.Close(); return nil },
		Eval:       true,
		NoTracking: true,
		NoWatch:    true,
		Blanks:     true,
		Deepen:     deepen,
	}, nil
}
