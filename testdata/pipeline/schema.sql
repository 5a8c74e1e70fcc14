-- The schema of the goldens in this folder.

CREATE TYPE order_state AS ENUM ('open', 'paid', 'shipped', 'cancelled');

CREATE TABLE customers (
    id       bigint PRIMARY KEY,
    email    text NOT NULL,
    name     varchar(40),
    region   text NOT NULL,
    referrer bigint,
    balance  numeric(12,2) NOT NULL DEFAULT 0,
    joined   date NOT NULL
);

CREATE TABLE products (
    sku   text PRIMARY KEY,
    title text NOT NULL,
    price numeric(10,2) NOT NULL,
    tags  bytea
);

CREATE TABLE orders (
    id          uuid PRIMARY KEY,
    customer_id bigint NOT NULL,
    state       order_state NOT NULL DEFAULT 'open',
    total       numeric(12,2) NOT NULL,
    placed      timestamptz NOT NULL,
    note        text
);

CREATE TABLE items (
    order_id uuid,
    line     smallint,
    sku      text NOT NULL,
    quantity integer NOT NULL,
    price    numeric(10,2) NOT NULL,
    PRIMARY KEY (order_id, line)
);

-- Readings are only ever added.
CREATE TABLE readings (
    sensor integer,
    at     timestamp,
    value  double precision NOT NULL,
    raw    bigint,
    ok     boolean NOT NULL DEFAULT true,
    PRIMARY KEY (sensor, at)
);

-- A log has no key: equal rows may stand in it.
CREATE TABLE log (
    at      timestamptz NOT NULL,
    level   smallint NOT NULL,
    message text
);

CREATE VIEW order_totals AS
SELECT customer_id, count(*) AS orders, sum(total) AS spent
FROM orders
GROUP BY customer_id;
