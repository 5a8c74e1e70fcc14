-- WITH TIES gives more rows than it says, which a join repeats its other side for.
CREATE TABLE t (id int PRIMARY KEY, n int);
----
INSERT INTO t VALUES (1, 1), (2, NULL), (3, 1);
SELECT id FROM (SELECT id, NULL::text AS o FROM t ORDER BY 2 FETCH FIRST (1) ROWS WITH TIES) q ORDER BY id;
SELECT t.id FROM t LEFT JOIN (SELECT s.id, NULL::text AS o FROM t s ORDER BY 2 FETCH FIRST (1) ROWS WITH TIES) q ON true WHERE t.id = 1 ORDER BY 1;
SELECT t.id, q.id AS other FROM t JOIN LATERAL (SELECT s.id FROM t s WHERE s.id >= t.id ORDER BY s.n FETCH FIRST 1 ROW WITH TIES) q ON true WHERE t.id = 1 ORDER BY 2;
SELECT t.id, cume_dist() OVER (ORDER BY q.n) AS c FROM t LEFT JOIN (SELECT n, 5 AS o FROM t ORDER BY o FETCH FIRST 1 ROW WITH TIES) q ON true WHERE t.id = 2 ORDER BY 2;
