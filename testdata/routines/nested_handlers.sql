CREATE TABLE t (k integer PRIMARY KEY);
CREATE FUNCTION f(x integer) RETURNS TABLE (d date, n integer) LANGUAGE plpgsql AS $$
BEGIN
  n := 0;
  BEGIN
    BEGIN
      INSERT INTO t VALUES (x);
      d := nullif(coalesce(d, '0044-03-15 BC'::date), d);
      n := CASE WHEN x > 2 THEN n + 1 ELSE n + 2 END;
    EXCEPTION WHEN unique_violation THEN
      d := NULL;
    END;
  EXCEPTION WHEN OTHERS THEN
    DELETE FROM t;
  END;
  RETURN NEXT;
END $$;
CREATE FUNCTION again(x integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer := 0;
BEGIN
  FOR i IN 1..2 LOOP
    BEGIN
      n := n + 1;
      BEGIN
        n := n + 10;
        INSERT INTO t VALUES (x);
        INSERT INTO t VALUES (x);
      EXCEPTION WHEN unique_violation THEN
        n := n + 100;
        RAISE;
      END;
    EXCEPTION WHEN OTHERS THEN
      n := least(n, x) + n - 1;
    END;
    n := n * 2;
  END LOOP;
  RETURN n;
END $$;
----
SELECT * FROM f(1);
SELECT * FROM f(3);
SELECT again(7);
SELECT again(1000000);
