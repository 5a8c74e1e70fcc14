-- name: AddOrder :one
INSERT INTO orders (id, customer, cents, code, refs) VALUES ($1, $2, $3, $4, $5) RETURNING *;

-- name: ListOrders :many
SELECT sqlc.embed(orders), sqlc.embed(customers), sqlc.embed(inviter)
FROM orders LEFT JOIN customers ON customers.id = orders.customer LEFT JOIN customers inviter ON inviter.id = customers.invited_by
WHERE orders.id IN (sqlc.slice(ids)) AND orders.code NOT IN (sqlc.slice(but))
ORDER BY orders.id;

-- name: Pay :execrows
UPDATE orders SET state = 'paid', paid = sqlc.arg(at) WHERE id = ANY(@ids::bigint[]) AND state <> 'paid';

-- name: Codes :many
SELECT code FROM orders WHERE customer = @customer OR id = @id ORDER BY id;

-- name: Paid :one
SELECT paid, cents, refs FROM orders WHERE id = $1;
