-- name: AddAccount :exec
INSERT INTO accounts (id, owner, balance) VALUES (@id, @owner, @balance);

-- name: Transfer :one
SELECT transfer(@source, @target, @amount);

-- MoveMoney is a transfer in one statement; the CHECK refuses it when the source has too little.
-- name: MoveMoney :execrows
UPDATE accounts SET balance = balance + CASE WHEN id = @source::integer THEN - @amount::bigint ELSE @amount END
WHERE id IN (@source, @target);

-- name: Withdraw :execrows
UPDATE accounts SET balance = balance - @amount WHERE id = @id AND balance >= @amount;

-- name: Deposit :execrows
UPDATE accounts SET balance = balance + @amount WHERE id = @id;

-- name: Balances :many
SELECT id, balance FROM accounts WHERE owner = @owner ORDER BY id;

-- name: Money :one
-- prequel: allow scan
SELECT count(*) AS accounts, sum(balance)::bigint AS money FROM accounts;

-- name: AddRegister :exec
INSERT INTO registers (id, value) VALUES (@id, @value);

-- name: ReadRegister :one
SELECT value, version FROM registers WHERE id = @id;

-- name: WriteRegister :execrows
UPDATE registers SET value = @value WHERE id = @id;

-- name: SwapRegister :execrows
UPDATE registers SET value = @value WHERE id = @id AND value = @expected::bigint;

-- name: SwapVersion :execrows
UPDATE registers SET value = @value, version = version + 1 WHERE id = @id AND version = @version;

-- name: Increment :one
UPDATE registers SET value = value + @by::bigint WHERE id = @id RETURNING value;

-- name: Claim :execrows
INSERT INTO claims (name, winner) VALUES (@name, @winner) ON CONFLICT DO NOTHING;

-- name: TakeSeat :one
INSERT INTO seats (place, guest) VALUES (@place, @guest) RETURNING id;

-- name: Winner :one
SELECT winner FROM claims WHERE name = @name;

-- name: Claims :many
-- prequel: allow scan
SELECT winner, count(*) AS names FROM claims GROUP BY winner;

-- name: Seats :many
-- prequel: allow scan
SELECT id, place, guest FROM seats;

-- name: AddBudget :exec
INSERT INTO budgets (id, remaining) VALUES (@id, @remaining);

-- name: Spend :execrows
UPDATE budgets SET remaining = remaining - @amount WHERE id = @id AND remaining >= @amount;

-- name: Charge :one
SELECT charge(@budget, @client, @amount);

-- name: Remaining :one
SELECT remaining FROM budgets WHERE id = @id;

-- name: Charged :one
SELECT coalesce(sum(amount), 0)::bigint AS charged, count(*) AS charges FROM charges WHERE budget = @budget;
