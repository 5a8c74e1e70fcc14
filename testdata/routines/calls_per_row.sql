CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, amount numeric(9,2) NOT NULL, state text NOT NULL DEFAULT 'open');
CREATE TABLE log (id serial PRIMARY KEY, what text NOT NULL);
CREATE TABLE totals (customer int PRIMARY KEY, n int NOT NULL CHECK (n < 5));
CREATE SEQUENCE q;
CREATE FUNCTION ship(o int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE left_over int;
BEGIN
  UPDATE orders SET state = 'shipped' WHERE id = o;
  SELECT count(*) INTO left_over FROM orders WHERE state = 'open';
  INSERT INTO log (what) VALUES (o || ' shipped, ' || left_over || ' left');
  INSERT INTO totals SELECT customer, 1 FROM orders WHERE id = o ON CONFLICT (customer) DO UPDATE SET n = totals.n + 1;
  RETURN left_over;
END $$;
CREATE FUNCTION place(o int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO orders (id, customer, amount) VALUES (o + 100, 9, 1);
  RETURN (SELECT count(*) FROM orders);
END $$;
CREATE FUNCTION ship_all(OUT any_row boolean, OUT n bigint, OUT first int) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ship(id) FROM orders WHERE state = 'open' ORDER BY amount DESC, id;
  any_row := FOUND;
  GET DIAGNOSTICS n = ROW_COUNT;
  SELECT ship(id) INTO first FROM orders ORDER BY id;
END $$;
CREATE FUNCTION shipped(lowest numeric) RETURNS TABLE (id int, rest int) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT o.id, ship(o.id) + 10 FROM orders o WHERE o.amount >= lowest ORDER BY o.id;
  RETURN QUERY SELECT 0, (SELECT count(*)::int FROM log);
END $$;
CREATE FUNCTION guarded() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ship(o.id), ship(o.id) FROM orders o JOIN totals t ON t.customer = o.customer ORDER BY o.id;
  RETURN 'done';
EXCEPTION WHEN check_violation THEN
  INSERT INTO log (what) VALUES ('undone');
  RETURN SQLERRM;
END $$;
CREATE FUNCTION several(n int) RETURNS SETOF int LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..n LOOP
    INSERT INTO log (what) VALUES ('several ' || i);
    RETURN NEXT i * 2;
  END LOOP;
END $$;
CREATE FUNCTION uses_sets() RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; out text := ''; n bigint;
BEGIN
  PERFORM several(2);
  GET DIAGNOSTICS n = ROW_COUNT;
  out := n || ':';
  FOR r IN SELECT v, nextval('q') AS d FROM several(3) AS s(v) WHERE v > 2 LOOP
    out := out || r.v || '/' || r.d || '/' || (SELECT count(*) FROM log) || ' ';
  END LOOP;
  INSERT INTO log (what) SELECT 'from a set ' || v FROM several(1) AS s(v);
  INSERT INTO totals VALUES (1000 + place(50), 0);
  PERFORM several(0);
  out := out || FOUND;
  SELECT sum(v) INTO n FROM several(2) AS s(v);
  RETURN out || n;
END $$;
CREATE FUNCTION in_sql(c int) RETURNS bigint LANGUAGE sql AS $$
  SELECT ship(id) FROM orders WHERE customer = c ORDER BY id;
  SELECT count(*) FROM log;
$$;
CREATE FUNCTION check_log() RETURNS SETOF int LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM log) THEN RAISE unique_violation; END IF;
END $$;
CREATE FUNCTION refuses() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  PERFORM check_log();
  RETURN 1;
END $$;
CREATE FUNCTION noted(v int) RETURNS void LANGUAGE plpgsql STRICT AS $$ BEGIN INSERT INTO log (what) VALUES (v); END $$;
----
INSERT INTO orders VALUES (1, 1, 10), (2, 1, 30), (3, 2, 20);
SELECT * FROM ship_all();
SELECT * FROM log ORDER BY id;
INSERT INTO orders VALUES (4, 3, 5), (5, 4, 50);
SELECT * FROM shipped(30);
SELECT id, place(id), amount FROM orders WHERE id < 4 ORDER BY id;
SELECT place(200 + id) FROM orders WHERE id = 5;
SELECT place(id) FROM orders WHERE id IN (1, 5) ORDER BY id;
SELECT customer, count(*), ship(max(id)) FROM orders GROUP BY customer ORDER BY customer;
SELECT guarded();
SELECT uses_sets();
SELECT in_sql(1);
SELECT ship(id) FROM orders ORDER BY id LIMIT 2;
SELECT ship(id) FROM orders WHERE false;
INSERT INTO log (what) VALUES ('value ' || place(400));
SELECT refuses();
SELECT noted(nullif(id, 1)) FROM orders ORDER BY id;
