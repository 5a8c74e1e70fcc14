CREATE TABLE t (id int PRIMARY KEY, n numeric);
CREATE TABLE log (id int PRIMARY KEY);
CREATE FUNCTION grow(p int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO log VALUES (p);
  UPDATE t SET n = n * n;
  RETURN 1;
END $$;
----
INSERT INTO t VALUES (1, 20);
SELECT grow(1);
UPDATE t SET n = 1e70000;
-- the row of log is taken back
SELECT grow(2);
