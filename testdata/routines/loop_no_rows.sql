CREATE TABLE t (k integer PRIMARY KEY, v text);
CREATE FUNCTION scalars(a integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE x integer := 5; y text := 'old';
BEGIN
  FOR x, y IN SELECT k, v FROM t WHERE k >= a ORDER BY k LOOP
    y := y || '!';
  END LOOP;
  RETURN concat_ws(' ', coalesce(x, -1), coalesce(y, 'none'), FOUND);
END $$;
CREATE FUNCTION out_target(a integer, OUT n integer, OUT s text) LANGUAGE plpgsql AS $$
BEGIN
  n := a;
  s := 'old';
  FOR s IN SELECT v FROM t WHERE k >= a ORDER BY k LOOP
    n := n + 1;
  END LOOP;
END $$;
CREATE FUNCTION records(a integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r t%ROWTYPE; log text := '';
BEGIN
  FOR i IN 1..3 LOOP
    FOR r IN SELECT * FROM t WHERE k >= a + i ORDER BY k LOOP
      log := log || r.v;
    END LOOP;
    log := concat_ws(',', log, coalesce(r.k, 0), coalesce(r.v, 'none'));
  END LOOP;
  RETURN log;
END $$;
CREATE FUNCTION again(a integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE x integer := 1; n integer := 0;
BEGIN
  FOR i IN 1..2 LOOP
    FOR x IN SELECT k FROM t WHERE k > coalesce(x, 0) + a ORDER BY k LOOP
      n := n + x;
    END LOOP;
  END LOOP;
  RETURN n::text;
END $$;
CREATE FUNCTION unread(a integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE r record; n integer := 0;
BEGIN
  FOR r IN SELECT k FROM t WHERE k >= a LOOP
    n := n + r.k;
  END LOOP;
  RETURN n;
END $$;
----
INSERT INTO t VALUES (1, 'a'), (2, 'b'), (4, 'd');
SELECT scalars(2);
SELECT scalars(5);
SELECT * FROM out_target(2);
SELECT * FROM out_target(5);
SELECT records(1);
SELECT records(3);
SELECT again(0);
SELECT again(5);
SELECT unread(2);
SELECT unread(5);
