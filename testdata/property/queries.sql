-- Reads by key.

-- name: GetMember :one
SELECT * FROM members WHERE id = $1;

-- name: GetPurchase :one
SELECT product, units, price, note FROM purchases WHERE member = $1 AND number = $2;

-- name: GetSession :one
SELECT data FROM sessions WHERE id = $1;

-- name: GetMembers :many
SELECT id, name, grade FROM members WHERE id = ANY(@ids::int[]);

-- name: MembersIn :many
SELECT id, name FROM members WHERE id IN (1, 2, $1) ORDER BY id;

-- name: FindByEmail :one
SELECT id, name FROM members WHERE email = $1;

-- Ranges and orders.

-- name: LatestPurchases :many
SELECT number, product, units, placed FROM purchases WHERE member = @member ORDER BY placed DESC, number LIMIT @n;

-- name: PurchasesBetween :many
SELECT number, product FROM purchases WHERE member = $1 AND placed >= $2 AND placed < $3 ORDER BY placed;

-- name: OptionalProduct :many
SELECT number, units FROM purchases WHERE member = @member AND (sqlc.narg(product)::text IS NULL OR product = sqlc.narg(product)) ORDER BY number LIMIT @n OFFSET @skip;

-- name: CityMembers :many
SELECT id, name FROM members WHERE city = $1 ORDER BY points DESC, id;

-- name: CityAny :many
SELECT id, city FROM members WHERE city = ANY(@cities::text[]) ORDER BY id;

-- name: WithoutCity :many
SELECT id FROM members WHERE city IS NULL ORDER BY since NULLS FIRST, id;

-- name: Richest :many
SELECT id, balance FROM members ORDER BY balance DESC, id LIMIT 3;

-- name: OddOnes :many
-- prequel: allow scan
SELECT id, CASE WHEN points > 50 THEN 'many' ELSE coalesce(city, 'nowhere') END AS label
FROM members WHERE NOT (grade = 'gold' OR name LIKE 'a%') AND points % 2 = 1 ORDER BY id;

-- Joins.

-- name: Basket :many
SELECT m.name, p.product, p.units FROM members m JOIN purchases p ON p.member = m.id WHERE m.id = $1 ORDER BY p.number;

-- name: Buyers :many
SELECT m.id, m.name, p.number FROM purchases p JOIN members m ON m.id = p.member WHERE p.product = $1 ORDER BY m.id, p.number;

-- name: WithStock :many
SELECT p.member, p.number, s.stock, s.weight FROM purchases p LEFT JOIN products s ON s.name = p.product WHERE p.member = $1 ORDER BY p.number;

-- name: SameCity :many
SELECT a.id, b.id AS other FROM members a JOIN members b ON b.city = a.city AND b.id <> a.id WHERE a.id = $1 ORDER BY b.id;

-- name: InBasket :many
SELECT name, product, units FROM baskets WHERE member = $1 AND placed > $2 ORDER BY placed;

-- Aggregates.

-- name: CountCity :one
SELECT count(*) FROM members WHERE city = $1;

-- name: Grades :many
SELECT grade, count(*), sum(points), avg(balance), count(since) FROM members WHERE city = $1 GROUP BY grade;

-- name: SoldPerProduct :many
-- prequel: allow scan
SELECT product, sum(units), avg(price), min(placed), max(price), count(DISTINCT member) FROM purchases GROUP BY product HAVING sum(units) > $1;

-- name: Spending :one
SELECT orders, units, weighed FROM spending WHERE member = $1;

-- name: FirstAndLast :one
SELECT min(placed), max(placed), count(*) FILTER (WHERE units > 2) AS big FROM purchases WHERE member = $1;

-- name: Products :many
-- prequel: allow scan
SELECT DISTINCT product FROM purchases;

-- name: TopicScores :many
SELECT score, at FROM marks WHERE topic = $1 ORDER BY at DESC, score LIMIT 5;

-- name: TopicSum :one
SELECT count(*), count(score), sum(score) FROM marks WHERE topic = $1;

