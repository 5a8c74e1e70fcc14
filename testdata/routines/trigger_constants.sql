CREATE TABLE t (id integer PRIMARY KEY, a text, b integer DEFAULT 5);
CREATE TABLE plain (a text);
CREATE FUNCTION fix() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    NEW.a := 'always';
    NEW.b := OLD.b;
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER fix BEFORE INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION fix();
CREATE FUNCTION fix_plain() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.a := NULL; RETURN NEW; END';
CREATE TRIGGER fix BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION fix_plain();
----
INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2);
UPDATE t SET a = 'z', b = 7 WHERE id = 1;
INSERT INTO t VALUES (2, 'w', 3) ON CONFLICT (id) DO UPDATE SET b = excluded.b, a = excluded.a;
INSERT INTO plain VALUES ('x') RETURNING a;
DELETE FROM t WHERE id = 2;
