CREATE TABLE t (k integer PRIMARY KEY, v integer);
CREATE FUNCTION nothing() RETURNS text LANGUAGE plpgsql AS $$
DECLARE x integer NOT NULL := 5; y integer := 7;
BEGIN
  BEGIN
    SELECT 1, k INTO y, x FROM t WHERE k = 9;
  EXCEPTION WHEN null_value_not_allowed THEN
    RETURN concat_ws(' ', y, x, 'kept');
  END;
  RETURN concat_ws(' ', y, x);
END $$;
CREATE FUNCTION found(a integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE x integer NOT NULL := 5; y integer := 7;
BEGIN
  BEGIN
    SELECT k, v INTO y, x FROM t WHERE k = a;
  EXCEPTION WHEN null_value_not_allowed THEN
    RETURN concat_ws(' ', y, x, 'kept');
  END;
  RETURN concat_ws(' ', y, x);
END $$;
CREATE FUNCTION returned(a integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE x integer NOT NULL := 5; y integer := 7;
BEGIN
  BEGIN
    UPDATE t SET v = a WHERE k = 1 RETURNING k, v INTO y, x;
  EXCEPTION WHEN null_value_not_allowed THEN
    RETURN concat_ws(' ', y, x, 'kept');
  END;
  RETURN concat_ws(' ', y, x);
END $$;
CREATE FUNCTION assigned(a integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE x integer NOT NULL := 5;
BEGIN
  BEGIN
    x := a + x;
    x := nullif(x, 6);
    x := NULL;
  EXCEPTION WHEN null_value_not_allowed THEN
    RETURN concat_ws(' ', x, 'kept');
  END;
  RETURN x::text;
END $$;
CREATE FUNCTION looped() RETURNS text LANGUAGE plpgsql AS $$
DECLARE x integer NOT NULL := 5; y integer := 7;
BEGIN
  BEGIN
    FOR y, x IN SELECT k, v FROM t ORDER BY k LOOP
      y := y + 100;
    END LOOP;
  EXCEPTION WHEN null_value_not_allowed THEN
    y := y + 1000;
  END;
  BEGIN
    FOREACH x IN ARRAY ARRAY[1, NULL] LOOP
      y := y + 10;
    END LOOP;
  EXCEPTION WHEN null_value_not_allowed THEN
    RETURN concat_ws(' ', y, x, 'kept');
  END;
  RETURN concat_ws(' ', y, x);
END $$;
----
SELECT nothing();
SELECT found(9);
SELECT looped();
INSERT INTO t VALUES (1, NULL), (2, 3);
SELECT found(1);
SELECT found(2);
SELECT looped();
SELECT returned(NULL);
SELECT returned(4);
SELECT assigned(NULL);
SELECT assigned(1);
SELECT assigned(2);
SELECT looped();
SELECT * FROM t ORDER BY k;
