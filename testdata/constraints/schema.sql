-- Tables with every kind of constraint, for the property tests.
CREATE TABLE accounts (
  id integer PRIMARY KEY,
  owner text NOT NULL,
  balance bigint NOT NULL DEFAULT 0 CHECK (balance >= 0),
  parent integer REFERENCES accounts ON DELETE CASCADE ON UPDATE CASCADE,
  tag text,
  active boolean NOT NULL DEFAULT true,
  code integer,
  doubled bigint GENERATED ALWAYS AS (balance * 2) STORED,
  UNIQUE NULLS NOT DISTINCT (code),
  CHECK (owner <> '' OR balance = 0)
);
CREATE UNIQUE INDEX active_tag ON accounts (tag) WHERE active;
CREATE UNIQUE INDEX owner_of_seven ON accounts (lower(owner), (id % 7)) WHERE balance > 0;

CREATE TABLE orders (
  id integer PRIMARY KEY,
  account integer REFERENCES accounts ON DELETE SET NULL ON UPDATE CASCADE,
  amount numeric(8,2) NOT NULL CHECK (amount > 0)
);
CREATE TABLE lines (
  order_id integer REFERENCES orders ON DELETE CASCADE ON UPDATE CASCADE,
  n integer,
  qty integer NOT NULL,
  weight double precision,
  PRIMARY KEY (order_id, n)
);
CREATE TABLE notes (
  id serial PRIMARY KEY,
  account integer DEFAULT 1 REFERENCES accounts ON DELETE SET DEFAULT ON UPDATE SET DEFAULT,
  body text
);
CREATE TABLE audits (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id integer NOT NULL REFERENCES orders,
  at timestamptz
);

CREATE SEQUENCE tickets INCREMENT 3 MINVALUE 1 MAXVALUE 2000 CYCLE;

-- A circle of tables.
CREATE TABLE teams (id integer PRIMARY KEY, lead integer);
CREATE TABLE people (id integer PRIMARY KEY, team integer REFERENCES teams ON DELETE CASCADE ON UPDATE SET NULL);
ALTER TABLE teams ADD FOREIGN KEY (lead) REFERENCES people ON DELETE CASCADE ON UPDATE RESTRICT;
