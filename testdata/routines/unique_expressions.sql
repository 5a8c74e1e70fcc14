CREATE TABLE users (id bigint PRIMARY KEY, email varchar(40), tenant int NOT NULL, name text, gone boolean NOT NULL DEFAULT false, kind text, payload text, "At" timestamp);
CREATE UNIQUE INDEX ON users (lower(email));
CREATE UNIQUE INDEX uname ON users (tenant, lower(name)) WHERE NOT gone;
CREATE UNIQUE INDEX unum ON users ((payload::int), tenant) NULLS NOT DISTINCT WHERE kind = 'n';
CREATE UNIQUE INDEX ucalc ON users ((tenant * 1000000000 + 1), id);
CREATE UNIQUE INDEX uday ON users ("At", (("At" AT TIME ZONE 'UTC') > '2020-01-01'), (coalesce(name, '') || tenant::text));
CREATE INDEX ON users (upper(name));
CREATE TABLE posts (id int PRIMARY KEY, author bigint REFERENCES users ON UPDATE CASCADE ON DELETE SET NULL, slug text DEFAULT 'None');
CREATE UNIQUE INDEX one_slug ON posts ((coalesce(author, 0)), lower(slug));
CREATE TABLE copies (LIKE users INCLUDING INDEXES);
CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.slug := trim(NEW.slug); RETURN NEW; END $$;
CREATE TRIGGER tidies BEFORE INSERT OR UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION tidy();
CREATE FUNCTION register(i bigint, mail text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  what text;
BEGIN
  INSERT INTO users (id, email, tenant) VALUES (i, mail, 9);
  RETURN 'new';
EXCEPTION WHEN unique_violation THEN
  GET STACKED DIAGNOSTICS what = CONSTRAINT_NAME;
  RETURN what;
END $$;
----
INSERT INTO users VALUES (1, 'A@x', 1, 'Ann'), (2, 'b@x', 1, 'Bob'), (3, NULL, 2, 'ann'), (4, NULL, 1, NULL), (5, NULL, 1, NULL);
INSERT INTO users VALUES (6, 'a@X', 1, 'Cid');
INSERT INTO users VALUES (6, 'c@X', 1, 'ANN');
INSERT INTO users VALUES (6, 'c@X', 1, 'ANN', true);
INSERT INTO users VALUES (7, 'd@X', 7, 'x', true), (8, 'D@x', 7, 'y', true);
UPDATE users SET gone = false WHERE id = 6;
UPDATE users SET gone = true WHERE id = 1;
UPDATE users SET gone = false WHERE id = 6;
UPDATE users SET gone = false WHERE id = 1;
-- looked up
SELECT id, name FROM users WHERE tenant = 1 AND lower(name) = 'ann' AND NOT gone;
SELECT id, name FROM users WHERE lower(email) = 'a@x';
SELECT id, name FROM users WHERE lower(email) = NULL;
SELECT id, name FROM users WHERE lower(email) IS NULL ORDER BY id;
SELECT id, name FROM users WHERE lower(email) IN ('a@x', 'b@x', NULL) ORDER BY id;
SELECT id, name FROM users WHERE lower(email) > 'a' ORDER BY lower(email) DESC LIMIT 2;
SELECT u.id, v.id FROM users u JOIN users v ON lower(v.email) = lower(u.email) ORDER BY u.id;
-- ON CONFLICT
INSERT INTO users VALUES (7, 'A@X', 3, 'Neu') ON CONFLICT (lower(email)) DO UPDATE SET name = excluded.name || users.name, email = 'a2@x' RETURNING id, name;
INSERT INTO users VALUES (7, 'a2@X', 3, 'Neu') ON CONFLICT ((lower(email))) DO NOTHING;
INSERT INTO users VALUES (8, 'z@X', 1, 'BOB') ON CONFLICT (lower(name), tenant) WHERE NOT gone DO UPDATE SET name = 'Bo', email = excluded.email;
INSERT INTO users VALUES (8, 'z@X', 1, 'BOB') ON CONFLICT DO NOTHING;
INSERT INTO users VALUES (8, 'y@X', 1, 'New'), (9, 'Y@x', 1, 'Newer') ON CONFLICT (lower(email)) DO UPDATE SET name = 'twice';
INSERT INTO users VALUES (8, 'y@X', 1, 'New'), (9, 'Y@x', 1, 'Newer') ON CONFLICT (lower(email)) DO NOTHING;
-- several rows
UPDATE users SET email = CASE id WHEN 1 THEN 'Z@x' ELSE 'a2@x' END WHERE id IN (1, 2);
UPDATE users SET email = 'same' || length(email) WHERE tenant = 1;
UPDATE users SET email = email || id;
WITH d AS (DELETE FROM users WHERE id = 1 RETURNING *) INSERT INTO users SELECT 10, email, 1, 'nn', false FROM d;
WITH d AS (DELETE FROM users WHERE id = 10 RETURNING *) INSERT INTO users SELECT 11, 'B@X2', 1, 'nn', false FROM d;
MERGE INTO users u USING (VALUES (2, 'NN'), (11, 'new')) v(id, email) ON u.id = v.id WHEN MATCHED THEN UPDATE SET email = v.email || 'y' WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.email, 5, 'm');
MERGE INTO users u USING (VALUES (12, 'NNY')) v(id, email) ON u.id = v.id WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.email, 5, 'm');
-- an expression that fails for rows that its index leaves out
UPDATE users SET payload = 'abc', kind = 't';
UPDATE users SET kind = 'n' WHERE id = 2;
UPDATE users SET payload = '12' WHERE id IN (2, 3, 4);
UPDATE users SET kind = 'n' WHERE id = 2;
UPDATE users SET tenant = 1, kind = 'n' WHERE id = 3;
UPDATE users SET payload = NULL WHERE id IN (3, 4);
UPDATE users SET kind = 'n' WHERE id = 3;
UPDATE users SET tenant = 2, kind = 'n' WHERE id = 4;
SELECT id, payload FROM users WHERE kind = 'n' AND payload::int = 12;
-- one that fails for some keys: behind the constraints before it
INSERT INTO users VALUES (20, 'q', 3, 'x');
INSERT INTO users VALUES (2, 'q', 3, 'x');
INSERT INTO users VALUES (20, 'NNY', 3, 'x');
INSERT INTO users VALUES (20, 'q', 2, 'x', false, NULL, NULL, '2021-01-01');
INSERT INTO users VALUES (21, 'r', 2, 'x', true, NULL, NULL, '2021-01-01');
-- functions, triggers, actions of foreign keys
SELECT register(30, 'Q');
SELECT register(30, 'new');
INSERT INTO posts VALUES (1, 2, ' Hello '), (2, 3, 'hello'), (3, NULL, 'x'), (4, 2, 'X');
INSERT INTO posts VALUES (5, 2, 'HELLO');
UPDATE posts SET slug = ' hello' WHERE id = 4;
DELETE FROM users WHERE id = 2;
UPDATE posts SET slug = 'y' WHERE id = 4;
DELETE FROM users WHERE id = 2;
UPDATE users SET id = 0 WHERE id = 3;
DELETE FROM posts WHERE id = 1;
UPDATE users SET id = 0 WHERE id = 3;
INSERT INTO copies VALUES (1, 'A', 1), (2, 'a', 1);
TRUNCATE posts;
INSERT INTO posts VALUES (6, NULL, 'x');
