CREATE FUNCTION double(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x * 2';
CREATE FUNCTION clamp(x integer, low integer DEFAULT 0, high integer DEFAULT 10) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF x < low THEN RETURN low; END IF;
  IF x > high THEN RETURN high; END IF;
  RETURN x;
END $$;
CREATE FUNCTION half(x integer) RETURNS integer LANGUAGE plpgsql STRICT AS $$
BEGIN
  IF x < 0 THEN RAISE EXCEPTION 'negative: %', x USING ERRCODE = 'ZZ001'; END IF;
  RETURN x / 2;
END $$;
CREATE FUNCTION collatz(n integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  steps integer := 0;
BEGIN
  WHILE n > 1 LOOP
    IF n % 2 = 0 THEN n := n / 2; ELSE n := 3 * n + 1; END IF;
    steps := steps + 1;
  END LOOP;
  RETURN steps;
END $$;
CREATE FUNCTION label(x integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'n' || x $$;
CREATE FUNCTION label(x text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 't' || x $$;
CREATE FUNCTION label(x bigint, y integer DEFAULT 7) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN 'b' || x || '/' || coalesce(y::text, 'none'); END $$;
CREATE FUNCTION strict_label(x integer, y text) RETURNS text LANGUAGE sql STRICT AS $$ SELECT coalesce(y, 'none') || x $$;
CREATE TABLE items (
  id integer PRIMARY KEY,
  owner integer NOT NULL,
  n integer CHECK (clamp(n, -5, 50) = n),
  steps integer DEFAULT collatz(27) CHECK (collatz(steps) < 1000),
  twice integer GENERATED ALWAYS AS (double(n)) STORED
);
CREATE TABLE tally (who integer PRIMARY KEY, n integer NOT NULL DEFAULT 0, note text);
CREATE FUNCTION owned(who integer) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM items WHERE owner = who';
CREATE FUNCTION first_of(who integer) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
  found_id integer;
BEGIN
  SELECT id INTO found_id FROM items WHERE owner = who ORDER BY id LIMIT 1;
  IF NOT FOUND THEN RETURN -1; END IF;
  RETURN found_id;
END $$;
CREATE FUNCTION seen(who integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  total integer;
BEGIN
  INSERT INTO tally (who, n) VALUES (seen.who, 1) ON CONFLICT ON CONSTRAINT tally_pkey DO UPDATE SET n = tally.n + 1 RETURNING n INTO total;
  IF total > 4 THEN RAISE EXCEPTION 'too many' USING ERRCODE = 'ZZ002'; END IF;
  RETURN total;
END $$;
CREATE FUNCTION items_of(who integer) RETURNS TABLE (item integer, size integer) LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY SELECT id, n FROM items WHERE owner = who ORDER BY id;
  IF NOT FOUND THEN
    item := 0;
    size := 0;
    RETURN NEXT;
  END IF;
END $$;
CREATE FUNCTION ids_of(who integer) RETURNS SETOF integer LANGUAGE sql STABLE AS 'SELECT id FROM items WHERE owner = who ORDER BY id';
CREATE FUNCTION around(x integer, OUT low integer, OUT high integer) LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN low := x - 1; high := x + 1; END $$;
CREATE FUNCTION mixed(who integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  a integer;
  b integer := seen(who) * 100;
BEGIN
  a := seen(who) + half(40) + b;
  IF seen(who) > 2 AND double(who) > 3 THEN
    RETURN label(a) || '/' || owned(who);
  END IF;
  RETURN coalesce(label(nullif(a, 121)), 'none');
END $$;
CREATE FUNCTION through(who integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  total integer := 0;
  r record;
BEGIN
  FOR r IN SELECT o.who AS owner, i.size FROM tally o, items_of(o.who) AS i ORDER BY o.who, i.size LOOP
    total := total * 3 + coalesce(r.size, 0) + r.owner;
  END LOOP;
  RETURN total;
END $$;
----
INSERT INTO items (id, owner, n) VALUES (1, 1, 5), (2, 1, double(7)), (3, 2, clamp(99)), (4, 2, NULL);
INSERT INTO items (id, owner, n) VALUES (5, 1, 51);
INSERT INTO items (id, owner, n, steps) VALUES (5, 3, 1, 97);
SELECT id, twice, steps FROM items ORDER BY id;
SELECT id, double(n), clamp(n), clamp(n, high => 6), clamp(low => 7, x => n), half(n), collatz(n) FROM items ORDER BY id;
SELECT label(1), label('a'), label(2::bigint), label(3::bigint, NULL), label(id) FROM items WHERE id = 3;
SELECT strict_label(1, NULL), strict_label(2, 'x'), strict_label(NULL, 'x');
SELECT id FROM items WHERE double(n) > 20 ORDER BY id;
SELECT id FROM items WHERE half(n) > 3 AND owner = 1 ORDER BY id;
SELECT half(-2), 1;
SELECT half(n - 6) FROM items WHERE id = 1;
SELECT id FROM items WHERE n > 6 AND half(n - 6) >= 0 ORDER BY id;
SELECT owner, owned(owner), first_of(owner) FROM items GROUP BY owner ORDER BY owner;
SELECT owned(owner), count(*) FROM items GROUP BY owned(owner) ORDER BY 1;
SELECT half(count(*)::integer), max(half(n)), sum(collatz(n)) FROM items;
SELECT half(max(n)) + 1, owner FROM items GROUP BY owner HAVING collatz(max(n)) > 5 ORDER BY owner;
SELECT id FROM items WHERE id = first_of(2);
SELECT id, first_of(owner) FROM items ORDER BY first_of(owner), id DESC LIMIT 3;
SELECT id, CASE WHEN n > 6 THEN half(n - 6) ELSE collatz(n) END FROM items ORDER BY id;
SELECT id FROM items WHERE CASE WHEN n > 6 THEN half(n - 6) ELSE 0 END = 0 ORDER BY id;
SELECT t.item, t.size FROM items_of(1) AS t ORDER BY t.item DESC;
SELECT i.id, t.item FROM items i, items_of(i.owner) t WHERE i.n > 5 ORDER BY i.id, t.item;
SELECT i.id, t.item FROM items i LEFT JOIN LATERAL items_of(i.owner + 1) t ON t.size > 7 ORDER BY i.id, t.item;
SELECT x, ord FROM ids_of(2) WITH ORDINALITY AS t(x, ord) ORDER BY ord DESC;
SELECT i.id, b.low, b.high FROM items i, around(i.id) AS b WHERE b.high > 2 ORDER BY i.id;
SELECT count(*) FROM ids_of(1) a JOIN ids_of(1) b ON a < b;
SELECT seen(1);
SELECT seen(2), seen(1), seen(1) * 10 + seen(1);
SELECT seen(1), half(3);
SELECT seen(1), half(-3);
SELECT mixed(3);
SELECT mixed(3);
SELECT mixed(5);
SELECT through(1);
UPDATE items SET n = clamp(n + 3, high => 30), owner = half(owner * 2) WHERE collatz(id) >= 0 AND id < 4;
UPDATE items SET n = half(n - 9);
UPDATE items SET n = first_of(owner) + 1 WHERE owner = 1;
UPDATE tally SET n = owned(who)::integer WHERE who = 2 RETURNING n, double(n), collatz(n);
INSERT INTO tally SELECT id + 10, half(id), label(id) FROM items WHERE collatz(id) > 0;
DELETE FROM tally WHERE half(who) > 5 AND note IS NOT NULL RETURNING label(note);
INSERT INTO items (id, owner, n) SELECT id + 20, owned(owner)::integer, first_of(owner) FROM items;
