package embedded

import (
	"context"
	"net"

	"github.com/alicebob/miniredis/v2"
	lua "github.com/yuin/gopher-lua"

	"github.com/prequel-db/prequel/runtime"
)

func init() {
	runtime.RegisterEngine("embedded", start)
	// Functions that call themselves do so up to 100 deep, each with its registers.
	lua.RegistrySize = max(lua.RegistrySize, 100*256)
}

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
	}, nil
}
