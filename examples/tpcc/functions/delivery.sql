-- delivery delivers the oldest open order of each district of a warehouse and returns which. A district without one is skipped.
CREATE FUNCTION delivery(warehouse_id integer, carrier integer, at timestamp)
RETURNS TABLE (district_id integer, order_id integer) LANGUAGE plpgsql AS $$
DECLARE
    customer_id integer;
    total numeric;
BEGIN
    FOR district_id IN SELECT d_id FROM district WHERE d_w_id = warehouse_id ORDER BY d_id LOOP
        SELECT no_o_id INTO order_id FROM new_order
        WHERE no_w_id = warehouse_id AND no_d_id = district_id
        ORDER BY no_o_id LIMIT 1;
        CONTINUE WHEN NOT FOUND;

        DELETE FROM new_order WHERE no_w_id = warehouse_id AND no_d_id = district_id AND no_o_id = order_id;
        UPDATE orders SET o_carrier_id = carrier
        WHERE o_w_id = warehouse_id AND o_d_id = district_id AND o_id = order_id
        RETURNING o_c_id INTO STRICT customer_id;
        UPDATE order_line SET ol_delivery_d = at
        WHERE ol_w_id = warehouse_id AND ol_d_id = district_id AND ol_o_id = order_id;
        SELECT sum(ol_amount) INTO total FROM order_line
        WHERE ol_w_id = warehouse_id AND ol_d_id = district_id AND ol_o_id = order_id;
        UPDATE customer SET c_balance = c_balance + total, c_delivery_cnt = c_delivery_cnt + 1
        WHERE c_w_id = warehouse_id AND c_d_id = district_id AND c_id = customer_id;
        RETURN NEXT;
    END LOOP;
END $$;
