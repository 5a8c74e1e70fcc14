package meter

import (
	"net"
	"sync"
	"sync/atomic"
)

// A Proxy passes TCP connections on to a server and counts round trips: how often a client sent something after the server had
// the last word.
type Proxy struct {
	listener net.Listener
	target   string
	trips    atomic.Int64
	bytes    atomic.Int64
	mu       sync.Mutex
	conns    map[net.Conn]bool
	closed   bool
}

// NewProxy listens on a port of the loopback interface and passes connections on to target (host:port).
func NewProxy(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, target: target, conns: map[net.Conn]bool{}}
	go p.accept()
	return p, nil
}

// Addr is where clients connect (host:port).
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// RoundTrips is the number of round trips so far, of all connections.
func (p *Proxy) RoundTrips() int64 { return p.trips.Load() }

// Bytes is the number of bytes that went either way.
func (p *Proxy) Bytes() int64 { return p.bytes.Load() }

// Cut breaks every connection; new ones can be made.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

// Close stops listening and breaks every connection.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	err := p.listener.Close()
	p.Cut()
	return err
}

// hold notes an open connection; it is false when the proxy is closed.
func (p *Proxy) hold(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.conns[c] = true
	return true
}

func (p *Proxy) drop(c net.Conn) {
	c.Close()
	p.mu.Lock()
	delete(p.conns, c)
	p.mu.Unlock()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.serve(client)
	}
}

func (p *Proxy) serve(client net.Conn) {
	if !p.hold(client) {
		client.Close()
		return
	}
	defer p.drop(client)
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	if !p.hold(server) {
		server.Close()
		return
	}
	defer p.drop(server)
	var answered atomic.Bool
	answered.Store(true)
	done := make(chan struct{}, 2)
	go func() {
		p.pass(server, client, func() {
			if answered.Swap(false) {
				p.trips.Add(1)
			}
		})
		done <- struct{}{}
	}()
	go func() {
		p.pass(client, server, func() { answered.Store(true) })
		done <- struct{}{}
	}()
	<-done
}

// pass copies from one side to the other and calls seen before it passes each piece on.
func (p *Proxy) pass(to, from net.Conn, seen func()) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			seen()
			p.bytes.Add(int64(n))
			if _, werr := to.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			to.Close() // the other direction ends too
			return
		}
	}
}
