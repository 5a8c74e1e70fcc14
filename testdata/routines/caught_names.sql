CREATE TABLE kinds (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL CONSTRAINT low CHECK (n < 10), kind int CONSTRAINT of_kind REFERENCES kinds, word text);
CREATE UNIQUE INDEX words ON t (lower(word));
CREATE TABLE errors (state text, what text, con text, tab text, col text);
CREATE FUNCTION add(i int, n int, k int, w text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  s text; m text; c text; b text; l text;
BEGIN
  IF n = 5 THEN RAISE EXCEPTION 'five' USING CONSTRAINT = 'no_five', TABLE = 'fives', COLUMN = 'n'; END IF;
  IF n = 6 THEN RAISE EXCEPTION 'six'; END IF;
  INSERT INTO t VALUES (i, n / k, k, w);
  RETURN 'done';
EXCEPTION
  WHEN unique_violation OR foreign_key_violation THEN
    GET STACKED DIAGNOSTICS c = CONSTRAINT_NAME;
    RETURN CASE c WHEN 'words' THEN 'word taken' WHEN 't_pkey' THEN 'id taken' ELSE c END;
  WHEN others THEN
    GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT, c = CONSTRAINT_NAME, b = TABLE_NAME, l = COLUMN_NAME;
    INSERT INTO errors VALUES (s, m, c, b, l);
    RETURN NULL;
END $$;
----
INSERT INTO kinds VALUES (1), (2);
SELECT add(1, 1, 1, 'One');
SELECT add(1, 1, 1, 'two');
SELECT add(2, 1, 1, 'ONE');
SELECT add(2, 1, 3, 'two');
SELECT add(2, 100, 1, 'two');
SELECT add(2, NULL, 1, 'two');
SELECT add(2, 1, 0, 'two');
SELECT add(2, 5, 1, 'two');
SELECT add(2, 6, 1, 'two');
SELECT add(2, 7, NULL, 'two');
SELECT add(2, 4, 1, 'two');
