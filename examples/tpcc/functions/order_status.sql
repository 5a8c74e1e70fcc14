-- order_status is a customer's last order: a row for each line. The customer is known by number, or, where that is NULL, by last name.
CREATE FUNCTION order_status(warehouse_id integer, district_id integer, customer_number integer, customer_last_name varchar)
RETURNS TABLE (
    customer_id integer, first_name varchar, middle varchar, last_name varchar, balance numeric, order_id integer, entry timestamp,
    carrier_id integer, item_id integer, supply_warehouse_id integer, quantity integer, amount numeric, delivery timestamp
) LANGUAGE plpgsql AS $$
DECLARE
    line record;
BEGIN
    customer_id := customer_number;
    IF customer_id IS NULL THEN
        customer_id := customer_by_name(warehouse_id, district_id, customer_last_name);
    END IF;
    SELECT c_first, c_middle, c_last, c_balance INTO STRICT first_name, middle, last_name, balance
    FROM customer WHERE c_w_id = warehouse_id AND c_d_id = district_id AND c_id = customer_id;
    SELECT o_id, o_entry_d, o_carrier_id INTO order_id, entry, carrier_id
    FROM orders WHERE o_w_id = warehouse_id AND o_d_id = district_id AND o_c_id = customer_id
    ORDER BY o_id DESC LIMIT 1;
    FOR line IN
        SELECT ol_i_id, ol_supply_w_id, ol_quantity, ol_amount, ol_delivery_d
        FROM order_line WHERE ol_w_id = warehouse_id AND ol_d_id = district_id AND ol_o_id = order_id
        ORDER BY ol_number
    LOOP
        item_id := line.ol_i_id;
        supply_warehouse_id := line.ol_supply_w_id;
        quantity := line.ol_quantity;
        amount := line.ol_amount;
        delivery := line.ol_delivery_d;
        RETURN NEXT;
    END LOOP;
END $$;
