-- Decide shows a customer the best campaign, if there is one, and charges for it.
-- name: Decide :one
SELECT * FROM decide(@customer, @now_at);

-- name: AddCustomer :exec
INSERT INTO customers (id, segment) VALUES ($1, $2);

-- name: AddCampaign :exec
INSERT INTO campaigns (id, segment, score, price, budget, remaining, cap) VALUES ($1, $2, $3, $4, $5, $5, $6);

-- SetActive pauses a campaign, or resumes it.
-- name: SetActive :execrows
UPDATE campaigns SET active = $2 WHERE id = $1;

-- name: TopUp :execrows
UPDATE campaigns SET budget = budget + @amount, remaining = remaining + @amount WHERE id = @id;

-- name: GetCustomer :one
SELECT id, segment, impressions, last_campaign_id, last_at FROM customers WHERE id = $1;

-- name: GetCampaign :one
SELECT id, segment, active, score, price, budget, remaining, cap FROM campaigns WHERE id = $1;

-- ShownTo lists what a customer was shown since a time, newest first.
-- name: ShownTo :many
SELECT campaign_id, at, price FROM impressions WHERE customer_id = @customer_id AND at >= @since ORDER BY at DESC, id DESC;
