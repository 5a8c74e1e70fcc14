CREATE TABLE kv (k text PRIMARY KEY, v text, version integer NOT NULL DEFAULT 0);
CREATE TABLE counters (name text PRIMARY KEY, n bigint NOT NULL);
CREATE TABLE log (id bigserial PRIMARY KEY, at integer NOT NULL, line text);
----
INSERT INTO kv (k, v) VALUES ('a', '') ON CONFLICT DO NOTHING;
INSERT INTO kv (k, v) VALUES ('b', NULL) ON CONFLICT (k) DO UPDATE SET v = excluded.v, version = kv.version + 1;
INSERT INTO kv (k, v) VALUES ('a', 'x'), ('c', 'y') ON CONFLICT (k) DO UPDATE SET v = excluded.v;
UPDATE kv SET v = 'z', version = version + 1 WHERE k = 'a' AND version = 0;
UPDATE kv SET v = 'w' WHERE k = 'missing';
DELETE FROM kv WHERE k = 'b' AND v IS NULL;
INSERT INTO counters VALUES ('n', 1) ON CONFLICT (name) DO UPDATE SET n = counters.n + 1;
UPDATE counters SET n = n + 9223372036854775806 WHERE name = 'n' RETURNING n;
UPDATE counters SET n = n + 1 WHERE name = 'n';
INSERT INTO log (at, line) VALUES (1, 'x'), (2, 'y');
INSERT INTO log (at, line) SELECT length(v), k FROM kv RETURNING id;
INSERT INTO log (at) VALUES (NULL);
DELETE FROM log WHERE at < 2;
