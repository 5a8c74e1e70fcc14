-- new_order takes an order of 5 to 15 lines: an item, the warehouse that supplies it and a quantity each. An item that does not exist, as
-- one in a hundred orders has it in the last line, takes back everything. The arrays of the result have an element for each line.
CREATE FUNCTION new_order(
    warehouse_id integer, district_id integer, customer_id integer, items integer[], supply integer[], quantities integer[], at timestamp,
    OUT order_id integer, OUT last_name varchar(16), OUT credit varchar(2), OUT discount numeric, OUT warehouse_tax numeric,
    OUT district_tax numeric, OUT item_names varchar[], OUT in_stock integer[], OUT brand_generic varchar[], OUT prices numeric[],
    OUT amounts numeric[], OUT total numeric
) LANGUAGE plpgsql AS $$
DECLARE
    line_count CONSTANT integer := cardinality(items);
    all_local integer := 1;
    item item%ROWTYPE;
    held stock%ROWTYPE;
    left_over integer;
    dist_info stock.s_dist_01%TYPE;
    amount numeric(6,2);
BEGIN
    SELECT w_tax INTO STRICT warehouse_tax FROM warehouse WHERE w_id = warehouse_id;
    UPDATE district SET d_next_o_id = d_next_o_id + 1
    WHERE d_w_id = warehouse_id AND d_id = district_id
    RETURNING d_tax, d_next_o_id - 1 INTO STRICT district_tax, order_id;
    SELECT c_discount, c_last, c_credit INTO STRICT discount, last_name, credit
    FROM customer WHERE c_w_id = warehouse_id AND c_d_id = district_id AND c_id = customer_id;

    FOR i IN 1..line_count LOOP
        IF supply[i] <> warehouse_id THEN
            all_local := 0;
        END IF;
    END LOOP;
    INSERT INTO orders (o_id, o_d_id, o_w_id, o_c_id, o_entry_d, o_ol_cnt, o_all_local)
    VALUES (order_id, district_id, warehouse_id, customer_id, at, line_count, all_local);
    INSERT INTO new_order (no_o_id, no_d_id, no_w_id) VALUES (order_id, district_id, warehouse_id);

    total := 0;
    FOR i IN 1..line_count LOOP
        SELECT * INTO item FROM item WHERE i_id = items[i];
        IF NOT FOUND THEN
            RAISE EXCEPTION 'item number is not valid' USING ERRCODE = 'P0404', DETAIL = format('item %s of order %s', items[i], order_id);
        END IF;
        SELECT * INTO STRICT held FROM stock WHERE s_w_id = supply[i] AND s_i_id = items[i];
        left_over := held.s_quantity - quantities[i];
        IF left_over < 10 THEN
            left_over := left_over + 91;
        END IF;
        UPDATE stock
        SET s_quantity = left_over, s_ytd = s_ytd + quantities[i], s_order_cnt = s_order_cnt + 1,
            s_remote_cnt = s_remote_cnt + CASE WHEN supply[i] = warehouse_id THEN 0 ELSE 1 END
        WHERE s_w_id = supply[i] AND s_i_id = items[i];
        dist_info := CASE district_id
            WHEN 1 THEN held.s_dist_01 WHEN 2 THEN held.s_dist_02 WHEN 3 THEN held.s_dist_03 WHEN 4 THEN held.s_dist_04
            WHEN 5 THEN held.s_dist_05 WHEN 6 THEN held.s_dist_06 WHEN 7 THEN held.s_dist_07 WHEN 8 THEN held.s_dist_08
            WHEN 9 THEN held.s_dist_09 WHEN 10 THEN held.s_dist_10
        END;
        amount := quantities[i] * item.i_price;
        INSERT INTO order_line (ol_o_id, ol_d_id, ol_w_id, ol_number, ol_i_id, ol_supply_w_id, ol_quantity, ol_amount, ol_dist_info)
        VALUES (order_id, district_id, warehouse_id, i, items[i], supply[i], quantities[i], amount, dist_info);

        item_names := item_names || item.i_name;
        in_stock := in_stock || left_over;
        brand_generic := brand_generic || CASE
            WHEN item.i_data LIKE '%ORIGINAL%' AND held.s_data LIKE '%ORIGINAL%' THEN 'B'::varchar ELSE 'G'
        END;
        prices := prices || item.i_price;
        amounts := amounts || amount;
        total := total + amount;
    END LOOP;
    total := total * (1 - discount) * (1 + warehouse_tax + district_tax);
END $$;
