CREATE TABLE items (id integer PRIMARY KEY, n integer CHECK (n < 100), k text UNIQUE);
CREATE TABLE totals (what text PRIMARY KEY, n bigint);
CREATE TABLE log (id serial PRIMARY KEY, what text, rows bigint);
CREATE TABLE gate (closed boolean PRIMARY KEY);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO log (what, rows) SELECT TG_NAME || ' ' || TG_WHEN || ' ' || TG_OP || ' ' || TG_LEVEL || ' ' || pg_trigger_depth(), count(*) FROM items;
  RETURN NULL;
END $$;
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM gate WHERE closed) THEN
    RAISE EXCEPTION 'closed for %', TG_OP USING ERRCODE = 'ZZ009';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  total bigint;
BEGIN
  SELECT sum(n) INTO total FROM items;
  INSERT INTO totals VALUES ('n', total) ON CONFLICT (what) DO UPDATE SET n = EXCLUDED.n;
  IF total > 150 THEN
    RAISE EXCEPTION 'too much: %', total USING ERRCODE = 'ZZ010';
  END IF;
  RETURN OLD;
END $$;
CREATE FUNCTION row_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO log (what, rows) VALUES ('row ' || TG_OP, 0);
  RETURN NULL;
END $$;
CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE ON items FOR EACH STATEMENT EXECUTE FUNCTION guard();
CREATE TRIGGER b_sums AFTER INSERT OR UPDATE OF n OR DELETE ON items EXECUTE FUNCTION sums();
CREATE TRIGGER c_note AFTER INSERT OR UPDATE OR DELETE ON items FOR EACH STATEMENT EXECUTE FUNCTION note();
CREATE TRIGGER d_row AFTER INSERT OR UPDATE OR DELETE ON items FOR EACH ROW EXECUTE FUNCTION row_note();
CREATE TRIGGER e_once AFTER UPDATE ON items FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION note();
CREATE FUNCTION add_two(a integer, b integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  total bigint;
BEGIN
  INSERT INTO items VALUES (a, a), (b, b);
  UPDATE items SET k = 'k' || id WHERE id = a;
  DELETE FROM items WHERE id = -1;
  SELECT n INTO total FROM totals WHERE what = 'n';
  RETURN total;
EXCEPTION WHEN SQLSTATE 'ZZ010' OR check_violation THEN
  RETURN -1;
END $$;
----
INSERT INTO items VALUES (1, 10, 'a');
INSERT INTO items VALUES (2, 20, 'b'), (3, 30, NULL) RETURNING id, n;
INSERT INTO items VALUES (1, 11, 'a') ON CONFLICT (id) DO UPDATE SET n = items.n + EXCLUDED.n RETURNING *;
INSERT INTO items VALUES (1, 11, 'a') ON CONFLICT DO NOTHING;
INSERT INTO items VALUES (4, 40, 'a');
INSERT INTO items VALUES (4, 99, 'd');
UPDATE items SET n = n + 1;
UPDATE items SET k = 'c' WHERE id = 3 RETURNING id;
UPDATE items SET n = 0 WHERE id = 77;
UPDATE items SET n = 100 WHERE id = 2;
DELETE FROM items WHERE n > 1000;
DELETE FROM items WHERE id = 2 RETURNING n;
SELECT add_two(5, 6);
SELECT add_two(7, 99);
SELECT add_two(8, 120);
INSERT INTO items SELECT id + 10, n - 20 FROM items WHERE n < 30;
INSERT INTO gate VALUES (true);
INSERT INTO items VALUES (9, 9);
UPDATE items SET n = 5 WHERE id = 77;
DELETE FROM items;
SELECT add_two(9, 10);
