-- The twelve consistency conditions of the specification's clause 3.3.2. Each returns what violates it, so nothing.

-- Condition1: a warehouse's payments of the year are those of its districts.
-- name: Condition1 :many
-- prequel: allow scan
SELECT w_id, w_ytd, districts
FROM warehouse
LEFT JOIN (SELECT d_w_id, sum(d_ytd) AS districts FROM district GROUP BY d_w_id) d ON d_w_id = w_id
WHERE w_ytd IS DISTINCT FROM districts
ORDER BY w_id;

-- Condition2: a district's next order number follows that of its last order, which is also its last open one if any is open.
-- name: Condition2 :many
-- prequel: allow scan
SELECT d_w_id, d_id, d_next_o_id, last_order, last_open
FROM district
LEFT JOIN (SELECT o_w_id, o_d_id, max(o_id) AS last_order FROM orders GROUP BY o_w_id, o_d_id) o ON o_w_id = d_w_id AND o_d_id = d_id
LEFT JOIN (SELECT no_w_id, no_d_id, max(no_o_id) AS last_open FROM new_order GROUP BY no_w_id, no_d_id) n
    ON no_w_id = d_w_id AND no_d_id = d_id
WHERE d_next_o_id - 1 IS DISTINCT FROM last_order OR last_order <> last_open
ORDER BY d_w_id, d_id;

-- Condition3: the numbers of a district's open orders have no gaps.
-- name: Condition3 :many
-- prequel: allow scan
SELECT no_w_id, no_d_id, min(no_o_id) AS first_open, max(no_o_id) AS last_open, count(*) AS open
FROM new_order
GROUP BY no_w_id, no_d_id
HAVING max(no_o_id) - min(no_o_id) + 1 <> count(*)
ORDER BY no_w_id, no_d_id;

-- Condition4: a district has as many order lines as its orders say.
-- name: Condition4 :many
-- prequel: allow scan
SELECT d_w_id, d_id, said, lines
FROM district
LEFT JOIN (SELECT o_w_id, o_d_id, sum(o_ol_cnt) AS said FROM orders GROUP BY o_w_id, o_d_id) o ON o_w_id = d_w_id AND o_d_id = d_id
LEFT JOIN (SELECT ol_w_id, ol_d_id, count(*) AS lines FROM order_line GROUP BY ol_w_id, ol_d_id) l ON ol_w_id = d_w_id AND ol_d_id = d_id
WHERE said IS DISTINCT FROM lines
ORDER BY d_w_id, d_id;

-- Condition5: an order has no carrier exactly while it is open.
-- name: Condition5 :many
-- prequel: allow scan
SELECT o_w_id, o_d_id, o_id, o_carrier_id, no_o_id
FROM orders
LEFT JOIN new_order ON no_w_id = o_w_id AND no_d_id = o_d_id AND no_o_id = o_id
WHERE (o_carrier_id IS NULL) <> (no_o_id IS NOT NULL)
ORDER BY o_w_id, o_d_id, o_id;

-- Condition6: an order has as many lines as it says.
-- name: Condition6 :many
-- prequel: allow scan
SELECT o_w_id, o_d_id, o_id, o_ol_cnt, lines
FROM orders
LEFT JOIN (SELECT ol_w_id, ol_d_id, ol_o_id, count(*) AS lines FROM order_line GROUP BY ol_w_id, ol_d_id, ol_o_id) l
    ON ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id
WHERE o_ol_cnt IS DISTINCT FROM lines
ORDER BY o_w_id, o_d_id, o_id;

-- Condition7: an order's lines have a time of delivery exactly when the order has a carrier.
-- name: Condition7 :many
-- prequel: allow scan
SELECT ol_w_id, ol_d_id, ol_o_id, ol_number, ol_delivery_d, o_carrier_id
FROM order_line
JOIN orders ON o_w_id = ol_w_id AND o_d_id = ol_d_id AND o_id = ol_o_id
WHERE (ol_delivery_d IS NULL) <> (o_carrier_id IS NULL)
ORDER BY ol_w_id, ol_d_id, ol_o_id, ol_number;