-- name: Totals :one
-- prequel: allow scan
SELECT count(*), sum(points), max(balance) FROM members;

-- Writes.

-- name: PutSession :exec
INSERT INTO sessions (id, data) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET data = EXCLUDED.data;

-- name: DropSession :execrows
DELETE FROM sessions WHERE id = $1;

-- name: AddMember :exec
INSERT INTO members (id, email, name, grade, city, points, balance, since) VALUES ($1, $2, sqlc.narg(name), $3, sqlc.narg(city), $4, $5, sqlc.narg(since));

-- name: SaveMember :one
INSERT INTO members AS m (id, email, name, city) VALUES ($1, $2, $3, sqlc.narg(city))
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, points = m.points + 1, balance = m.balance + 0.5
WHERE m.name <> 'locked' RETURNING id, name, points, balance;

-- name: AddMembers :execrows
INSERT INTO members (id, email, name, points) VALUES (@a, @a_email, @a_name, @a_points), (@b, @b_email, @b_name, @b_points), (@c, @c_email, sqlc.narg(c_name), @c_points);

-- name: TouchMembers :execrows
INSERT INTO members AS m (id, email, name) VALUES (@a, @a_email, 'first'), (@b, @b_email, 'second')
ON CONFLICT (id) DO UPDATE SET points = m.points + EXCLUDED.id;

-- name: SkipMembers :execrows
INSERT INTO members (id, email, name) VALUES (@a, @a_email, 'one'), (@b, @b_email, 'two') ON CONFLICT DO NOTHING;

-- name: Buy :exec
INSERT INTO purchases (member, number, product, units, price, placed, note) VALUES ($1, $2, $3, $4, $5, $6, sqlc.narg(note));

-- name: Rebuy :execrows
INSERT INTO purchases (member, number, product, units, price, placed)
SELECT member, (number + 100)::smallint, product, units, price, placed + interval '1 day' FROM purchases WHERE member = $1 AND number < 100;

-- name: SetPoints :execrows
UPDATE members SET points = $2 WHERE id = $1;

-- name: AddPoints :many
UPDATE members SET points = points + @more, city = upper(city) WHERE city = @city RETURNING id, points;

-- name: ScalePoints :execrows
UPDATE members SET points = points * @factor / @divisor WHERE city = @city;

-- name: PayOut :execrows
UPDATE members SET balance = balance + @amount WHERE id = @id;

-- name: Rename :execrows
UPDATE members SET name = @name WHERE id = @id;

-- name: ChangeEmail :execrows
UPDATE members SET email = @email WHERE city = @city;

-- name: Renumber :execrows
UPDATE members SET id = id + @by WHERE city = @city;

-- name: ForgetCity :execrows
UPDATE members SET since = sqlc.narg(since), city = NULL WHERE points % 7 = @points;

-- name: CutPurchases :many
DELETE FROM purchases WHERE member = $1 AND placed < $2 RETURNING number, 100 / units AS rate;

-- name: Leave :execrows
DELETE FROM members WHERE id = $1;

-- name: PutProduct :exec
INSERT INTO products (name, stock, weight, photo) VALUES ($1, $2, sqlc.narg(weight), sqlc.narg(photo))
ON CONFLICT (name) DO UPDATE SET stock = products.stock + EXCLUDED.stock, weight = EXCLUDED.weight, photo = EXCLUDED.photo;

-- name: AddMark :exec
INSERT INTO marks (topic, score, at) VALUES ($1, sqlc.narg(score), $2);

-- name: DropMarks :execrows
DELETE FROM marks WHERE topic = $1 AND score > $2;

-- name: AllSessions :many
SELECT id FROM sessions ORDER BY id LIMIT @n;

-- name: GetSetting :one
SELECT value, level FROM settings WHERE name = $1;

-- name: PutSetting :exec
INSERT INTO settings (name, value, level) VALUES ($1, sqlc.narg(value), sqlc.narg(level))
ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, level = EXCLUDED.level;
