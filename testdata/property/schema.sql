-- The schema of the property tests: one table for each way in which rows are told apart and stored.

CREATE TYPE grade AS ENUM ('bronze', 'silver', 'gold');

CREATE TABLE members (
    id      integer PRIMARY KEY,
    email   text NOT NULL UNIQUE,
    name    varchar(12) NOT NULL,
    grade   grade NOT NULL DEFAULT 'bronze',
    city    text,
    points  integer NOT NULL DEFAULT 0,
    balance numeric(8,2) NOT NULL DEFAULT 0,
    since   date
);

CREATE TABLE purchases (
    member  integer,
    number  smallint,
    product text NOT NULL,
    units   integer NOT NULL,
    price   numeric(8,2) NOT NULL,
    placed  timestamptz NOT NULL,
    note    text,
    PRIMARY KEY (member, number)
);

CREATE TABLE products (
    name   text PRIMARY KEY,
    stock  bigint NOT NULL,
    weight double precision,
    photo  bytea
);

-- Sessions and settings are written as a whole, sessions listed in the order of their key too.
CREATE TABLE sessions (
    id   uuid PRIMARY KEY,
    data text NOT NULL
);

CREATE TABLE settings (
    name  text PRIMARY KEY,
    value text,
    level integer NOT NULL
);

-- Marks have no key: equal rows may stand in the table.
CREATE TABLE marks (
    topic text NOT NULL,
    score integer,
    at    timestamp NOT NULL
);

CREATE VIEW spending AS
SELECT member, count(*) AS orders, sum(units) AS units, sum(units * 1.0) AS weighed
FROM purchases
GROUP BY member;

CREATE VIEW baskets AS
SELECT p.member, m.name, p.product, p.units, p.placed
FROM purchases p
JOIN members m ON m.id = p.member;
