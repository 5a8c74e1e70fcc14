CREATE TABLE t (id integer PRIMARY KEY, a integer UNIQUE, b text, n integer NOT NULL DEFAULT 0, CHECK (n < 5));
CREATE UNIQUE INDEX active ON t (b) WHERE n > 0;
----
INSERT INTO t VALUES (1, 10, 'x', 1), (2, 20, 'y', 0), (3, 30, 'z', 3);
INSERT INTO t VALUES (1, 11, 'w', 0), (4, 40, 'v', 0) ON CONFLICT DO NOTHING;
INSERT INTO t VALUES (5, 10, 'w', 0), (6, 60, 'u', 0) ON CONFLICT (a) DO NOTHING;
INSERT INTO t VALUES (1, 11, 'w', 2), (7, 70, 't', 0) ON CONFLICT (id) DO UPDATE SET n = t.n + 1, a = excluded.a RETURNING id, n;
INSERT INTO t VALUES (8, 11, 'q', 0) ON CONFLICT (a) DO UPDATE SET b = excluded.b, n = 0 WHERE t.n > 0;
INSERT INTO t VALUES (9, 90, 'z', 2) ON CONFLICT (b) WHERE n > 0 DO UPDATE SET n = t.n + excluded.n;
INSERT INTO t VALUES (3, 91, 'k', 1), (10, 92, 'l', 1) ON CONFLICT (id) DO UPDATE SET n = t.n + 1;
INSERT INTO t SELECT id, a + 1000, b, 0 FROM t ON CONFLICT (id) DO UPDATE SET a = excluded.a;
INSERT INTO t VALUES (20, 200, 'm', 1), (1, 201, 'n', 9) ON CONFLICT (id) DO UPDATE SET n = excluded.n;
