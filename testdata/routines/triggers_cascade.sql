CREATE TABLE groups (id integer PRIMARY KEY, name text UNIQUE, members integer NOT NULL DEFAULT 0);
CREATE TABLE users (id integer PRIMARY KEY, grp integer REFERENCES groups (id) ON DELETE CASCADE ON UPDATE CASCADE, name text, rev integer NOT NULL DEFAULT 0);
CREATE TABLE posts (id integer PRIMARY KEY, usr integer REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE, body text);
CREATE TABLE audit (seq integer, what text);
CREATE TABLE counter (n integer);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  n integer;
  line text := TG_NAME || ' ' || TG_WHEN || ' ' || TG_OP || ' ' || TG_TABLE_NAME || ' ' || pg_trigger_depth();
BEGIN
  SELECT count(*) INTO n FROM audit;
  IF TG_TABLE_NAME = 'users' THEN
    line := line || ' ' || coalesce(OLD.name, '-') || coalesce(NEW.name, '-') || coalesce(OLD.grp, 0) || coalesce(NEW.grp, 0);
  ELSIF TG_TABLE_NAME = 'posts' THEN
    line := line || ' ' || coalesce(OLD.body, '-') || coalesce(NEW.body, '-') || coalesce(OLD.usr, 0) || coalesce(NEW.usr, 0);
  ELSE
    line := line || ' ' || coalesce(OLD.name, '-') || coalesce(NEW.name, '-') || coalesce(OLD.members, 0) || coalesce(NEW.members, 0);
  END IF;
  INSERT INTO audit VALUES (n, line);
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION count_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE groups SET members = members - 1 WHERE id = OLD.grp;
  UPDATE groups SET members = members + 1 WHERE id = NEW.grp;
  RETURN NULL;
END $$;
CREATE FUNCTION keep_root() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.name = 'root' THEN
    RETURN NULL;
  END IF;
  RETURN OLD;
END $$;
CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.rev := NEW.rev + 1;
  IF EXISTS (SELECT 1 FROM posts WHERE usr = OLD.id AND body = 'locked') THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION make_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.grp IS NOT NULL AND NOT EXISTS (SELECT FROM groups WHERE id = NEW.grp) AND NEW.grp < 100 THEN
    INSERT INTO groups VALUES (NEW.grp, 'made ' || NEW.name);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER z_before BEFORE INSERT OR UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER z_after AFTER INSERT OR UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER "A_early" AFTER UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER posts_after AFTER INSERT OR UPDATE OF usr ON posts FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER groups_before BEFORE UPDATE OR DELETE ON groups FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER groups_after AFTER INSERT OR UPDATE OR DELETE ON groups FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER m_members AFTER INSERT OR DELETE OR UPDATE OF grp ON users FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION count_members();
CREATE TRIGGER a_root BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION keep_root();
CREATE TRIGGER b_bump BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name) EXECUTE FUNCTION bump();
CREATE TRIGGER c_group BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION make_group();
----
INSERT INTO groups VALUES (1, 'one'), (2, 'two');
INSERT INTO users VALUES (1, 1, 'ann');
INSERT INTO users VALUES (2, 1, 'bob'), (3, 2, 'root'), (4, 7, 'dan'), (5, 7, 'eve');
INSERT INTO users VALUES (6, 100, 'x');
INSERT INTO users VALUES (6, 8, 'x'), (1, 9, 'y');
INSERT INTO posts VALUES (1, 1, 'p1'), (2, 1, 'p2'), (3, 3, 'p3'), (4, 4, 'locked');
UPDATE users SET name = 'anna' WHERE id = 1;
UPDATE users SET name = 'dana' WHERE id = 4;
UPDATE users SET grp = 2 WHERE id = 2;
UPDATE users SET id = 40 WHERE id = 4;
UPDATE users SET grp = 2 WHERE id = 5;
UPDATE groups SET id = 70 WHERE id = 7;
DELETE FROM users WHERE id = 1;
DELETE FROM users WHERE id = 3;
DELETE FROM groups WHERE id = 70;
DELETE FROM users WHERE id = 5;
DELETE FROM posts WHERE id = 3;
UPDATE users SET name = 'toor' WHERE id = 3;
UPDATE groups SET id = 20 WHERE id = 2;
DELETE FROM groups WHERE id = 20;
UPDATE groups SET name = 'one' WHERE id = 2;
INSERT INTO users VALUES (2, 1, 'again') ON CONFLICT (id) DO UPDATE SET name = excluded.name, grp = excluded.grp;
DELETE FROM users WHERE id = 2;
DELETE FROM users;
