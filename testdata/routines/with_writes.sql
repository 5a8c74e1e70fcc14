CREATE TABLE t (id integer PRIMARY KEY, v integer NOT NULL CHECK (v < 1000), u integer UNIQUE);
CREATE TABLE parents (id integer PRIMARY KEY, name text);
CREATE TABLE children (id integer PRIMARY KEY, parent integer REFERENCES parents, other integer REFERENCES parents ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE log (n integer, what text);
CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
CREATE TABLE held (id integer PRIMARY KEY, amount integer);
CREATE FUNCTION clean() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.amount := coalesce(NEW.amount, 0) + 1;
  RETURN NEW;
END $$;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO notes (what) VALUES (TG_OP || ' ' || (SELECT count(*) FROM held) || ' ' || (SELECT count(*) FROM log));
  RETURN NULL;
END $$;
CREATE TRIGGER a_clean BEFORE INSERT OR UPDATE ON held FOR EACH ROW EXECUTE FUNCTION clean();
CREATE TRIGGER b_noted AFTER INSERT OR UPDATE OR DELETE ON held FOR EACH ROW EXECUTE FUNCTION noted();
CREATE FUNCTION moved(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE total integer; cnt bigint; r record;
BEGIN
  WITH gone AS (DELETE FROM t WHERE id < k RETURNING id, v),
       noted AS (INSERT INTO log SELECT id + total, 'x' FROM gone RETURNING n)
  SELECT sum(v) INTO total FROM gone;
  GET DIAGNOSTICS cnt = ROW_COUNT;
  FOR r IN WITH up AS (UPDATE t SET v = v + 1 RETURNING id, v) SELECT id, v FROM up ORDER BY id LOOP
    INSERT INTO log VALUES (r.v, 'up' || r.id || FOUND);
  END LOOP;
  WITH a AS (UPDATE t SET v = v + 1 WHERE id = 3 RETURNING id) INSERT INTO t SELECT id + 10, 0, cnt FROM a RETURNING id INTO k;
  RETURN coalesce(total, 0) + k * 1000;
END $$;
CREATE FUNCTION rows_of() RETURNS TABLE (a integer, b integer) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY WITH d AS (DELETE FROM log RETURNING n), e AS (UPDATE t SET v = v * 2 RETURNING id, v)
    SELECT id, v FROM e UNION ALL SELECT count(*)::integer, 0 FROM d ORDER BY 1, 2;
END $$;
CREATE FUNCTION only_row() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE x integer;
BEGIN
  WITH d AS (DELETE FROM t RETURNING id) SELECT id INTO STRICT x FROM d;
  RETURN x;
EXCEPTION WHEN too_many_rows THEN RETURN -1;
END $$;
----
INSERT INTO t VALUES (1, 10, 100), (2, 20, 200), (3, 30, 300);
-- unreferenced parts run behind the main statement, the last one first; a row is changed once
WITH a AS (UPDATE t SET v = 111 WHERE id = 1), b AS (UPDATE t SET v = 222 WHERE id = 1) SELECT 1, count(*) FROM t WHERE v > 100;
WITH a AS (UPDATE t SET v = 111 WHERE id = 1) UPDATE t SET v = 10 WHERE id = 1;
WITH b AS (UPDATE t SET v = 222 WHERE id = 1), a AS (UPDATE t SET v = 111 WHERE id = 1 RETURNING *) SELECT id, v FROM a;
WITH a AS (UPDATE t SET v = 5 WHERE id = 2 RETURNING *), b AS (DELETE FROM t WHERE id = 2 RETURNING *) SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b);
-- keys that another part leaves and takes
WITH a AS (DELETE FROM t WHERE id = 1) INSERT INTO t VALUES (1, 1, 1);
WITH a AS (DELETE FROM t WHERE id <= 2 RETURNING *) INSERT INTO t SELECT id, v + 1, u FROM a;
WITH a AS (DELETE FROM t WHERE id = 1), b AS (INSERT INTO t VALUES (1, 1, 1)) SELECT 1;
WITH b AS (INSERT INTO t VALUES (1, 1, 1)), a AS (DELETE FROM t WHERE id = 1) SELECT 1;
WITH a AS (INSERT INTO t VALUES (7, 7, 7) RETURNING u), b AS (INSERT INTO t SELECT 8, 8, u FROM a) SELECT 1;
WITH a AS (UPDATE t SET u = u + 1 WHERE id = 2 RETURNING u) INSERT INTO t SELECT 9, 9, u - 1 FROM a;
WITH a AS (UPDATE t SET u = u + 1 WHERE id = 2 RETURNING u) INSERT INTO t SELECT 10, 9, u FROM a;
-- upserts
WITH a AS (UPDATE t SET v = 5 WHERE id = 1 RETURNING *) INSERT INTO t SELECT id, v, u FROM a ON CONFLICT (id) DO UPDATE SET v = 99;
WITH a AS (UPDATE t SET v = 5 WHERE id = 1 RETURNING *) INSERT INTO t SELECT id, v, u FROM a ON CONFLICT (id) DO NOTHING;
WITH a AS (INSERT INTO t VALUES (1, 1, 1) ON CONFLICT (id) DO UPDATE SET v = 77 RETURNING *) UPDATE t SET v = 5 WHERE id IN (SELECT id FROM a);
WITH a AS (DELETE FROM t WHERE id = 1 RETURNING *) INSERT INTO t SELECT id, v, u FROM a ON CONFLICT (id) DO UPDATE SET v = 1;
-- errors in a part leave nothing behind
WITH a AS (DELETE FROM t RETURNING 1 / (id - 3)) SELECT 1;
WITH a AS (UPDATE t SET v = v * 100 WHERE id = 3) INSERT INTO log SELECT id, 'lost' FROM t;
WITH a AS (INSERT INTO log VALUES (1, 'lost')), b AS (UPDATE t SET v = 1000 WHERE id = 3) SELECT 1;
-- chains
WITH gone AS (DELETE FROM t WHERE id > 1 RETURNING id), l AS (INSERT INTO log SELECT id, 'gone' FROM gone RETURNING n) INSERT INTO log SELECT sum(n), 'total' FROM l;
WITH x AS (SELECT max(id) AS m FROM t), i AS (INSERT INTO t SELECT m + 1, 0, 0 FROM x RETURNING id, v) SELECT i.id, x.m, (SELECT count(*) FROM t) FROM i, x;
WITH x AS (SELECT max(id) AS m FROM t) DELETE FROM t USING x WHERE id = m;
WITH d AS (DELETE FROM log RETURNING n, what) UPDATE t SET v = s.n FROM (SELECT max(n) AS n FROM d WHERE what = 'total') s WHERE id = 1;
-- foreign keys are looked at when all parts are done
WITH p AS (INSERT INTO parents VALUES (1, 'one'), (2, 'two') RETURNING id) INSERT INTO children SELECT id * 10, id, id FROM p;
WITH c AS (INSERT INTO children VALUES (30, 3, 3)) INSERT INTO parents VALUES (3, 'three');
WITH c AS (INSERT INTO children VALUES (40, 4, NULL)) SELECT 1;
WITH p AS (DELETE FROM parents WHERE id = 1) SELECT 1;
WITH p AS (DELETE FROM parents WHERE id = 1) UPDATE children SET parent = 2 WHERE parent = 1;
WITH p AS (DELETE FROM parents WHERE id = 2 RETURNING id), c AS (DELETE FROM children WHERE parent = 2 RETURNING id) SELECT p.id, c.id FROM p, c;
WITH p AS (UPDATE parents SET id = 33 WHERE id = 3), c AS (UPDATE children SET parent = 33 WHERE parent = 3) SELECT 1;
WITH p AS (DELETE FROM parents WHERE id = 3 RETURNING *) INSERT INTO parents SELECT id, name || '!' FROM p;
WITH p AS (UPDATE parents SET id = 34 WHERE id = 3), c AS (UPDATE children SET id = 31 WHERE parent = 3) SELECT 1;
-- sequences and generated keys
WITH n AS (INSERT INTO notes (what) VALUES ('a'), ('b') RETURNING id) INSERT INTO log SELECT id, 'note' FROM n;
WITH n AS (INSERT INTO notes (what) VALUES ('c')) INSERT INTO notes (what) VALUES ('d') RETURNING id;
-- triggers
WITH a AS (INSERT INTO held VALUES (1, 5), (2, NULL) RETURNING id, amount), l AS (INSERT INTO log SELECT id, 'held' FROM a) SELECT * FROM a ORDER BY id;
WITH a AS (UPDATE held SET amount = 50 WHERE id = 1 RETURNING amount), b AS (DELETE FROM held WHERE id < 3 RETURNING id) SELECT amount FROM a;
-- rows without a key
WITH a AS (DELETE FROM log WHERE n = 1 RETURNING *), b AS (UPDATE log SET what = 'twice' RETURNING *) SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b);
-- in functions
INSERT INTO t VALUES (2, 20, 200), (3, 30, 300);
SELECT moved(3);
SELECT * FROM rows_of();
SELECT only_row();
WITH one AS (DELETE FROM t WHERE id <> 3) SELECT 1;
SELECT only_row();
