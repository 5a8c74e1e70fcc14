-- name: AddCustomer :exec
INSERT INTO customers (id, name, invited_by, settings) VALUES ($1, $2, $3, $4);

-- name: GetCustomer :one
SELECT * FROM customers WHERE id = $1;

-- name: Rename :one
UPDATE customers SET name = coalesce(sqlc.narg(name), name) WHERE id = @id RETURNING sqlc.embed(customers), name <> 'x' AS other;
