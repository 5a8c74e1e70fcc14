CREATE TABLE orders (
    id       bigint PRIMARY KEY,
    customer uuid,
    state    state NOT NULL DEFAULT 'open',
    cents    bigint NOT NULL,
    code     text NOT NULL,
    paid     timestamptz,
    refs     uuid[] NOT NULL
);
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER noted AFTER TRUNCATE ON orders EXECUTE FUNCTION noted();
