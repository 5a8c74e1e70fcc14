-- Campaigns offer something to the customers of a segment, and pay for each impression.

CREATE TABLE customers (
    id               bigint PRIMARY KEY,
    segment          integer NOT NULL,
    impressions      integer NOT NULL DEFAULT 0,
    last_campaign_id integer,
    last_at          timestamptz
);

-- Amounts are in thousandths of a cent.
CREATE TABLE campaigns (
    id            integer PRIMARY KEY,
    segment       integer NOT NULL,
    active        boolean NOT NULL DEFAULT true,
    score         integer NOT NULL,           -- of several campaigns, the one of the highest score is shown
    price         integer NOT NULL CHECK (price > 0),
    budget        bigint NOT NULL,
    remaining     bigint NOT NULL CHECK (remaining >= 0),  -- what is left of it
    cap           integer NOT NULL            -- impressions to one customer within 24 hours
);

CREATE TABLE impressions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    campaign_id integer NOT NULL,
    at          timestamptz NOT NULL,
    price       integer NOT NULL
);

CREATE INDEX campaigns_to_show ON campaigns (segment, score DESC, id) WHERE active AND remaining >= price;
CREATE INDEX impressions_to_customer ON impressions (customer_id, campaign_id, at);

-- decide shows a customer the best campaign of their segment that is active, can pay for it, and has not been shown to them as often
-- as it may be within 24 hours. No row fields are set when there is none.
CREATE FUNCTION decide(customer bigint, now_at timestamptz, OUT campaign integer, OUT price integer)
LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz := now_at - interval '24 hours';
    theirs integer;
BEGIN
    SELECT segment INTO theirs FROM customers WHERE id = customer;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no customer %', customer USING ERRCODE = 'no_data_found';
    END IF;

    SELECT c.id, c.price INTO campaign, price
    FROM campaigns c
    WHERE c.segment = theirs AND c.active AND c.remaining >= c.price
      AND (SELECT count(*) FROM impressions i
           WHERE i.customer_id = customer AND i.campaign_id = c.id AND i.at > since) < c.cap
    ORDER BY c.score DESC, c.id
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    INSERT INTO impressions (customer_id, campaign_id, at, price) VALUES (customer, campaign, now_at, decide.price);
    UPDATE campaigns SET remaining = remaining - campaigns.price WHERE id = campaign;
    UPDATE customers SET impressions = impressions + 1, last_campaign_id = campaign, last_at = now_at WHERE id = customer;
END $$;
