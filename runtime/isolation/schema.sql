-- A bank that many clients use at once.
CREATE TABLE accounts (id integer PRIMARY KEY, owner integer NOT NULL, balance bigint NOT NULL CHECK (balance >= 0));

CREATE TABLE registers (id integer PRIMARY KEY, value bigint NOT NULL, version bigint NOT NULL DEFAULT 0);

CREATE TABLE claims (name text PRIMARY KEY, winner integer NOT NULL);
CREATE TABLE seats (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, place text NOT NULL, guest integer NOT NULL, UNIQUE (place));

CREATE TABLE budgets (id integer PRIMARY KEY, remaining bigint NOT NULL CHECK (remaining >= 0));
CREATE TABLE charges (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, budget integer NOT NULL REFERENCES budgets, client integer NOT NULL, amount bigint NOT NULL
);

-- transfer moves money unless the source has too little.
CREATE FUNCTION transfer(source integer, target integer, amount bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  have bigint;
BEGIN
  SELECT balance INTO STRICT have FROM accounts WHERE id = source;
  IF have < amount THEN
    RETURN false;
  END IF;
  UPDATE accounts SET balance = balance - amount WHERE id = source;
  UPDATE accounts SET balance = balance + amount WHERE id = target;
  RETURN true;
END $$;

-- charge takes from a budget and notes it; a budget that is spent is an error inside, which takes both back.
CREATE FUNCTION charge(campaign integer, client integer, amount bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    INSERT INTO charges (budget, client, amount) VALUES (campaign, client, amount);
    UPDATE budgets SET remaining = remaining - amount WHERE id = campaign;
  EXCEPTION WHEN check_violation THEN
    RETURN false;
  END;
  RETURN true;
END $$;
