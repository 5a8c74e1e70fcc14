package embedded

import (
	"context"
	"net"

	"github.com/alicebob/miniredis/v2"

	"github.com/prequel-db/prequel/runtime"
)

func init() { runtime.RegisterEngine("embedded", start) }

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
