-- customer_by_name is the middle one of the customers of a district who have a last name, in the order of their first names: that at n / 2,
-- rounded up. NULL says that there is none.
CREATE FUNCTION customer_by_name(warehouse_id integer, district_id integer, last_name varchar) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    namesakes bigint;
    customer_id integer;
BEGIN
    SELECT count(*) INTO namesakes FROM customer WHERE c_w_id = warehouse_id AND c_d_id = district_id AND c_last = last_name;
    SELECT c_id INTO customer_id FROM customer
    WHERE c_w_id = warehouse_id AND c_d_id = district_id AND c_last = last_name
    ORDER BY c_first, c_id
    OFFSET greatest(namesakes - 1, 0) / 2 LIMIT 1;
    RETURN customer_id;
END $$;

-- payment books what a customer pays at a district. The customer is known by number, or, where that is NULL, by last name.
CREATE FUNCTION payment(
    warehouse_id integer, district_id integer, customer_warehouse_id integer, customer_district_id integer, customer_number integer,
    customer_last_name varchar, amount numeric, at timestamp,
    OUT customer_id integer, OUT first_name varchar, OUT middle varchar, OUT last_name varchar, OUT street_1 varchar, OUT street_2 varchar,
    OUT city varchar, OUT state varchar, OUT zip varchar, OUT phone varchar, OUT since timestamp, OUT credit varchar, OUT credit_limit numeric,
    OUT discount numeric, OUT balance numeric, OUT data varchar,
    OUT warehouse_address varchar, OUT district_address varchar
) LANGUAGE plpgsql AS $$
DECLARE
    w warehouse%ROWTYPE;
    d district%ROWTYPE;
    c customer%ROWTYPE;
BEGIN
    UPDATE warehouse SET w_ytd = w_ytd + amount WHERE w_id = warehouse_id RETURNING * INTO STRICT w;
    UPDATE district SET d_ytd = d_ytd + amount WHERE d_w_id = warehouse_id AND d_id = district_id RETURNING * INTO STRICT d;

    customer_id := customer_number;
    IF customer_id IS NULL THEN
        customer_id := customer_by_name(customer_warehouse_id, customer_district_id, customer_last_name);
    END IF;
    UPDATE customer
    SET c_balance = c_balance - amount, c_ytd_payment = c_ytd_payment + amount, c_payment_cnt = c_payment_cnt + 1,
        c_data = CASE WHEN c_credit = 'BC' THEN
            left(concat_ws(' ', c_id, c_d_id, c_w_id, district_id, warehouse_id, amount, '|', c_data), 500)
        ELSE c_data END
    WHERE c_w_id = customer_warehouse_id AND c_d_id = customer_district_id AND c_id = customer_id
    RETURNING * INTO STRICT c;

    INSERT INTO history (h_c_id, h_c_d_id, h_c_w_id, h_d_id, h_w_id, h_date, h_amount, h_data)
    VALUES (customer_id, customer_district_id, customer_warehouse_id, district_id, warehouse_id, at, amount, w.w_name || '    ' || d.d_name);

    first_name := c.c_first;
    middle := c.c_middle;
    last_name := c.c_last;
    street_1 := c.c_street_1;
    street_2 := c.c_street_2;
    city := c.c_city;
    state := c.c_state;
    zip := c.c_zip;
    phone := c.c_phone;
    since := c.c_since;
    credit := c.c_credit;
    credit_limit := c.c_credit_lim;
    discount := c.c_discount;
    balance := c.c_balance;
    IF c.c_credit = 'BC' THEN
        data := left(c.c_data, 200);
    END IF;
    warehouse_address := concat_ws(', ', w.w_street_1, w.w_street_2, w.w_city, w.w_state, w.w_zip);
    district_address := concat_ws(', ', d.d_street_1, d.d_street_2, d.d_city, d.d_state, d.d_zip);
END $$;
