package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// servers stops what the tests started, after they ran.
type servers struct{ m *testing.M }

var stops []func()

func (s servers) Run() int {
	code := s.m.Run()
	for _, stop := range stops {
		stop()
	}
	return code
}

func TestMain(m *testing.M) {
	testscript.Main(servers{m}, map[string]func(){"prequel": main})
}

// TestCLI runs the scripts of testdata/cli. $PG is a PostgreSQL, $REDIS the address of a redis-server, both empty.
func TestCLI(t *testing.T) {
	dsn := os.Getenv(testdb.PostgresEnv)
	if dsn == "" {
		started, stop, err := testdb.StartPostgres()
		if err != nil {
			t.Fatal(err)
		}
		stops = append(stops, stop)
		dsn = started
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/cli",
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			addr, stop, err := testdb.StartRedis()
			if err != nil {
				return err
			}
			env.Defer(stop)
			env.Setenv("REDIS", addr)
			database, err := newDatabase(dsn, env)
			if err != nil {
				return err
			}
			env.Setenv("PG", database)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"psql": psql, "sqlite": sqlite},
	})
}

// databases numbers the databases of this process.
var databases atomic.Int64

// newDatabase makes a database for a script and returns its address.
func newDatabase(dsn string, env *testscript.Env) (string, error) {
	ctx := context.Background()
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("cli_%d_%d", os.Getpid(), databases.Add(1))
	exec := func(sql string) error {
		conn, err := pgx.ConnectConfig(ctx, cfg)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, sql)
		return err
	}
	if err := exec("CREATE DATABASE " + name + " TEMPLATE template0"); err != nil {
		return "", err
	}
	env.Defer(func() {
		if err := exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	})
	u := url.URL{Scheme: "postgres", User: url.UserPassword(cfg.User, cfg.Password), Host: fmt.Sprintf("%s:%d", cfg.Host, cfg.Port), Path: name}
	return u.String(), nil
}

// psql FILE runs a file of SQL in PostgreSQL.
func psql(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: psql FILE")
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, ts.Getenv("PG"))
	ts.Check(err)
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, ts.ReadFile(args[0])); err != nil {
		ts.Fatalf("%v", fmt.Errorf("%s: %w", args[0], err))
	}
}

// sqlite DB FILE makes a SQLite database with a file of SQL.
func sqlite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sqlite DB FILE")
	}
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	if _, err := db.Exec(ts.ReadFile(args[1])); err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
}
