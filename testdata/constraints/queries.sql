-- name: AddAccount :exec
INSERT INTO accounts (id, owner, balance, parent, tag, active, code) VALUES (@id, @owner, @balance, @parent, @tag, @active, @code);

-- name: SaveAccount :many
INSERT INTO accounts (id, owner, balance, tag) VALUES (@id, @owner, @balance, @tag)
ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + excluded.balance, tag = excluded.tag RETURNING id, doubled;

-- name: ClaimTag :execrows
INSERT INTO accounts (id, owner, balance, tag, code) VALUES (@id, @owner, 1, @tag, @id)
ON CONFLICT (tag) WHERE active DO UPDATE SET owner = excluded.owner, balance = accounts.balance - @fee::bigint;

-- name: AddMissing :execrows
INSERT INTO accounts (id, owner, tag) VALUES (@a, 'a', @tag), (@b, 'b', @tag) ON CONFLICT DO NOTHING;

-- name: MoveMoney :execrows
UPDATE accounts SET balance = balance + @amount::bigint WHERE owner = @owner;

-- name: Renumber :execrows
UPDATE accounts SET id = id + @by::integer WHERE parent = @parent;

-- name: Rename :exec
UPDATE accounts SET id = @new_id WHERE id = @id;

-- name: Adopt :execrows
UPDATE accounts SET parent = @parent WHERE owner = @owner;

-- name: Activate :execrows
UPDATE accounts SET active = NOT active WHERE id = @id;

-- name: CloseAccount :execrows
DELETE FROM accounts WHERE id = @id;

-- name: CloseAll :execrows
DELETE FROM accounts WHERE owner = @owner;

-- name: Order :exec
INSERT INTO orders (id, account, amount) VALUES (@id, @account, @amount);

-- name: OrderForAll :execrows
INSERT INTO orders SELECT a.id + @base::integer, a.id, a.balance + 1 FROM accounts a WHERE a.owner = @owner;

-- name: RenumberOrder :execrows
UPDATE orders SET id = @new_id, amount = amount + @more WHERE id = @id;

-- name: Reassign :execrows
UPDATE orders SET account = a.parent FROM accounts a WHERE a.id = orders.account AND a.owner = @owner;

-- name: CancelOrders :execrows
DELETE FROM orders USING accounts a WHERE a.id = orders.account AND a.owner = @owner;

-- name: AddLine :exec
INSERT INTO lines (order_id, n, qty, weight) VALUES (@order_id, @n, @qty, @weight);

-- name: MoveLines :execrows
UPDATE lines SET order_id = @to_order WHERE order_id = @from_order;

-- name: Note :many
INSERT INTO notes (account, body) VALUES (@account, @body) RETURNING id;

-- name: NoteTwice :many
INSERT INTO notes (account, body) VALUES (@a, @body), (@b, @body) RETURNING id, account;

-- name: Audit :many
INSERT INTO audits (order_id, at) VALUES (@order_id, @at) RETURNING id;

-- name: AddTeam :exec
INSERT INTO teams (id, lead) VALUES (@id, @lead);

-- name: AddPerson :exec
INSERT INTO people (id, team) VALUES (@id, @team);

-- name: Lead :execrows
UPDATE teams SET lead = @lead WHERE id = @id;

-- name: DropTeam :execrows
DELETE FROM teams WHERE id = @id;

-- name: RenumberTeam :execrows
UPDATE teams SET id = id + @by::integer WHERE id = @id;

-- name: Pay :many
WITH debit AS (UPDATE accounts SET balance = balance - @amount::bigint WHERE id = @payer RETURNING id, balance),
     credit AS (UPDATE accounts SET balance = balance + @amount::bigint WHERE id = @payee RETURNING id),
     noted AS (INSERT INTO notes (account, body) SELECT id, 'paid' FROM credit RETURNING id)
SELECT debit.balance, noted.id FROM debit, noted;

-- name: MoveOrders :execrows
WITH gone AS (DELETE FROM orders WHERE account = @account RETURNING id, amount),
     lines AS (DELETE FROM lines USING gone WHERE order_id = gone.id RETURNING order_id)
INSERT INTO orders SELECT id + @by::integer, @to_account, amount FROM gone;

-- name: Replace :execrows
WITH gone AS (DELETE FROM accounts WHERE id = @id RETURNING id, owner, balance, tag, code)
INSERT INTO accounts (id, owner, balance, tag, code) SELECT id, owner || '!', balance, tag, code FROM gone;

-- name: TeamWithLead :many
WITH team AS (INSERT INTO teams (id, lead) VALUES (@id, @person) RETURNING id)
INSERT INTO people (id, team) SELECT @person, id FROM team RETURNING id, team;

-- name: MergeOrders :execrows
MERGE INTO orders o USING (SELECT id, balance FROM accounts WHERE owner = @owner) a ON o.account = a.id
WHEN MATCHED AND a.balance = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET amount = o.amount + @more
WHEN NOT MATCHED THEN INSERT VALUES (a.id + @base::integer, a.id, a.balance + 1);

-- name: MergeAccount :execrows
MERGE INTO accounts t USING (VALUES (@id::integer, @owner::text, @balance::bigint)) AS s(id, owner, balance) ON t.id = s.id
WHEN MATCHED AND s.balance < 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET owner = s.owner, balance = s.balance
WHEN NOT MATCHED THEN INSERT (id, owner, balance) VALUES (s.id, s.owner, s.balance);

-- name: Accounts :many
-- prequel: allow scan
SELECT * FROM accounts ORDER BY id;

-- name: Balances :many
-- prequel: allow scan
SELECT owner, count(*) AS accounts, sum(balance) AS balance FROM accounts GROUP BY owner;

-- name: Tagged :many
SELECT id, owner FROM accounts WHERE tag = @tag ORDER BY id;

-- name: OrdersOf :many
SELECT o.id, o.amount, a.owner FROM orders o JOIN accounts a ON a.id = o.account WHERE a.owner = @owner ORDER BY o.id;

-- name: AmountByAccount :many
-- prequel: allow scan
SELECT account, sum(amount) AS amount, max(amount) AS most FROM orders GROUP BY account;

-- name: WeightByOrder :many
-- prequel: allow scan
SELECT order_id, sum(weight) AS weight, sum(qty) AS qty FROM lines GROUP BY order_id;

-- name: Notes :many
-- prequel: allow scan
SELECT * FROM notes ORDER BY id;

-- name: Audits :many
-- prequel: allow scan
SELECT * FROM audits ORDER BY id;

-- name: Teams :many
-- prequel: allow scan
SELECT t.id, t.lead, p.team FROM teams t JOIN people p ON p.id = t.lead;

-- name: People :many
-- prequel: allow scan
SELECT team, count(*) AS people FROM people GROUP BY team;

-- name: Ticket :one
SELECT nextval('tickets');

-- name: Numbered :many
INSERT INTO notes (id, account, body) VALUES (nextval('tickets') * 1000, @account, currval('tickets')::text) RETURNING id;
