-- Triggers before and behind every kind of write, for the property tests.
CREATE TABLE accounts (
  id integer PRIMARY KEY,
  owner text NOT NULL,
  balance bigint NOT NULL DEFAULT 0,
  parent integer REFERENCES accounts ON DELETE CASCADE ON UPDATE CASCADE,
  revision integer NOT NULL DEFAULT 0,
  doubled bigint GENERATED ALWAYS AS (balance * 2) STORED,
  CHECK (balance >= -50)
);
CREATE TABLE entries (
  id serial PRIMARY KEY,
  account integer REFERENCES accounts ON DELETE CASCADE ON UPDATE CASCADE,
  amount bigint NOT NULL,
  kind text
);
CREATE TABLE tallies (owner text PRIMARY KEY, accounts integer NOT NULL, balance bigint NOT NULL CHECK (balance < 5000));
CREATE TABLE trail (what text NOT NULL, account integer, old bigint, new bigint);
CREATE TABLE limits (owner text PRIMARY KEY, low bigint NOT NULL);

-- Looks at a table, changes the row, leaves it out or refuses it.
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  least bigint;
BEGIN
  SELECT low INTO least FROM limits WHERE owner = NEW.owner;
  IF FOUND AND NEW.balance < least THEN
    RAISE EXCEPTION '% is below %', NEW.balance, least USING ERRCODE = 'P0050';
  END IF;
  NEW.revision := NEW.revision + 1;
  IF NEW.owner = 'skip' THEN
    INSERT INTO trail VALUES ('skipped', NEW.id, NULL, NEW.balance);
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CASE TG_OP
  WHEN 'INSERT' THEN
    INSERT INTO entries (account, amount, kind) VALUES (NEW.id, NEW.balance, TG_ARGV[0]);
  WHEN 'UPDATE' THEN
    INSERT INTO entries (account, amount, kind) VALUES (NEW.id, NEW.balance - OLD.balance, TG_ARGV[1]);
  END CASE;
  RETURN NULL;
END $$;
CREATE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE tallies SET accounts = accounts - 1, balance = balance - OLD.balance WHERE owner = OLD.owner;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO tallies AS t VALUES (NEW.owner, 1, NEW.balance)
    ON CONFLICT (owner) DO UPDATE SET accounts = t.accounts + 1, balance = t.balance + excluded.balance;
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION trace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trail VALUES (TG_OP || ' ' || TG_TABLE_NAME, coalesce(NEW.account, OLD.account), OLD.amount, NEW.amount);
  RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.balance = 13 THEN
    RETURN NULL;
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION guard();
CREATE TRIGGER b_keep BEFORE DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER c_book AFTER INSERT OR UPDATE OF balance ON accounts FOR EACH ROW WHEN (NEW.balance <> 0) EXECUTE FUNCTION book('opened', 'changed');
CREATE TRIGGER d_tally AFTER INSERT OR UPDATE OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION tally();
CREATE TRIGGER trace AFTER INSERT OR UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION trace();
