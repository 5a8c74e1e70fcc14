-- name: Open :exec
INSERT INTO accounts (id, owner, balance, parent) VALUES (@id, @owner, @balance, @parent);

-- name: OpenTwo :many
INSERT INTO accounts (id, owner, balance) VALUES (@id, @owner, @balance), (@other, @owner, 7) RETURNING id, revision, doubled;

-- name: Save :one
INSERT INTO accounts (id, owner, balance) VALUES (@id, @owner, @balance)
ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + excluded.balance RETURNING id, balance, revision;

-- name: Copy :execrows
-- prequel: allow scan
INSERT INTO accounts (id, owner, balance, parent) SELECT id + 1000, owner, balance, id FROM accounts WHERE balance > @least AND id < 1000;

-- name: Move :execrows
UPDATE accounts SET balance = balance + @by::integer WHERE id = @id;

-- name: MoveAll :execrows
-- prequel: allow scan
UPDATE accounts SET balance = balance + @by::integer WHERE owner = @owner;

-- name: Hand :execrows
UPDATE accounts SET owner = @owner WHERE id = @id;

-- name: Renumber :execrows
UPDATE accounts SET id = id + @by::integer WHERE id = @id;

-- name: Close :execrows
DELETE FROM accounts WHERE id = @id;

-- name: CloseBelow :execrows
-- prequel: allow scan
DELETE FROM accounts USING limits l WHERE l.owner = @owner AND accounts.owner = l.owner AND balance < l.low + @more::integer;

-- name: Limit :exec
INSERT INTO limits VALUES (@owner, @low) ON CONFLICT (owner) DO UPDATE SET low = excluded.low;

-- name: Transfer :exec
CREATE FUNCTION transfer(source integer, target integer, amount integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts SET balance = balance - amount WHERE id = source;
  BEGIN
    UPDATE accounts SET balance = balance + amount WHERE id = target;
    IF NOT FOUND THEN
      RAISE no_data_found;
    END IF;
  EXCEPTION WHEN no_data_found THEN
    INSERT INTO accounts (id, owner, balance) VALUES (target, 'new', amount);
  END;
END $$;

-- name: Accounts :many
-- prequel: allow scan
SELECT * FROM accounts ORDER BY id;

-- name: Tallies :many
-- prequel: allow scan
SELECT * FROM tallies ORDER BY owner;

-- name: Booked :many
-- prequel: allow scan
SELECT account, kind, count(*) AS entries, sum(amount) AS amount FROM entries GROUP BY account, kind;

-- name: Trail :many
-- prequel: allow scan
SELECT what, count(*) AS times, max(new) AS most FROM trail GROUP BY what;

-- name: TrailOf :many
SELECT old, new FROM trail WHERE what = @what;