-- Condition8: a warehouse's payments of the year are those of the history.
-- name: Condition8 :many
-- prequel: allow scan
SELECT w_id, w_ytd, paid
FROM warehouse
LEFT JOIN (SELECT h_w_id, sum(h_amount) AS paid FROM history GROUP BY h_w_id) h ON h_w_id = w_id
WHERE w_ytd IS DISTINCT FROM paid
ORDER BY w_id;

-- Condition9: a district's payments of the year are those of the history.
-- name: Condition9 :many
-- prequel: allow scan
SELECT d_w_id, d_id, d_ytd, paid
FROM district
LEFT JOIN (SELECT h_w_id, h_d_id, sum(h_amount) AS paid FROM history GROUP BY h_w_id, h_d_id) h ON h_w_id = d_w_id AND h_d_id = d_id
WHERE d_ytd IS DISTINCT FROM paid
ORDER BY d_w_id, d_id;

-- Condition10: a customer's balance is what was delivered less what was paid.
-- name: Condition10 :many
-- prequel: allow scan
SELECT c_w_id, c_d_id, c_id, c_balance, delivered, paid
FROM customer
LEFT JOIN (
    SELECT o_w_id, o_d_id, o_c_id, sum(ol_amount) AS delivered
    FROM orders
    JOIN order_line ON ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id
    WHERE ol_delivery_d IS NOT NULL
    GROUP BY o_w_id, o_d_id, o_c_id
) o ON o_w_id = c_w_id AND o_d_id = c_d_id AND o_c_id = c_id
LEFT JOIN (SELECT h_c_w_id, h_c_d_id, h_c_id, sum(h_amount) AS paid FROM history GROUP BY h_c_w_id, h_c_d_id, h_c_id) h
    ON h_c_w_id = c_w_id AND h_c_d_id = c_d_id AND h_c_id = c_id
WHERE c_balance <> coalesce(delivered, 0) - coalesce(paid, 0)
ORDER BY c_w_id, c_d_id, c_id;

-- Condition11: of a district's orders those are not open that were loaded as delivered, and those that were delivered since.
-- name: Condition11 :many
-- prequel: allow scan
SELECT d_w_id, d_id, orders, open, delivered
FROM district
LEFT JOIN (SELECT o_w_id, o_d_id, count(*) AS orders FROM orders GROUP BY o_w_id, o_d_id) o ON o_w_id = d_w_id AND o_d_id = d_id
LEFT JOIN (SELECT no_w_id, no_d_id, count(*) AS open FROM new_order GROUP BY no_w_id, no_d_id) n ON no_w_id = d_w_id AND no_d_id = d_id
LEFT JOIN (SELECT c_w_id, c_d_id, sum(c_delivery_cnt) AS delivered FROM customer GROUP BY c_w_id, c_d_id) c
    ON c_w_id = d_w_id AND c_d_id = d_id
WHERE orders - coalesce(open, 0) IS DISTINCT FROM @loaded_as_delivered::bigint + delivered
ORDER BY d_w_id, d_id;

-- Condition12: a customer's balance and payments together are what was delivered.
-- name: Condition12 :many
-- prequel: allow scan
SELECT c_w_id, c_d_id, c_id, c_balance, c_ytd_payment, delivered
FROM customer
LEFT JOIN (
    SELECT o_w_id, o_d_id, o_c_id, sum(ol_amount) AS delivered
    FROM orders
    JOIN order_line ON ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id
    WHERE ol_delivery_d IS NOT NULL
    GROUP BY o_w_id, o_d_id, o_c_id
) o ON o_w_id = c_w_id AND o_d_id = c_d_id AND o_c_id = c_id
WHERE c_balance + c_ytd_payment <> coalesce(delivered, 0)
ORDER BY c_w_id, c_d_id, c_id;
