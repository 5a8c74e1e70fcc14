CREATE TABLE t (id int PRIMARY KEY, what text);
CREATE FUNCTION narrow(v bigint) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO t VALUES (v % 10, 'kept');
  BEGIN
    INSERT INTO t VALUES (v % 10 + 10, 'inner');
    IF v % 2 = 1 THEN RETURN v; END IF;
    RETURN 'x' || v;
  EXCEPTION WHEN OTHERS THEN
    RETURN -1;
  END;
EXCEPTION WHEN unique_violation THEN
  RETURN v / 1000;
END $$;
CREATE FUNCTION caller(v bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n int;
BEGIN
  n := narrow(v);
  RETURN n + narrow(v);
EXCEPTION WHEN numeric_value_out_of_range OR invalid_text_representation THEN
  INSERT INTO t VALUES (100 + v % 10, SQLERRM);
  RETURN SQLSTATE;
END $$;
----
SELECT narrow(7);
SELECT narrow(7);
SELECT narrow(9999999999);
SELECT narrow(8);
SELECT caller(9999999993);
SELECT caller(11);
SELECT caller(14);
