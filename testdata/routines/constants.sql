CREATE TABLE t (id int PRIMARY KEY, a bigint, n numeric, s text);
CREATE TABLE u (id int PRIMARY KEY, a bigint);
CREATE FUNCTION planned(p int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE n int;
BEGIN
  IF p > 0 THEN
    UPDATE t SET a = 5 / (1 - 1);
  END IF;
  SELECT count(*) INTO n FROM t WHERE p = 0 AND a = lcm('-9223372036854775808'::bigint, 6);
  RETURN n;
EXCEPTION WHEN division_by_zero THEN
  RETURN -1;
END $$;
----
-- errors of constants over empty tables
UPDATE t SET a = lcm('-9223372036854775808'::bigint, 6);
MERGE INTO t USING u ON true WHEN MATCHED THEN UPDATE SET a = ('NaN'::numeric)::bigint;
SELECT id, a + 'NaN'::numeric::bigint FROM t;
SELECT id FROM t WHERE a = 9223372036854775807 + 1::bigint;
SELECT id FROM t WHERE a > 0 AND s = 'x' AND n = ('abc' || 'x')::numeric;
SELECT id FROM t WHERE s = substring('ab', 1, 1 - 3) AND a > 1;
SELECT id FROM t WHERE n > ln(0.0) AND a > 0;
-- columns that nobody reads are not planned
SELECT id FROM (SELECT id, 2147483647 + 1 AS x FROM t) q;
SELECT id, x FROM (SELECT id, 2147483647 + 1 AS x FROM t) q;
WITH w AS MATERIALIZED (SELECT id, 1 / (3 - 3) AS x FROM t) SELECT count(x) FROM w;
WITH w AS MATERIALIZED (SELECT id, 1 / (3 - 3) AS x FROM t) SELECT 1 AS one;
SELECT id FROM t UNION ALL SELECT id / (1 - 1) + 5 / (1 - 1) FROM u;
SELECT id FROM t UNION ALL SELECT id / (1 - 1) FROM u;
-- subqueries
SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a + 1 / (3 - 3));
SELECT id FROM t WHERE EXISTS (SELECT 1 / (3 - 3) FROM u WHERE u.a = t.a);
SELECT id, (SELECT max(u.a) + 1 / (3 - 3) FROM u WHERE u.a = t.a) AS m FROM t;
SELECT id FROM t WHERE a IN (SELECT 1 / (3 - 3) FROM u);
SELECT t.id FROM t LEFT JOIN u ON u.id = t.id AND u.a > 1 / (3 - 3);
-- branches
SELECT id, CASE WHEN a > 0 THEN 1 / (3 - 3) END AS x FROM t;
SELECT id, coalesce(a, 1 / (3 - 3)) AS x FROM t;
SELECT id FROM t WHERE CASE WHEN true THEN a > 0 ELSE a > 1 / (3 - 3) END;
-- writes
DELETE FROM t WHERE a = 5 / (1 - 1);
INSERT INTO t SELECT id, 5 / (1 - 1) FROM u;
INSERT INTO t SELECT id, a FROM u ON CONFLICT (id) DO UPDATE SET a = 5 / (1 - 1);
WITH d AS (DELETE FROM u RETURNING id) UPDATE t SET a = 5 / (1 - 1) FROM d WHERE t.id = d.id;
DELETE FROM u WHERE id > 0 RETURNING id, repeat('x', 3), lcm('-9223372036854775808'::bigint, 6);
SELECT planned(1);
SELECT planned(0);
-- constants that have values
SELECT id, repeat('ab', 3) AS r FROM t WHERE id = 1 + 2 * 3 AND 2.5 ^ 2 > n;
INSERT INTO t VALUES (7, 10, 5, 'x'), (8, 11, 1 + 2, 'y');
SELECT id, repeat('ab', 3) AS r FROM t WHERE id = 1 + 2 * 3 AND 2.5 ^ 2 > n;
SELECT id, (7 / 2) * n + 10 % 4 + -7 / 2 + -7 % 4 AS x, 2::smallint * 3 AS y, - (5 - 7) AS z FROM t ORDER BY id;
SELECT id FROM t WHERE '2024-02-29'::date + interval '1 year' < '2025-03-01' ORDER BY id;
SELECT count(*) AS n FROM t WHERE n < 32767::smallint + 1::smallint;
SELECT planned(0);
