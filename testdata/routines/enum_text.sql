CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id int PRIMARY KEY, s text);
----
INSERT INTO t VALUES (1, 'okay'), (2, NULL), (3, 'sad');
SELECT id, s::varchar(2)::text::mood AS m FROM t WHERE id < 3 ORDER BY id;
SELECT id, s::varchar(2)::text::mood AS m FROM t ORDER BY id;
