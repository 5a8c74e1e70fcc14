-- A bank whose customers have a savings and a checking account each. Balances are in cents; a checking account may be overdrawn.

CREATE TABLE accounts (
    custid bigint PRIMARY KEY,
    name   varchar(64) NOT NULL UNIQUE
);

CREATE TABLE savings (
    custid bigint PRIMARY KEY,
    bal    bigint NOT NULL CHECK (bal >= 0)
);

CREATE TABLE checking (
    custid bigint PRIMARY KEY,
    bal    bigint NOT NULL
);

-- balance is what a customer has in both accounts.
CREATE FUNCTION balance(customer varchar) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    total bigint;
BEGIN
    SELECT s.bal + c.bal INTO total
    FROM accounts a
    JOIN savings s ON s.custid = a.custid
    JOIN checking c ON c.custid = a.custid
    WHERE a.name = customer;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no customer %', customer USING ERRCODE = 'no_data_found';
    END IF;
    RETURN total;
END $$;

-- deposit_checking pays into a checking account.
CREATE FUNCTION deposit_checking(customer varchar, amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
BEGIN
    IF amount < 0 THEN
        RAISE EXCEPTION 'a deposit of % is negative', amount USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT custid INTO id FROM accounts WHERE name = customer;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no customer %', customer USING ERRCODE = 'no_data_found';
    END IF;
    UPDATE checking SET bal = bal + amount WHERE custid = id;
END $$;

-- transact_savings pays into a savings account, or draws from it what it has.
CREATE FUNCTION transact_savings(customer varchar, amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
    held bigint;
BEGIN
    SELECT a.custid, s.bal INTO id, held
    FROM accounts a
    JOIN savings s ON s.custid = a.custid
    WHERE a.name = customer;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no customer %', customer USING ERRCODE = 'no_data_found';
    END IF;
    IF held + amount < 0 THEN
        RAISE EXCEPTION 'the savings of % do not suffice', customer USING ERRCODE = 'check_violation';
    END IF;
    UPDATE savings SET bal = held + amount WHERE custid = id;
END $$;

-- amalgamate moves all that one customer has to the checking account of another.
CREATE FUNCTION amalgamate(customer varchar, beneficiary varchar) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
    other bigint;
    total bigint;
BEGIN
    SELECT a.custid, s.bal + c.bal INTO id, total
    FROM accounts a
    JOIN savings s ON s.custid = a.custid
    JOIN checking c ON c.custid = a.custid
    WHERE a.name = customer;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no customer %', customer USING ERRCODE = 'no_data_found';
    END IF;
    SELECT custid INTO other FROM accounts WHERE name = beneficiary;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no customer %', beneficiary USING ERRCODE = 'no_data_found';
    END IF;
    UPDATE savings SET bal = 0 WHERE custid = id;
    UPDATE checking SET bal = 0 WHERE custid = id;
    UPDATE checking SET bal = bal + total WHERE custid = other;
END $$;

-- write_check draws a check on a customer's accounts; one that both together do not cover costs a cent more.
CREATE FUNCTION write_check(customer varchar, amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
    total bigint;
BEGIN
    SELECT a.custid, s.bal + c.bal INTO id, total
    FROM accounts a
    JOIN savings s ON s.custid = a.custid
    JOIN checking c ON c.custid = a.custid
    WHERE a.name = customer;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no customer %', customer USING ERRCODE = 'no_data_found';
    END IF;
    IF total < amount THEN
        UPDATE checking SET bal = bal - (amount + 1) WHERE custid = id;
    ELSE
        UPDATE checking SET bal = bal - amount WHERE custid = id;
    END IF;
END $$;

-- send_payment moves money from one checking account, which must have it, to another.
CREATE FUNCTION send_payment(sender varchar, receiver varchar, amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
    other bigint;
    held bigint;
BEGIN
    SELECT a.custid, c.bal INTO id, held
    FROM accounts a
    JOIN checking c ON c.custid = a.custid
    WHERE a.name = sender;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no customer %', sender USING ERRCODE = 'no_data_found';
    END IF;
    SELECT custid INTO other FROM accounts WHERE name = receiver;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no customer %', receiver USING ERRCODE = 'no_data_found';
    END IF;
    IF held < amount THEN
        RAISE EXCEPTION 'the checking account of % does not have %', sender, amount USING ERRCODE = 'check_violation';
    END IF;
    UPDATE checking SET bal = bal - amount WHERE custid = id;
    UPDATE checking SET bal = bal + amount WHERE custid = other;
END $$;
