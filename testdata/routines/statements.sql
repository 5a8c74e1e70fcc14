CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE items (id integer PRIMARY KEY, grp integer, name text, price numeric(8,2), tags text[], at timestamp);
CREATE TABLE audit (what text, n bigint);
CREATE INDEX ON items (grp, price);
CREATE FUNCTION total_of(g integer) RETURNS numeric LANGUAGE sql AS $$
  SELECT sum(price) FROM items WHERE grp = g
$$;
CREATE FUNCTION names_of(g integer, OUT cheap text, OUT dear text, OUT n integer) LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  n := 0;
  FOR r IN SELECT id, name FROM items WHERE grp = g ORDER BY price, id LOOP
    n := n + 1;
    IF cheap IS NULL THEN
      cheap := r.name;
    END IF;
    dear := r.name;
  END LOOP;
  IF NOT FOUND THEN
    cheap := 'nothing in ' || g;
  END IF;
END $$;
CREATE FUNCTION rows_of(g integer) RETURNS SETOF items LANGUAGE plpgsql STRICT AS $$
DECLARE r items%ROWTYPE;
BEGIN
  FOR r IN SELECT * FROM items WHERE grp = g ORDER BY id LOOP
    IF r.price > 5 THEN
      r.name := upper(r.name);
    END IF;
    RETURN NEXT r;
  END LOOP;
  RETURN;
END $$;
CREATE FUNCTION nth(k integer) RETURNS items LANGUAGE plpgsql AS $$
DECLARE r items;
BEGIN
  SELECT * INTO r FROM items ORDER BY id OFFSET k LIMIT 1;
  RETURN r;
END $$;
CREATE FUNCTION bump(g integer, by numeric DEFAULT 1) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; one text; m int;
BEGIN
  UPDATE items SET price = price + by WHERE grp = g;
  GET DIAGNOSTICS n = ROW_COUNT;
  INSERT INTO audit VALUES ('bump', n), ('by', by) ;
  GET DIAGNOSTICS m = ROW_COUNT;
  SELECT name INTO one FROM items WHERE grp = g AND price > 100;
  IF FOUND THEN
    RAISE EXCEPTION '% is % %% too dear', one, by / 10 USING ERRCODE = 'check_violation';
  END IF;
  DELETE FROM audit WHERE what = 'by' AND audit.n > 3;
  RETURN n * 10 + m;
