CREATE SEQUENCE q;
CREATE SEQUENCE other INCREMENT 10;
CREATE DOMAIN even AS integer CHECK (VALUE % 2 = 0);
CREATE TABLE t (id serial PRIMARY KEY, k int UNIQUE, n bigint DEFAULT nextval('other'), e even, what text);
CREATE TABLE s (id int PRIMARY KEY, v int);
CREATE FUNCTION take(lowest int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE rows bigint;
BEGIN
  MERGE INTO t USING s ON t.k = s.id
    WHEN NOT MATCHED AND s.v < lowest THEN INSERT (k, n, what) VALUES (s.id, nextval('q') * 100, 'low')
    WHEN NOT MATCHED AND s.v = 7 THEN DO NOTHING
    WHEN NOT MATCHED THEN INSERT (k, e, what) VALUES (s.id, s.v * 2, 'high')
    WHEN MATCHED AND s.v > 4 THEN UPDATE SET n = nextval('other'), what = what || (SELECT count(*) FROM s)
    WHEN MATCHED THEN DELETE;
  GET DIAGNOSTICS rows = ROW_COUNT;
  RETURN rows;
END $$;
----
INSERT INTO s VALUES (1, 10), (2, 3), (3, 7), (4, 1), (5, 20), (6, 5);
MERGE INTO t USING s ON t.k = s.id WHEN NOT MATCHED AND s.v < 4 THEN INSERT (k, what) VALUES (s.id, 'a') WHEN NOT MATCHED AND s.v > 6 THEN INSERT (k, what) VALUES (s.id, 'b');
SELECT take(6);
SELECT take(100);
INSERT INTO s SELECT id + 10, v + 1 FROM s;
SELECT take(5);
SELECT nextval('q'), nextval('other');
MERGE INTO t USING s ON t.k = s.id WHEN MATCHED AND s.v > 10 THEN UPDATE SET e = s.v WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (k, e) VALUES (s.id, s.v);
MERGE INTO t USING s ON t.k = s.id WHEN MATCHED AND s.v < 3 THEN UPDATE SET e = s.v + 1 WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND s.v = 10 THEN INSERT (k, e) VALUES (s.id, s.v);
