CREATE TABLE t (id int PRIMARY KEY, n int);
CREATE TABLE u (id int);
CREATE TABLE log (id int);
CREATE VIEW both_tables AS SELECT t.id, u.id AS other FROM t JOIN u ON u.id = t.n;
CREATE FUNCTION empties() RETURNS int LANGUAGE plpgsql AS $$ BEGIN TRUNCATE t; RETURN 1; END $$;
CREATE FUNCTION inside() RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT id FROM t LOOP TRUNCATE t; END LOOP;
END $$;
CREATE FUNCTION called(plain boolean) RETURNS int LANGUAGE plpgsql AS $$
DECLARE r record; v int;
BEGIN
  v := empties() + 1;
  INSERT INTO t VALUES (1, 1), (2, 2);
  FOR r IN SELECT id FROM both_tables LOOP
    IF plain THEN v := empties(); ELSE v := empties() + 1; END IF;
  END LOOP;
  RETURN v;
END $$;
CREATE FUNCTION caught() RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT id FROM u WHERE EXISTS (SELECT 1 FROM t) ORDER BY id LOOP
    INSERT INTO log VALUES (r.id);
    BEGIN
      INSERT INTO log VALUES (-r.id);
      TRUNCATE u, t;
    EXCEPTION WHEN object_in_use THEN RETURN SQLERRM;
    END;
  END LOOP;
  RETURN 'done';
END $$;
CREATE FUNCTION written() RETURNS int LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  FOR r IN INSERT INTO u VALUES (7) RETURNING id LOOP TRUNCATE u; END LOOP;
  FOR r IN WITH w AS (INSERT INTO u VALUES (8) RETURNING id) SELECT id FROM w LOOP TRUNCATE u; END LOOP;
  RETURN 1;
END $$;
CREATE FUNCTION in_sql() RETURNS void LANGUAGE sql AS $$ TRUNCATE u, t; INSERT INTO u VALUES (1); $$;
CREATE FUNCTION on_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN TRUNCATE u; RETURN NULL; END $$;
CREATE FUNCTION empties_log() RETURNS int LANGUAGE plpgsql AS $$ BEGIN TRUNCATE log; RETURN 50; END $$;
CREATE TRIGGER empties AFTER INSERT ON log FOR EACH ROW WHEN (NEW.id > 100) EXECUTE FUNCTION on_log();
----
INSERT INTO t VALUES (1, 1), (2, 2);
INSERT INTO u VALUES (1), (2);
SELECT inside();
SELECT called(true);
SELECT called(false);
SELECT caught();
INSERT INTO log VALUES (101);
INSERT INTO u VALUES (3);
INSERT INTO log SELECT id + 100 FROM u;
INSERT INTO log VALUES ((SELECT max(id) + 100 FROM u));
SELECT written();
SELECT in_sql();
TRUNCATE t;
SELECT inside();
SELECT empties() FROM u ORDER BY id;
SELECT empties() FROM t ORDER BY id;
INSERT INTO log VALUES (empties());
INSERT INTO log VALUES (empties_log());
