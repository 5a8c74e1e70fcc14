CREATE TABLE t (id integer PRIMARY KEY, v integer);
CREATE TABLE bag (id integer, v integer);
CREATE INDEX bag_id ON bag (id);
CREATE TABLE heard (id integer PRIMARY KEY, v integer);
CREATE TABLE log (what text, was integer, now integer);
CREATE TABLE s (id integer, v integer);
CREATE FUNCTION decides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.v < 0 THEN RETURN NULL; END IF;
    RETURN OLD;
  END IF;
  IF NEW.v = 0 THEN RETURN NULL; END IF;
  IF NEW.v = 99 THEN RAISE EXCEPTION 'no' USING ERRCODE = 'P0042'; END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v := NEW.v + 1; RETURN NEW; END $$;
CREATE FUNCTION tells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO log VALUES ('delete', OLD.v);
    IF (SELECT count(*) FROM log) < 3 THEN RETURN NULL; END IF;
    RETURN OLD;
  END IF;
  INSERT INTO log VALUES ('update', OLD.v, NEW.v);
  IF NEW.v = 0 THEN RETURN NULL; END IF;
  IF NEW.v = 99 THEN RAISE EXCEPTION 'no' USING ERRCODE = 'P0042'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a BEFORE UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION decides();
CREATE TRIGGER b BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.v > 50) EXECUTE FUNCTION grows();
CREATE TRIGGER a BEFORE UPDATE OR DELETE ON bag FOR EACH ROW EXECUTE FUNCTION decides();
CREATE TRIGGER a BEFORE UPDATE OR DELETE ON heard FOR EACH ROW EXECUTE FUNCTION tells();
----
INSERT INTO t VALUES (1, 1), (2, -2), (3, 3);
INSERT INTO bag VALUES (1, 1), (1, 2), (2, -2);
INSERT INTO heard VALUES (1, 1), (2, -2);
INSERT INTO s VALUES (1, 0), (1, 5);
-- a row that a trigger leaves as it is is not changed: the next pair asks again
MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
MERGE INTO t USING (VALUES (1, 0), (1, 0)) s(id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
MERGE INTO t USING (VALUES (1, 4), (1, 0)) s(id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
MERGE INTO t USING (VALUES (1, 0), (1, 4), (1, 0)) s(id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
MERGE INTO t USING (VALUES (1, 0), (1, 99)) s(id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
MERGE INTO t USING (VALUES (1, 0), (1, 60)) s(id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
MERGE INTO t USING (VALUES (1, 0), (1, 1), (4, 4)) s(id, v) ON t.id = s.id WHEN MATCHED AND s.v = 0 THEN UPDATE SET v = s.v WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v);
MERGE INTO t USING (VALUES (2, 0), (2, 1), (2, 2)) s(id, v) ON t.id = s.id WHEN MATCHED AND s.v < 2 THEN DELETE WHEN MATCHED THEN UPDATE SET v = s.v - 9;
MERGE INTO t USING (VALUES (2, 3), (2, 1)) s(id, v) ON t.id = s.id WHEN MATCHED AND s.v = 3 THEN UPDATE SET v = s.v WHEN MATCHED THEN DELETE;
MERGE INTO t USING (VALUES (2, 3), (2, 1), (2, 1)) s(id, v) ON t.id = s.id WHEN MATCHED AND s.v < 3 THEN DO NOTHING WHEN MATCHED THEN UPDATE SET v = -s.v;
MERGE INTO t USING (VALUES (2, 3), (2, 1)) s(id, v) ON t.id = s.id WHEN MATCHED THEN DELETE;
MERGE INTO t USING (VALUES (3, 3), (3, 1)) s(id, v) ON t.id = s.id WHEN MATCHED THEN DELETE;
MERGE INTO bag USING (VALUES (1, 0), (1, 7)) s(id, v) ON bag.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
MERGE INTO bag USING (VALUES (1, 0), (1, 7), (1, 0)) s(id, v) ON bag.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
-- UPDATE passes over a row that it has changed, as DELETE does over one that is gone
UPDATE t SET v = s.v FROM (VALUES (4, 0), (4, 0), (4, 5), (4, 0), (4, 6)) s(id, v) WHERE t.id = s.id RETURNING t.id, t.v;
UPDATE t SET v = s.v FROM (VALUES (4, 0), (4, 99)) s(id, v) WHERE t.id = s.id;
UPDATE t SET v = s.v FROM (VALUES (4, 3), (4, 99)) s(id, v) WHERE t.id = s.id;
DELETE FROM t USING (VALUES (2), (2), (4), (4)) s(id) WHERE t.id = s.id RETURNING t.id;
UPDATE bag SET v = s.v FROM (VALUES (1, 0), (1, 5), (2, 0), (1, 4)) s(id, v) WHERE bag.id = s.id;
DELETE FROM bag USING (VALUES (1), (2), (2), (1)) s(id) WHERE bag.id = s.id;
-- triggers that look and write
UPDATE heard SET v = s.v FROM (VALUES (1, 0), (1, 5), (1, 6)) s(id, v) WHERE heard.id = s.id;
UPDATE heard SET v = s.v FROM (VALUES (1, 0), (1, 99)) s(id, v) WHERE heard.id = s.id;
DELETE FROM log;
DELETE FROM heard USING (VALUES (1), (1), (1), (1)) s(id) WHERE heard.id = s.id;
-- what is assigned is computed for each pair, though the row is changed by one of them
INSERT INTO t VALUES (5, 5);
UPDATE t SET v = 8 / s.v FROM (VALUES (5, 1), (5, 0)) s(id, v) WHERE t.id = s.id;
UPDATE heard SET v = 8 / s.v FROM (VALUES (2, 1), (2, 0)) s(id, v) WHERE heard.id = s.id;
UPDATE heard SET v = 8 / s.v FROM (VALUES (2, 1), (2, 2)) s(id, v) WHERE heard.id = s.id;
MERGE INTO t USING (VALUES (5, 1), (5, 0)) s(id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = 8 / s.v;
MERGE INTO t USING (VALUES (5, 1), (5, 2)) s(id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = 8 / s.v;
INSERT INTO t VALUES (5, 0), (5, 11) ON CONFLICT (id) DO UPDATE SET v = excluded.v;
INSERT INTO t VALUES (5, 3), (5, 0) ON CONFLICT (id) DO UPDATE SET v = excluded.v;
INSERT INTO t VALUES (6, 3), (6, 0) ON CONFLICT (id) DO UPDATE SET v = excluded.v;
