CREATE FUNCTION fact(n integer) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
  IF n <= 1 THEN
    RETURN 1;
  END IF;
  RETURN n * fact(n - 1);
END $$;
CREATE FUNCTION fib(integer) RETURNS integer LANGUAGE sql AS $$
  SELECT CASE WHEN $1 < 2 THEN $1 ELSE fib($1 - 1) + fib($1 - 2) END
$$;
CREATE TABLE nodes (id integer PRIMARY KEY, parent integer, label text);
CREATE FUNCTION depth_of(node integer) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE up integer;
BEGIN
  SELECT parent INTO up FROM nodes WHERE id = node;
  IF up IS NULL THEN RETURN 0; END IF;
  RETURN 1 + depth_of(up);
END $$;
CREATE FUNCTION below(node integer, far integer) RETURNS TABLE (id integer, distance integer) LANGUAGE plpgsql AS $$
DECLARE child record;
BEGIN
  id := node; distance := far;
  RETURN NEXT;
  FOR child IN SELECT n.id FROM nodes n WHERE n.parent = node ORDER BY n.id LOOP
    RETURN QUERY SELECT b.id, b.distance FROM below(child.id, far + 1) b;
  END LOOP;
END $$;
CREATE FUNCTION uproot(node integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE child integer; n integer := 0;
BEGIN
  FOR child IN SELECT id FROM nodes WHERE parent = node ORDER BY id LOOP
    n := n + uproot(child);
  END LOOP;
  DELETE FROM nodes WHERE id = node;
  IF node = 99 THEN RAISE EXCEPTION 'no'; END IF;
  RETURN n + 1;
END $$;
CREATE FUNCTION is_even(n integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN IF n = 0 THEN RETURN true; END IF; RETURN is_odd(n - 1); END $$;
CREATE FUNCTION is_odd(n integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN IF n = 0 THEN RETURN false; END IF; RETURN is_even(n - 1); END $$;
CREATE TABLE log (n integer PRIMARY KEY, note text);
CREATE FUNCTION careful(n integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE got integer := 0;
BEGIN
  INSERT INTO log VALUES (n, 'begun');
  BEGIN
    IF n > 0 THEN
      got := careful(n - 1);
    END IF;
    UPDATE log SET note = 'done ' || got WHERE log.n = careful.n;
    IF n % 2 = 1 THEN
      RAISE EXCEPTION 'odd %', n USING ERRCODE = 'P0001';
    END IF;
  EXCEPTION WHEN raise_exception THEN
    got := -n;
    INSERT INTO log VALUES (100 + n, SQLERRM);
  END;
  RETURN got + 1;
END $$;
CREATE FUNCTION twice(n integer, OUT a integer, OUT b text) LANGUAGE plpgsql STRICT AS $$
BEGIN
  IF n = 0 THEN
    a := 0;
    b := '';
    RETURN;
  END IF;
  SELECT t.a + 1, t.b || n INTO a, b FROM twice(n - 1) t;
  IF n = 3 THEN
    PERFORM twice(1);
    PERFORM * FROM twice(n - 2);
    b := b || FOUND;
  END IF;
END $$;
CREATE FUNCTION collect(n integer) RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN
  IF n > 0 THEN
    RETURN QUERY SELECT * FROM collect(n - 1);
    RETURN QUERY SELECT c * 10 FROM collect(n - 1) c WHERE c > 1;
  END IF;
  RETURN NEXT n;
END $$;
CREATE FUNCTION remember(n integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF n > 0 THEN
    INSERT INTO log VALUES (1000 + n, 'remembered');
    PERFORM remember(n - 1);
  END IF;
END $$;
CREATE TABLE tree (id integer PRIMARY KEY, parent integer REFERENCES tree, weight integer NOT NULL DEFAULT 1, total integer);
CREATE FUNCTION weigh(node integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT weight + coalesce((SELECT sum(weigh(c.id)) FROM tree c WHERE c.parent = node), 0)::integer FROM tree WHERE id = node
$$;
CREATE FUNCTION weighed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.total := coalesce(weigh(NEW.parent), 0); RETURN NEW; END $$;
CREATE TRIGGER weighed BEFORE INSERT ON tree FOR EACH ROW EXECUTE FUNCTION weighed();
----
SELECT fact(20);
SELECT fact(NULL);
SELECT g, fact(g) FROM generate_series(1, 5) g;
SELECT fib(12);
INSERT INTO nodes VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 1, 'c'), (4, 2, 'd'), (5, 4, 'e');
SELECT id, depth_of(id) FROM nodes ORDER BY id;
SELECT id FROM nodes WHERE depth_of(id) = 1 ORDER BY id;
SELECT * FROM below(1, 0);
SELECT n.id, count(*), max(b.distance) FROM nodes n, below(n.id, 0) b GROUP BY n.id ORDER BY n.id;
SELECT uproot(2);
SELECT * FROM nodes ORDER BY id;
SELECT is_even(7);
SELECT g, is_odd(g) FROM generate_series(0, 4) g;
SELECT fact(2000000);
SELECT careful(7);
SELECT n, note FROM log ORDER BY n;
SELECT careful(8);
SELECT careful(20);
SELECT n, note FROM log ORDER BY n;
SELECT * FROM twice(5);
SELECT * FROM twice(NULL);
SELECT g, t.* FROM generate_series(0, 3) g, twice(g) t ORDER BY g;
SELECT * FROM collect(4);
SELECT collect(2);
SELECT sum(c) FROM collect(5) c;
SELECT remember(60);
SELECT count(*) FROM log;
INSERT INTO tree (id, parent, weight) VALUES (1, NULL, 5), (2, 1, 7), (3, 1, 11), (4, 2, 13);
SELECT id, total, weigh(id) FROM tree ORDER BY id;
UPDATE tree SET weight = weigh(id) WHERE id <> 1;
SELECT id, total, weigh(id) FROM tree WHERE weigh(id) > 13 ORDER BY weigh(id), id;
SELECT remember(100000);
SELECT count(*) FROM log;