END $$;
CREATE FUNCTION classify(x integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  CASE
    WHEN x IS NULL THEN RETURN 'null';
    WHEN x < 0 THEN RETURN 'negative';
    WHEN x IN (1, 2, 3) THEN
      CASE x WHEN 1 THEN RETURN 'one'; WHEN 2, 3 THEN RETURN 'few'; END CASE;
    ELSE NULL;
  END CASE;
  IF x > 100 THEN
    RETURN 'big';
  ELSIF x > 50 THEN
    RETURN 'middle';
  ELSEIF x = 50 THEN
    RAISE division_by_zero;
  END IF;
  CASE x WHEN 10 THEN RETURN 'ten'; WHEN 11 THEN RETURN 10 / (x - 11); END CASE;
END $$;
CREATE FUNCTION sums(VARIADIC_ integer[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE s integer := 0; e integer;
BEGIN
  FOREACH e IN ARRAY VARIADIC_ LOOP
    CONTINUE WHEN e IS NULL;
    EXIT WHEN e = 99;
    s := s + e;
  END LOOP;
  RETURN s;
END $$;
CREATE FUNCTION nested(n integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE out text := ''; x integer NOT NULL := 1; c CONSTANT integer := 2;
BEGIN
  <<outer_loop>>
  FOR i IN 1..n LOOP
    FOR j IN 1..n LOOP
      CONTINUE outer_loop WHEN j = 3;
      EXIT outer_loop WHEN i = 4;
      BEGIN
        IF i = j THEN RAISE EXCEPTION USING MESSAGE = 'same ' || i, ERRCODE = '22012'; END IF;
        out := out || i || j || ' ';
        IF i = 3 THEN CONTINUE outer_loop; END IF;
        x := x + c;
      EXCEPTION WHEN division_by_zero THEN
        out := out || SQLERRM || ';';
        IF i = 2 THEN EXIT; END IF;
      END;
    END LOOP;
  END LOOP;
  DECLARE x text := 'inner';
  BEGIN
    out := out || x;
    IF n = 2 THEN RETURN out; END IF;
  END;
  BEGIN
    IF n = 5 THEN x := NULL; END IF;
    RETURN out || x;
  EXCEPTION WHEN null_value_not_allowed THEN
    RETURN 'null';
  END;
END $$;
CREATE FUNCTION upsert(i integer, nm text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE was text; id_ integer;
BEGIN
  SELECT name INTO was FROM items WHERE items.id = i FOR UPDATE;
  INSERT INTO items (id, name, grp) VALUES (i, nm, 1) ON CONFLICT (id) DO UPDATE SET name = excluded.name || '+' RETURNING id INTO id_;
  RETURN coalesce(was, '-') || '>' || (SELECT name FROM items WHERE id = id_) || (SELECT count(*) FROM items WHERE grp = 1);
END $$;
CREATE FUNCTION asserts(i integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit VALUES ('assert', i);
  ASSERT i > 0, 'i is ' || i;
  ASSERT i < 10;
END $$;
CREATE FUNCTION strict_one(g integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text; n integer;
BEGIN
  INSERT INTO audit VALUES ('one', g);
  SELECT name, 1 INTO STRICT s, n FROM items WHERE grp = g;
  DELETE FROM items WHERE grp = g RETURNING name INTO s;
  RETURN s || n;
END $$;
CREATE FUNCTION no_return(i integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  IF i = 1 THEN RETURN '7'; END IF;
  INSERT INTO audit VALUES ('gone', i);
END $$;
CREATE FUNCTION moods(m mood) RETURNS mood LANGUAGE plpgsql AS $$
BEGIN
  IF m = 'sad' THEN RETURN 'ok'; END IF;
  RETURN m;
END $$;
----
INSERT INTO items VALUES (1, 1, 'pin', 0.5, '{a,b}', '2024-01-01 10:00'), (2, 1, 'pan', 7.25, NULL, NULL), (3, 1, 'pen', 2, '{}', NULL), (4, 2, 'box', 99, NULL, NULL), (5, 3, 'cup', 3, NULL, NULL);
SELECT total_of(1);
SELECT total_of(9) AS nothing;
SELECT * FROM names_of(1);
SELECT * FROM names_of(8);
SELECT * FROM rows_of(1);
SELECT * FROM rows_of(NULL);
SELECT * FROM nth(1);
SELECT * FROM nth(100);
SELECT bump(1);
SELECT bump(1, 3.5);
SELECT bump(2, 10);
SELECT bump(by => 0.25, g => 3);
SELECT bump(3, 99999999);
SELECT classify(NULL);
SELECT classify(-4);
SELECT classify(1);
SELECT classify(3);
SELECT classify(500);
SELECT classify(60);
SELECT classify(50);
SELECT classify(10);
SELECT classify(11);
SELECT classify(12);
SELECT sums('{1,2,NULL,3,99,4}');
SELECT sums('{}');
SELECT sums(NULL);
SELECT nested(1);
SELECT nested(2);
SELECT nested(3);
SELECT nested(4);
SELECT nested(5);
SELECT nested(0);
SELECT nested(NULL);
SELECT upsert(1, 'new');
SELECT upsert(77, 'fresh');
SELECT upsert(77, 'again');
SELECT asserts(3);
SELECT asserts(-3);
SELECT asserts(30);
SELECT strict_one(1);
SELECT strict_one(2);
SELECT strict_one(2);
SELECT no_return(1);
SELECT no_return(2);
SELECT moods('sad');
SELECT moods('happy');
