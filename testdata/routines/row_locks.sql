CREATE TABLE jobs (id integer PRIMARY KEY, priority integer NOT NULL, what text);
----
INSERT INTO jobs VALUES (1, 5, 'a'), (2, 1, 'b'), (3, 1, 'c');
DELETE FROM jobs WHERE id = (SELECT id FROM jobs ORDER BY priority, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *;
SELECT * FROM jobs WHERE priority < 6 ORDER BY id FOR NO KEY UPDATE NOWAIT;
SELECT j.id FROM jobs j WHERE j.id = 3 FOR SHARE OF j;
DELETE FROM jobs WHERE id = (SELECT id FROM jobs ORDER BY priority, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *;
