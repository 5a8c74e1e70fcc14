// Package meter measures what calls cost a Redis server, for tests of certificates: how many round trips they take (Proxy) and
// which commands they run, those inside scripts included (Watch).
//
//	proxy, err := meter.NewProxy(addr)
//	db, err := runtime.Open(ctx, "redis://"+proxy.Addr(), program)
//	before := proxy.RoundTrips()
//	... call ...
//	trips := proxy.RoundTrips() - before
//
//	commands, err := meter.Watch(ctx, addr, func() error { return call() })
package meter
