-- A vote by telephone: callers vote for contestants, each phone number a limited number of times.

CREATE TABLE contestants (
    contestant_number integer PRIMARY KEY,
    contestant_name   varchar(50) NOT NULL
);

CREATE TABLE area_code_state (
    area_code smallint PRIMARY KEY,
    state     varchar(2) NOT NULL
);

CREATE TABLE votes (
    phone_number      bigint NOT NULL,
    state             varchar(2) NOT NULL,
    contestant_number integer NOT NULL
);

CREATE INDEX votes_by_phone_number ON votes (phone_number);
CREATE INDEX votes_by_contestant_number_state ON votes (contestant_number, state);

CREATE VIEW v_votes_by_phone_number AS
SELECT phone_number, count(*) AS num_votes
FROM votes
GROUP BY phone_number;

CREATE VIEW v_votes_by_contestant_number_state AS
SELECT contestant_number, state, count(*) AS num_votes
FROM votes
GROUP BY contestant_number, state;

-- vote records a vote and returns 0; 1 says that there is no such contestant, 2 that the phone number has no votes left. The state is that
-- of the area code, the first three of ten digits, and XX where none is known.
CREATE FUNCTION vote(phone bigint, contestant integer, max_votes bigint) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    cast_before bigint;
    origin varchar(2);
BEGIN
    PERFORM 1 FROM contestants WHERE contestant_number = contestant;
    IF NOT FOUND THEN
        RETURN 1;
    END IF;

    SELECT num_votes INTO cast_before FROM v_votes_by_phone_number WHERE phone_number = phone;
    IF cast_before >= max_votes THEN
        RETURN 2;
    END IF;

    SELECT state INTO origin FROM area_code_state WHERE area_code = phone / 10000000;
    INSERT INTO votes (phone_number, state, contestant_number) VALUES (phone, coalesce(origin, 'XX'), contestant);
    RETURN 0;
END $$;
