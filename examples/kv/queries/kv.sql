-- Get reads an entry.
-- name: Get :one
SELECT value, version FROM entries WHERE tenant = $1 AND key = $2;

-- Put writes an entry, be there one or not; its version counts the writes.
-- name: Put :exec
INSERT INTO entries (tenant, key, value) VALUES ($1, $2, $3)
ON CONFLICT (tenant, key) DO UPDATE SET value = EXCLUDED.value, version = entries.version + 1;

-- PutIfAbsent writes an entry that is not there yet, and says whether it has.
-- name: PutIfAbsent :execrows
INSERT INTO entries (tenant, key, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- Replace writes an entry that is there.
-- name: Replace :execrows
UPDATE entries SET value = @value, version = version + 1 WHERE tenant = @tenant AND key = @key;

-- CompareAndSwap writes an entry that is still of the version that was read.
-- name: CompareAndSwap :execrows
UPDATE entries SET value = @value, version = version + 1 WHERE tenant = @tenant AND key = @key AND version = @version;

-- Delete removes an entry, and says whether there was one.
-- name: Delete :execrows
DELETE FROM entries WHERE tenant = $1 AND key = $2;

-- DeleteIfEqual removes an entry that still has a value.
-- name: DeleteIfEqual :execrows
DELETE FROM entries WHERE tenant = $1 AND key = $2 AND value = $3;

-- MultiGet reads the entries of several keys; those that are not there are left out.
-- name: MultiGet :many
SELECT key, value, version FROM entries WHERE tenant = @tenant AND key = ANY(@keys::text[]);

-- MultiPut writes several entries.
-- name: MultiPut :exec
INSERT INTO entries (tenant, key, value) SELECT @tenant, unnest(@keys::text[]), unnest(@vals::text[])
ON CONFLICT (tenant, key) DO UPDATE SET value = EXCLUDED.value, version = entries.version + 1;

-- PutPair writes two entries, both or none.
-- name: PutPair :exec
INSERT INTO entries (tenant, key, value) VALUES (@tenant, @key, @value), (@tenant, @other_key, @other_value)
ON CONFLICT (tenant, key) DO UPDATE SET value = EXCLUDED.value, version = entries.version + 1;

-- Raise sets a flag, whoever held it.
-- name: Raise :exec
INSERT INTO flags (tenant, name, holder) VALUES ($1, $2, $3) ON CONFLICT (tenant, name) DO UPDATE SET holder = EXCLUDED.holder;

-- Acquire sets a flag that nobody holds: a lock.
-- name: Acquire :execrows
INSERT INTO flags (tenant, name, holder) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- Release gives a flag up, if it is the caller's.
-- name: Release :execrows
DELETE FROM flags WHERE tenant = $1 AND name = $2 AND holder = $3;

-- Holder says who holds a flag.
-- name: Holder :one
SELECT holder FROM flags WHERE tenant = $1 AND name = $2;

-- Add counts, from nothing on, and gives what there is then.
-- name: Add :one
INSERT INTO counters (tenant, name, n) VALUES ($1, $2, $3)
ON CONFLICT (tenant, name) DO UPDATE SET n = counters.n + EXCLUDED.n RETURNING n;

-- Hit counts one.
-- name: Hit :exec
INSERT INTO counters (tenant, name, n) VALUES ($1, $2, 1) ON CONFLICT (tenant, name) DO UPDATE SET n = counters.n + 1;

-- Count reads a counter.
-- name: Count :one
SELECT n FROM counters WHERE tenant = $1 AND name = $2;
