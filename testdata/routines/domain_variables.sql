CREATE DOMAIN price AS numeric(9,2) NOT NULL CHECK (VALUE >= 0);
CREATE DOMAIN word AS varchar(4) CHECK (VALUE <> '');
CREATE DOMAIN even AS integer CHECK (VALUE % 2 = 0);
CREATE TABLE t (id int PRIMARY KEY, p price, w word, e even);
CREATE TABLE log (id serial PRIMARY KEY, what text);
CREATE FUNCTION field(v numeric) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r t%ROWTYPE;
BEGIN
  r.e := 4;
  r.p := v;
  RETURN r.p || '/' || r.e;
END $$;
CREATE FUNCTION unread(v numeric) RETURNS int LANGUAGE plpgsql AS $$
DECLARE r t%ROWTYPE;
BEGIN
  r.p := v;
  RETURN 1;
END $$;
CREATE FUNCTION start() RETURNS int LANGUAGE plpgsql AS $$
DECLARE p price; BEGIN RETURN 1; END $$;
CREATE FUNCTION started(n numeric) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE p price := n; q p%TYPE := 1; w t.w%TYPE;
BEGIN
  q := p * 2 + 0.004;
  w := 'a' || q;
  RETURN q - 5;
EXCEPTION WHEN check_violation OR string_data_right_truncation THEN
  INSERT INTO log (what) VALUES (SQLERRM);
  RETURN -1;
END $$;
CREATE FUNCTION given(p price, e even DEFAULT 3, w word DEFAULT 'x') RETURNS text LANGUAGE plpgsql STRICT AS $$
BEGIN
  e := e + 1;
  RETURN p || w || e;
EXCEPTION WHEN check_violation THEN
  RETURN 'odd ' || e;
END $$;
CREATE FUNCTION result(n int) RETURNS even LANGUAGE plpgsql AS $$
BEGIN
  RETURN n + 1;
EXCEPTION WHEN check_violation THEN
  RETURN 0;
END $$;
CREATE FUNCTION in_sql(n int) RETURNS even LANGUAGE sql AS $$ SELECT n + 1 WHERE n <> 7 $$;
CREATE FUNCTION reads(i int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r t%ROWTYPE; cost price := 0; pair even;
BEGIN
  SELECT * INTO r FROM t WHERE id = i;
  SELECT id, NULL, w, e INTO r FROM t WHERE id = i + 100;
  SELECT e + 2 INTO pair FROM t WHERE id = i;
  SELECT p INTO cost FROM t WHERE id = i;
  RETURN concat(r.id, r.p, pair, cost);
END $$;
CREATE FUNCTION loops() RETURNS text LANGUAGE plpgsql AS $$
DECLARE r t%ROWTYPE; e even; out text := '';
BEGIN
  FOR r IN SELECT * FROM t ORDER BY id LOOP out := out || r.id; END LOOP;
  FOREACH e IN ARRAY ARRAY[2, 4, 5] LOOP out := out || e; END LOOP;
  RETURN out;
EXCEPTION WHEN check_violation THEN
  RETURN out || '!';
END $$;
CREATE FUNCTION doubles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.w = 'null' THEN NEW.p := NULL; END IF;
  NEW.e := NEW.e + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER doubles BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION doubles();
----
INSERT INTO t VALUES (1, 1.5, 'ab', 2), (2, 2.5, 'null', NULL);
SELECT field(1.239);
SELECT field(-1);
SELECT field(NULL);
SELECT unread(NULL);
SELECT unread(3);
SELECT start();
SELECT started(4);
SELECT started(NULL);
SELECT started(-1);
SELECT started(400);
SELECT given(1, 2);
SELECT given(1);
SELECT given(1, 3);
SELECT given(1, 2, '');
SELECT given(NULL, 2);
SELECT given(1, NULL);
SELECT given(-1, 2);
SELECT given(1, w => 'y', e => 4) || given(2.222, 6);
SELECT result(3);
SELECT result(2);
SELECT in_sql(3);
SELECT in_sql(4);
SELECT in_sql(7);
SELECT result(in_sql(1));
SELECT reads(1);
SELECT reads(3);
SELECT loops();
UPDATE t SET e = e + 1 WHERE id = 1;
UPDATE t SET e = e + 2 WHERE id = 1;
UPDATE t SET e = 1 WHERE id = 2;
UPDATE t SET w = 'b' WHERE id = 2;
UPDATE t SET w = 'b', e = 3 WHERE id = 2;
