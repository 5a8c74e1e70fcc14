CREATE TABLE m (id integer PRIMARY KEY, v integer NOT NULL CHECK (v < 1000), u integer UNIQUE, twice integer GENERATED ALWAYS AS (v * 2) STORED);
CREATE TABLE s (id integer, v integer, op text);
CREATE TABLE child (id integer PRIMARY KEY, m integer REFERENCES m ON DELETE CASCADE ON UPDATE CASCADE, amount integer);
CREATE TABLE log (what text, n integer);
CREATE TABLE bag (a integer, b text);
CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL DEFAULT 'none', n integer);
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO log VALUES (TG_OP, coalesce(NEW.amount, OLD.amount));
  RETURN NULL;
END $$;
CREATE FUNCTION capped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.amount := least(NEW.amount, 50);
  RETURN NEW;
END $$;
CREATE TRIGGER a_capped BEFORE INSERT OR UPDATE ON child FOR EACH ROW EXECUTE FUNCTION capped();
CREATE TRIGGER b_noted AFTER INSERT OR UPDATE OR DELETE ON child FOR EACH ROW EXECUTE FUNCTION noted();
CREATE FUNCTION sync(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
  MERGE INTO m USING (SELECT id, v FROM s WHERE id >= k) q ON m.id = q.id
    WHEN MATCHED AND q.v < k THEN DELETE
    WHEN MATCHED THEN UPDATE SET v = q.v + k
    WHEN NOT MATCHED THEN INSERT (id, v) VALUES (q.id, k);
  GET DIAGNOSTICS n = ROW_COUNT;
  IF FOUND THEN n := n + 100; END IF;
  RETURN n;
END $$;
----
INSERT INTO m VALUES (1, 10, 1), (2, 20, 2), (3, 30, 3);
INSERT INTO s VALUES (1, 100, 'a'), (1, 101, 'b'), (4, 40, 'c'), (5, 50, NULL), (NULL, 6, 'n');
-- a row may be changed once
MERGE INTO m USING s ON m.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
MERGE INTO m USING s ON m.id = s.id WHEN MATCHED THEN DELETE;
MERGE INTO m USING s ON m.id = s.id WHEN MATCHED AND s.v = 101 THEN DELETE WHEN MATCHED THEN DO NOTHING;
-- inserts
MERGE INTO m USING s ON m.id = s.id WHEN NOT MATCHED AND s.id = 1 THEN INSERT VALUES (s.id, s.v);
MERGE INTO m USING s ON m.id = s.id WHEN NOT MATCHED AND s.id = 4 THEN INSERT (id) VALUES (s.id);
MERGE INTO m USING s ON m.id = s.id WHEN NOT MATCHED AND s.v > 45 THEN INSERT (v, id) VALUES (DEFAULT, s.id + 10);
MERGE INTO m USING s ON m.id = s.id WHEN NOT MATCHED AND s.v > 45 AND s.id > 1 THEN INSERT (v, id) VALUES (s.v, s.id + 10);
MERGE INTO m USING s ON m.id = s.id WHEN NOT MATCHED AND s.id IS NULL THEN INSERT DEFAULT VALUES;
MERGE INTO notes USING s ON false WHEN NOT MATCHED AND s.v > 100 THEN INSERT DEFAULT VALUES;
MERGE INTO notes USING s ON false WHEN NOT MATCHED AND s.v > 45 THEN INSERT (n) VALUES (s.v);
-- all kinds of actions
MERGE INTO m AS t USING (SELECT id, max(v) AS v FROM s GROUP BY id) AS q(a, b) ON t.id = q.a WHEN MATCHED AND b > 100 THEN UPDATE SET (v, u) = (b + 1, t.u) WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND a IS NOT NULL THEN INSERT VALUES (a, b, a);
MERGE INTO m USING (VALUES (2, 21), (8, 80)) AS x(id, v) ON m.id = x.id WHEN MATCHED THEN UPDATE SET v = m.v + x.v, u = DEFAULT WHEN NOT MATCHED THEN INSERT (id, v) VALUES (x.id, x.v);
MERGE INTO m USING (VALUES (2, 999)) AS x(id, v) ON m.id = x.id WHEN MATCHED THEN UPDATE SET v = x.v + 1;
MERGE INTO m USING (VALUES (2, 999)) AS x(id, v) ON m.id = x.id WHEN MATCHED AND (SELECT count(*) FROM s) > 3 THEN UPDATE SET v = (SELECT max(s.v) FROM s) WHEN MATCHED THEN DELETE;
MERGE INTO m USING (VALUES (2, 8)) AS x(id, u) ON m.id = x.id WHEN MATCHED THEN UPDATE SET id = x.u;
WITH x AS (SELECT 1 AS id, 7 AS v) MERGE INTO m USING x ON m.id = x.id WHEN MATCHED THEN UPDATE SET v = x.v WHEN NOT MATCHED THEN INSERT VALUES (x.id, x.v);
MERGE INTO m USING (s LEFT JOIN child ON child.m = s.id) ON m.id = s.id WHEN NOT MATCHED AND s.id = 5 THEN INSERT (id, v) VALUES (s.id, child.id);
-- foreign keys and triggers
INSERT INTO child VALUES (1, 1, 10), (2, 2, 20), (3, NULL, 90);
MERGE INTO child USING (VALUES (1, 60), (3, 3), (9, 99)) AS x(id, a) ON child.id = x.id WHEN MATCHED AND x.a = 3 THEN DELETE WHEN MATCHED THEN UPDATE SET amount = x.a WHEN NOT MATCHED THEN INSERT VALUES (x.id, 2, x.a);
MERGE INTO child USING (VALUES (7, 77)) AS x(id, a) ON child.id = x.id WHEN NOT MATCHED THEN INSERT VALUES (x.id, x.a, 0);
MERGE INTO m USING (VALUES (2, 22), (1, NULL)) AS x(id, n) ON m.id = x.id WHEN MATCHED AND n IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET id = x.n;
MERGE INTO m USING child ON m.id = child.m WHEN MATCHED THEN DO NOTHING;
-- rows without a key
INSERT INTO bag VALUES (1, 'x'), (1, 'x'), (2, NULL);
MERGE INTO bag USING (VALUES (1, 'new'), (3, 'c')) AS x(a, b) ON bag.a = x.a WHEN MATCHED THEN UPDATE SET b = x.b WHEN NOT MATCHED THEN INSERT VALUES (x.a, x.b);
MERGE INTO bag USING (VALUES (1), (NULL)) AS x(a) ON bag.a = x.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (x.a, 'null');
MERGE INTO bag USING bag b2 ON bag.a = b2.a + 1 WHEN MATCHED THEN UPDATE SET b = b2.a;
-- in a function
SELECT sync(4);
SELECT sync(100);
