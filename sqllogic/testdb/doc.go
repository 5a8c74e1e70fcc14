// Package testdb starts the database servers that tests need: PostgreSQL 15 or later as the judge of what a statement
// means, and redis-server 7 as the engine that runs what was compiled.
//
// Every server is private: a port of its own on 127.0.0.1, a directory of its own under the system's temporary
// directory, nothing durable. A missing binary is a failure that names the Debian package, never a skip.
//
//	func TestMain(m *testing.M) { testdb.Main(m) }
//
//	func TestX(t *testing.T) {
//		dsn := testdb.Database(t) // a fresh, empty database
//		addr := testdb.Redis(t)   // a fresh, empty redis-server
//	}
//
// # Lifetime
//
// One PostgreSQL serves a test process; it starts at the first call (about 1.5 s, most of it initdb) and is stopped by
// Main. A redis-server starts in 20 ms, so each call of Redis gets its own and no test needs to clean up keys, libraries
// or settings; it stops at the end of the calling test. A test process that is killed takes its servers with it
// (on Linux, through the parent-death signal); what it leaves in the temporary directory is swept by the next one.
//
// # Environment
//
// PREQUEL_TEST_PG, a connection string of a superuser, replaces the private PostgreSQL: several test processes then
// share one server, each test still in its own database. The command withpostgres starts one and sets it.
// PREQUEL_TEST_REDIS_SERVER names another server binary than redis-server (a path or a name on PATH), to run the same
// tests against, say, Valkey.
//
// The package does not install anything (.ci/run does) and is not for production use.
package testdb
