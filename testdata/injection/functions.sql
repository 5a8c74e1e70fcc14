CREATE TABLE t (id integer PRIMARY KEY, v integer CHECK (v < 10), note text);
CREATE TABLE log (n serial, what text);
CREATE FUNCTION put(i integer, x integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE old integer;
BEGIN
  SELECT v INTO old FROM t WHERE id = i;
  IF FOUND THEN
    UPDATE t SET v = x WHERE id = i;
  ELSE
    INSERT INTO t VALUES (i, x);
  END IF;
  INSERT INTO log (what) VALUES ('put ' || i);
  RETURN old;
END $$;
CREATE FUNCTION put_all(n integer, x integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE failed integer := 0;
BEGIN
  FOR i IN 1..n LOOP
    BEGIN
      PERFORM put(i, x + i);
      INSERT INTO log (what) VALUES ('inside');
    EXCEPTION WHEN check_violation THEN
      failed := failed + 1;
      INSERT INTO log (what) VALUES ('failed ' || i);
    END;
  END LOOP;
  RETURN failed;
END $$;
CREATE FUNCTION sweep(lowest integer) RETURNS TABLE (id integer, v integer) LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT * FROM t WHERE t.v >= lowest ORDER BY t.id LOOP
    DELETE FROM t WHERE t.id = r.id;
    id := r.id;
    v := r.v;
    RETURN NEXT;
    IF r.v = 9 THEN
      RAISE EXCEPTION 'nine';
    END IF;
  END LOOP;
END $$;
CREATE FUNCTION both_in_sql(i integer) RETURNS bigint LANGUAGE sql AS $$
  UPDATE t SET note = 'both' WHERE id = i;
  INSERT INTO log (what) VALUES ('sql');
  SELECT count(*) FROM t
$$;
CREATE FUNCTION nested(x integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE out text := '';
BEGIN
  INSERT INTO t VALUES (70, x);
  BEGIN
    UPDATE t SET v = v + 1 WHERE id = 70;
    BEGIN
      DELETE FROM t WHERE id = 70;
      INSERT INTO t VALUES (1, 1);
    EXCEPTION WHEN unique_violation THEN
      out := out || 'inner ';
      UPDATE t SET v = v / (x - 5) WHERE id = 70;
    END;
  EXCEPTION WHEN OTHERS THEN
    out := out || SQLSTATE;
  END;
  RETURN out;
END $$;
CREATE FUNCTION descend(x integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer := 0;
BEGIN
  INSERT INTO t VALUES (80 + x, x);
  IF x > 0 THEN
    BEGIN
      n := descend(x - 1);
    EXCEPTION WHEN division_by_zero THEN
      n := -1;
    END;
  END IF;
  UPDATE t SET v = v + n / (x - 1) WHERE id = 80 + x;
  RETURN n + 1;
END $$;
----
SELECT put(1, 4);
SELECT put(1, 5);
SELECT put(2, 12);
SELECT put_all(4, 7);
SELECT nested(4);
DELETE FROM t WHERE id = 70;
SELECT nested(5);
SELECT both_in_sql(1);
SELECT * FROM sweep(9);
SELECT * FROM sweep(3);
SELECT descend(3);
SELECT descend(0);
DELETE FROM t WHERE id >= 80;
SELECT descend(2);
