CREATE TABLE accounts (id bigint PRIMARY KEY, owner text NOT NULL, balance integer NOT NULL DEFAULT 0, changed integer, twice integer GENERATED ALWAYS AS (balance * 2) STORED);
CREATE TABLE log (what text, who text, was integer, now integer);
CREATE TABLE totals (owner text PRIMARY KEY, sum bigint NOT NULL, n integer NOT NULL);
CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.owner := lower(trim(NEW.owner));
  NEW.changed := coalesce(NEW.changed, 0) + 1;
  IF NEW.owner = 'skip' THEN
    RETURN NULL;
  END IF;
  IF NEW.balance < -100 THEN
    RAISE EXCEPTION 'no credit for %', NEW.owner USING ERRCODE = 'P0042';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO log (what, who, now) VALUES (TG_ARGV[0] || ' ' || lower(TG_OP) || ' ' || TG_NAME || ' ' || TG_WHEN || ' ' || TG_LEVEL || ' ' || TG_TABLE_NAME, NEW.owner, NEW.twice);
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO log (what, who, was, now) VALUES (TG_ARGV[0] || coalesce(TG_ARGV[1], '-'), NEW.owner, OLD.balance, NEW.balance);
  ELSE
    INSERT INTO log (what, who, was) VALUES ('gone', OLD.owner, OLD.balance);
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('UPDATE', 'DELETE') THEN
    UPDATE totals SET sum = sum - OLD.balance, n = n - 1 WHERE owner = OLD.owner;
    DELETE FROM totals WHERE owner = OLD.owner AND n = 0;
  END IF;
  CASE TG_OP WHEN 'UPDATE', 'INSERT' THEN
    INSERT INTO totals AS t VALUES (NEW.owner, NEW.balance, 1) ON CONFLICT (owner) DO UPDATE SET sum = t.sum + excluded.sum, n = t.n + 1;
  ELSE NULL;
  END CASE;
  RETURN NULL;
END $$;
CREATE TRIGGER a_tidy BEFORE INSERT OR UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION tidy();
CREATE TRIGGER b_note AFTER INSERT OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION note('row');
CREATE TRIGGER c_note AFTER UPDATE OF balance ON accounts FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION note('balance');
CREATE TRIGGER d_sum AFTER INSERT OR UPDATE OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION add_up();
----
INSERT INTO accounts VALUES (1, ' Anna ', 10);
INSERT INTO accounts (id, owner, balance) VALUES (2, 'Bert', 20), (3, 'skip', 1), (4, 'ANNA', 5) RETURNING id, owner, changed, twice;
UPDATE accounts SET balance = balance + 1 WHERE owner = 'anna' RETURNING id, owner, balance, changed;
UPDATE accounts SET owner = 'Carl' WHERE id = 2;
UPDATE accounts SET balance = -200 WHERE id = 2;
UPDATE accounts SET balance = -200;
UPDATE accounts SET owner = 'skip', balance = 7 WHERE id < 3;
INSERT INTO accounts VALUES (1, 'Dora', 3) ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + excluded.balance, owner = excluded.owner;
INSERT INTO accounts VALUES (1, 'Dora', 3), (9, 'skip', 1), (10, 'Emil', 4) ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + excluded.balance;
INSERT INTO accounts VALUES (1, 'Dora', 3) ON CONFLICT (id) DO NOTHING;
INSERT INTO accounts SELECT id + 100, owner, balance FROM accounts WHERE id > 1 ORDER BY id;
INSERT INTO accounts VALUES (1, 'Dora', 3);
INSERT INTO accounts VALUES (11, NULL, 3);
DELETE FROM accounts WHERE id = 102;
DELETE FROM accounts RETURNING id, owner;
