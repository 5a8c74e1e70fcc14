CREATE TABLE t (a integer);
CREATE FUNCTION in_sql(x integer) RETURNS void LANGUAGE sql AS 'INSERT INTO t VALUES (x)';
CREATE FUNCTION in_plpgsql(x integer) RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO t VALUES (x); END';
CREATE FUNCTION strictly(x integer) RETURNS void LANGUAGE plpgsql STRICT AS 'BEGIN INSERT INTO t VALUES (x); END';
CREATE FUNCTION calls(x integer) RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM strictly(x); PERFORM in_sql(x); PERFORM in_plpgsql(x); END';
----
SELECT in_sql(1);
SELECT * FROM in_sql(2);
SELECT in_plpgsql(3);
SELECT * FROM in_plpgsql(4);
SELECT strictly(5);
SELECT strictly(NULL);
SELECT * FROM strictly(NULL);
SELECT calls(NULL);
SELECT calls(6);
