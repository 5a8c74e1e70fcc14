CREATE TABLE accounts (id bigint PRIMARY KEY, owner text NOT NULL, balance numeric(12,2) NOT NULL DEFAULT 0, note varchar(5));
CREATE TABLE log (what text, amount numeric);
CREATE FUNCTION transfer(source bigint, target bigint, amount numeric) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
  have accounts.balance%TYPE;
  r accounts%ROWTYPE;
BEGIN
  SELECT balance INTO STRICT have FROM accounts WHERE id = source;
  IF have < amount THEN
    RAISE EXCEPTION 'account % has %, not %', source, have, amount USING ERRCODE = 'P0007', DETAIL = 'no money';
  END IF;
  UPDATE accounts SET balance = balance - amount WHERE id = source RETURNING * INTO r;
  UPDATE accounts SET balance = balance + amount WHERE id = target;
  IF NOT FOUND THEN
    RAISE no_data_found;
  END IF;
  RETURN r.balance;
END $$;
CREATE FUNCTION loops(n integer) RETURNS TABLE (i integer, s text) LANGUAGE plpgsql AS $$
<<fn>>
DECLARE
  rec record;
  total numeric := 0;
  rows bigint;
BEGIN
  FOR k IN REVERSE n .. 1 BY 2 LOOP
    CONTINUE WHEN k % 3 = 0;
    i := k;
    s := 'k' || k;
    RETURN NEXT;
    EXIT WHEN k > 100;
  END LOOP;
  FOR rec IN SELECT a.id, a.balance AS b FROM accounts a WHERE a.id > n ORDER BY a.id LOOP
    total := total + rec.b;
    WHILE total > 10 LOOP
      total := trunc(total / 2);
      EXIT fn WHEN total = 3;
    END LOOP;
  END LOOP;
  BEGIN
    INSERT INTO accounts (id, owner) VALUES (n, 'x');
    GET DIAGNOSTICS rows = ROW_COUNT;
  EXCEPTION WHEN unique_violation OR SQLSTATE '22012' THEN
    total := -1;
  WHEN OTHERS THEN
    RAISE NOTICE 'failed %: %', SQLSTATE, SQLERRM;
    RAISE;
  END;
  CASE rows WHEN 1, 2 THEN total := 1; WHEN 3 THEN NULL; ELSE PERFORM 1 FROM accounts WHERE id = n; END CASE;
  RETURN QUERY SELECT 1, owner FROM accounts WHERE id = n AND FOUND;
END $$;
CREATE FUNCTION twice(a bigint, b bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE x numeric;
BEGIN
  x := transfer(a, b, 1);
  INSERT INTO log (what, amount) VALUES ('first', x);
  PERFORM transfer(b, a, x);
  SELECT transfer(a, b, 2) INTO x;
  INSERT INTO log (what, amount) VALUES ('last', x);
END $$;
CREATE FUNCTION guarded(a bigint, b bigint, amount numeric, OUT ok boolean, OUT why text) LANGUAGE plpgsql AS $$
BEGIN
  ok := true;
  INSERT INTO log (what) VALUES ('kept');
  BEGIN
    INSERT INTO log (what) VALUES ('undone when it fails');
    PERFORM transfer(a, b, amount);
  EXCEPTION
    WHEN no_data_found THEN ok := false; why := 'nobody: ' || SQLERRM;
    WHEN SQLSTATE 'P0007' THEN ok := false; why := SQLSTATE || ' ' || SQLERRM;
    WHEN numeric_value_out_of_range OR division_by_zero THEN ok := false; why := 'range';
  END;
  INSERT INTO log (what) VALUES (coalesce(why, 'fine'));
END $$;
----
INSERT INTO accounts (id, owner, balance) VALUES (1, 'ann', 10), (2, 'bob', 20.5), (5, 'cy', 9999999999.99);
SELECT transfer(1, 2, 3.5);
SELECT transfer(1, 2, 30);
SELECT transfer(1, 9, 3);
SELECT transfer(8, 9, 3);
SELECT transfer(1, 5, 3);
SELECT transfer(NULL, 5, 3);
SELECT transfer(1, 2, NULL);
SELECT * FROM loops(7);
SELECT * FROM loops(7);
SELECT * FROM loops(2);
SELECT * FROM loops(0);
SELECT * FROM loops(NULL);
SELECT * FROM loops(200);
SELECT twice(1, 2);
SELECT twice(2, 1);
SELECT * FROM guarded(1, 2, 1);
SELECT * FROM guarded(1, 2, 100000);
SELECT * FROM guarded(1, 77, 1);
SELECT * FROM guarded(1, 5, 5);
SELECT * FROM guarded(78, 77, 1);
