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
----
SELECT * FROM f(1);
SELECT * FROM f(3);
