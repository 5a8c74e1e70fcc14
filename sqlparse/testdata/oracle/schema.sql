CREATE TYPE status AS ENUM ('new', 'paid', 'sent');
CREATE TABLE users (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  email varchar(100) UNIQUE,
  age integer,
  active boolean NOT NULL DEFAULT true,
  created timestamptz NOT NULL DEFAULT now(),
  tags text[],
  profile jsonb
);
CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users,
  state status NOT NULL DEFAULT 'new',
  total numeric(10,2) NOT NULL CHECK (total >= 0),
  placed date NOT NULL,
  note varchar(20)
);
CREATE TABLE items (
  order_id bigint REFERENCES orders,
  line integer,
  sku char(8) NOT NULL,
  qty smallint NOT NULL DEFAULT 1,
  price numeric NOT NULL,
  weight real,
  PRIMARY KEY (order_id, line)
);
CREATE UNIQUE INDEX items_sku ON items (order_id, sku) WHERE qty > 0;
CREATE TABLE events (id integer GENERATED ALWAYS AS IDENTITY, kind text, at timestamp, payload json, took interval, key uuid);
CREATE VIEW adults AS SELECT id, name, age FROM users WHERE age >= 18;
CREATE VIEW totals(user_id, n, amount) AS SELECT user_id, count(*), sum(total) FROM orders GROUP BY user_id;
