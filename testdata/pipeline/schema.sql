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

-- Every change of the stock is checked, numbered and noted.
CREATE TABLE stock (
    sku      text PRIMARY KEY,
    quantity integer NOT NULL,
    revision integer NOT NULL DEFAULT 1
);

CREATE TABLE moves (
    sku text NOT NULL,
    by  integer NOT NULL
);

CREATE FUNCTION number_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.quantity < 0 THEN
        RAISE EXCEPTION 'only % of % left', OLD.quantity, NEW.sku USING ERRCODE = 'P0003';
    END IF;
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;

CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO moves VALUES (NEW.sku, NEW.quantity - OLD.quantity);
    RETURN NULL;
END $$;

CREATE TRIGGER number_stock BEFORE UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION number_stock();
CREATE TRIGGER note_move AFTER UPDATE OF quantity ON stock FOR EACH ROW WHEN (OLD.quantity <> NEW.quantity) EXECUTE FUNCTION note_move();

CREATE SEQUENCE invoice_numbers;

CREATE DOMAIN stars AS smallint CHECK (VALUE BETWEEN 1 AND 5);

CREATE TABLE reviews (
    id       bigint PRIMARY KEY DEFAULT nextval('invoice_numbers'),
    sku      text NOT NULL,
    rating   stars NOT NULL,
    comment  text
);

ALTER SEQUENCE invoice_numbers OWNED BY reviews.id;

CREATE TABLE members (
    id     bigint PRIMARY KEY,
    email  text NOT NULL,
    team   integer NOT NULL,
    nick   text,
    left_at timestamptz
);
CREATE UNIQUE INDEX members_email ON members (lower(email));
CREATE UNIQUE INDEX members_nick ON members (team, lower(nick)) WHERE left_at IS NULL;

CREATE VIEW locals AS
    SELECT id, email AS mail, region AS place, joined, upper(email) AS shouted FROM customers WHERE region <> 'abroad'
    WITH CHECK OPTION;
