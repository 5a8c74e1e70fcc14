-- A view's columns have no defaults but those of their domains.
CREATE DOMAIN word AS text DEFAULT 'ab';
CREATE DOMAIN more AS word;
CREATE TABLE t (id int PRIMARY KEY, a word DEFAULT 'b', b word, c more DEFAULT 'c', d text DEFAULT 'd', h word DEFAULT 'h');
CREATE VIEW u AS SELECT id, a, b, c, d FROM t;
CREATE VIEW v AS SELECT id, a AS aa, c AS cc FROM u;
----
INSERT INTO u VALUES (1, default, default, default, default);
INSERT INTO u (id) VALUES (2);
INSERT INTO t (id) VALUES (3);
INSERT INTO v (id) VALUES (4);
INSERT INTO u VALUES (5, default, default, default, default), (6, 'z', 'z', 'z', 'z');
INSERT INTO u (id) SELECT 7;
INSERT INTO v (id, aa) VALUES (8, default), (9, 'q');
UPDATE u SET a = default, c = default, d = default WHERE id = 6;
UPDATE v SET (aa, cc) = (default, 'x') WHERE id = 9;
UPDATE u SET (b, d) = ('y', default) WHERE id = 9;
UPDATE t SET a = default, d = default WHERE id = 3;
INSERT INTO u VALUES (9) ON CONFLICT (id) DO UPDATE SET a = default, d = 'u';
INSERT INTO t VALUES (9) ON CONFLICT (id) DO UPDATE SET a = default, d = default;
