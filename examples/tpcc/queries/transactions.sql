-- name: NewOrder :one
SELECT * FROM new_order(@warehouse_id, @district_id, @customer_id, @items, @supply, @quantities, @at);

-- name: Payment :one
SELECT * FROM payment(@warehouse_id, @district_id, @customer_warehouse_id, @customer_district_id, sqlc.narg(customer_number),
    sqlc.narg(customer_last_name), @amount, @at);

-- name: OrderStatus :many
SELECT * FROM order_status(@warehouse_id, @district_id, sqlc.narg(customer_number), sqlc.narg(customer_last_name));

-- name: Delivery :many
SELECT * FROM delivery(@warehouse_id, @carrier, @at);

-- name: StockLevel :one
SELECT stock_level(@warehouse_id, @district_id, @threshold);
