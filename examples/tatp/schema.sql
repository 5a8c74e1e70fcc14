-- A mobile network's home location register: what it knows of subscribers. The names are those of the TATP description.

CREATE TABLE subscriber (
    s_id         bigint PRIMARY KEY,
    sub_nbr      varchar(15) NOT NULL UNIQUE, -- s_id as 15 digits
    bit_1        smallint NOT NULL,
    bit_2        smallint NOT NULL,
    bit_3        smallint NOT NULL,
    bit_4        smallint NOT NULL,
    bit_5        smallint NOT NULL,
    bit_6        smallint NOT NULL,
    bit_7        smallint NOT NULL,
    bit_8        smallint NOT NULL,
    bit_9        smallint NOT NULL,
    bit_10       smallint NOT NULL,
    hex_1        smallint NOT NULL,
    hex_2        smallint NOT NULL,
    hex_3        smallint NOT NULL,
    hex_4        smallint NOT NULL,
    hex_5        smallint NOT NULL,
    hex_6        smallint NOT NULL,
    hex_7        smallint NOT NULL,
    hex_8        smallint NOT NULL,
    hex_9        smallint NOT NULL,
    hex_10       smallint NOT NULL,
    byte2_1      smallint NOT NULL,
    byte2_2      smallint NOT NULL,
    byte2_3      smallint NOT NULL,
    byte2_4      smallint NOT NULL,
    byte2_5      smallint NOT NULL,
    byte2_6      smallint NOT NULL,
    byte2_7      smallint NOT NULL,
    byte2_8      smallint NOT NULL,
    byte2_9      smallint NOT NULL,
    byte2_10     smallint NOT NULL,
    msc_location bigint NOT NULL,
    vlr_location bigint NOT NULL
);

CREATE TABLE access_info (
    s_id    bigint NOT NULL REFERENCES subscriber,
    ai_type smallint NOT NULL CHECK (ai_type BETWEEN 1 AND 4),
    data1   smallint NOT NULL,
    data2   smallint NOT NULL,
    data3   varchar(3) NOT NULL,
    data4   varchar(5) NOT NULL,
    PRIMARY KEY (s_id, ai_type)
);

CREATE TABLE special_facility (
    s_id        bigint NOT NULL REFERENCES subscriber,
    sf_type     smallint NOT NULL CHECK (sf_type BETWEEN 1 AND 4),
    is_active   smallint NOT NULL,
    error_cntrl smallint NOT NULL,
    data_a      smallint NOT NULL,
    data_b      varchar(5) NOT NULL,
    PRIMARY KEY (s_id, sf_type)
);

-- Calls between two hours of the day go to another number.
CREATE TABLE call_forwarding (
    s_id       bigint NOT NULL,
    sf_type    smallint NOT NULL,
    start_time smallint NOT NULL CHECK (start_time IN (0, 8, 16)),
    end_time   smallint NOT NULL,
    numberx    varchar(15) NOT NULL,
    PRIMARY KEY (s_id, sf_type, start_time),
    FOREIGN KEY (s_id, sf_type) REFERENCES special_facility
);

-- update_subscriber_data changes a bit of a subscriber and the data of one of the subscriber's facilities. There may be no such facility,
-- and then the bit stays what it was.
CREATE FUNCTION update_subscriber_data(subscriber_id bigint, new_bit smallint, data smallint, facility smallint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE subscriber SET bit_1 = new_bit WHERE s_id = subscriber_id;
    UPDATE special_facility SET data_a = data WHERE s_id = subscriber_id AND sf_type = facility;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'subscriber % has no facility %', subscriber_id, facility USING ERRCODE = 'P0002';
    END IF;
END $$;

-- insert_call_forwarding forwards a subscriber's calls. It fails where the subscriber does not have the facility, or forwards calls of
-- that time already.
CREATE FUNCTION insert_call_forwarding(number varchar, facility smallint, from_hour smallint, to_hour smallint, target varchar) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    subscriber_id bigint;
BEGIN
    SELECT s_id INTO STRICT subscriber_id FROM subscriber WHERE sub_nbr = number;
    PERFORM sf_type FROM special_facility WHERE s_id = subscriber_id;
    INSERT INTO call_forwarding (s_id, sf_type, start_time, end_time, numberx) VALUES (subscriber_id, facility, from_hour, to_hour, target);
END $$;

-- delete_call_forwarding ends a forwarding and returns how many there were.
CREATE FUNCTION delete_call_forwarding(number varchar, facility smallint, from_hour smallint) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    subscriber_id bigint;
    deleted integer;
BEGIN
    SELECT s_id INTO STRICT subscriber_id FROM subscriber WHERE sub_nbr = number;
    DELETE FROM call_forwarding WHERE s_id = subscriber_id AND sf_type = facility AND start_time = from_hour;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END $$;
