-- stock_level counts the items of a district's last 20 orders of which the warehouse has less than a threshold.
CREATE FUNCTION stock_level(warehouse_id integer, district_id integer, threshold integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    next_order integer;
BEGIN
    SELECT d_next_o_id INTO STRICT next_order FROM district WHERE d_w_id = warehouse_id AND d_id = district_id;
    RETURN (
        SELECT count(DISTINCT s_i_id)
        FROM order_line
        JOIN stock ON s_w_id = warehouse_id AND s_i_id = ol_i_id
        WHERE ol_w_id = warehouse_id AND ol_d_id = district_id AND ol_o_id >= next_order - 20 AND ol_o_id < next_order
            AND s_quantity < threshold
    );
END $$;
