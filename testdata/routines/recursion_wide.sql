-- Many parameters, and more helpers than a function has room for beside them.
CREATE DOMAIN tiny AS integer CHECK (VALUE > -1000);
CREATE DOMAIN small AS tiny CHECK (VALUE < 100) CHECK (VALUE <> -7);
CREATE TABLE r0 (c0 text, c1 bigint NOT NULL, k1 bytea NOT NULL, k0 numeric NOT NULL, PRIMARY KEY (k0, k1));
CREATE TABLE r1 (k0 text NOT NULL, c0 small NOT NULL, c1 bigint NOT NULL, c2 numeric NOT NULL, c3 integer NOT NULL, PRIMARY KEY (k0));
CREATE TABLE r2 (c3 integer NOT NULL, c2 bigserial NOT NULL, c1 varchar(6), c4 double precision NOT NULL, k0 bigint NOT NULL, c0 smallint NOT NULL, PRIMARY KEY (k0));
CREATE FUNCTION f0(depth integer, p1 integer, p2 varchar(6), p3 double precision, p4 bigint, p5 bigint, p6 smallint, p7 bigint, p8 integer, p9 text, p10 bytea, p11 numeric, p12 bigint, p13 integer, p14 bigint, p15 text, p16 text, p17 bigint, p18 uuid, p19 uuid, p20 bigint, p21 uuid, p22 timestamptz, p23 numeric, p24 bytea, p25 text, p26 text, p27 bytea, p28 text, p29 bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  l1 timestamptz;
  i4 record;
BEGIN
BEGIN
IF depth > 0 THEN PERFORM f0(depth - 1, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16, p17, p18, p19, p20, p21, p22, p23, p24, p25, p26, p27, p28, p29); END IF;
WITH w0 AS (INSERT INTO r2 AS n (c3, c1, c4, k0, c0) VALUES (p1, p2, p3, (CASE WHEN true THEN p4::bigint ELSE p5::bigint END), p6) ON CONFLICT (k0) DO UPDATE SET c2 = p7::bigint, c3 = p8, c0 = (n.k0)::smallint RETURNING n.c2 AS o0), w1 AS (INSERT INTO r0 AS n (c0, c1, k1, k0) SELECT substr(p9::text, 2, 3), (s.o0 >> 2), p10::bytea, p11::numeric FROM w0 AS s WHERE (s.o0 = p12::bigint)) UPDATE r1 AS n SET c3 = p13, c1 = p14 FROM r1 AS u WHERE ((u.k0 = n.k0) AND (n.k0 = p15));
DELETE FROM r2 AS n USING r1 AS u WHERE ((u.k0 = p16) AND (n.k0 = p17));
EXCEPTION WHEN OTHERS THEN
END;
IF (p18::uuid <> p19::uuid) THEN
DELETE FROM r2 AS n USING r2 AS u WHERE ((u.k0 = p20) AND (p21::uuid <> '00000000-0000-0000-0000-000000000001'::uuid));
ELSIF (l1 <> p22) THEN
DELETE FROM r1 AS n USING r0 AS u WHERE (((u.k0 = p23) AND (u.k1 = p24)) AND (n.k0 = p25));
END IF;
FOR i4 IN SELECT t0.k0 AS o0, t0.c0 AS o1, t0.c1 AS o2, t0.c2 AS o3 FROM r1 t0 LOOP
INSERT INTO r0 AS n (c0, k1, k0) VALUES (p26, p27, i4.o3) ON CONFLICT (k0, k1) DO UPDATE SET c0 = p28, c1 = p29::bigint;
END LOOP;
RETURN;
END $$;
----
INSERT INTO r1 AS n (k0, c0, c1, c2, c3) VALUES ('', 0, 0, 0, 0);
SELECT f0(2, 0, '', 0.1, 0, 0, 0::smallint, 0, 0, '', '\x'::bytea, 0, 0, 0, 0, '', '', 0, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', 0, '00000000-0000-0000-0000-000000000000', NULL, 0, '\x', '', '', NULL, '', 0);
SELECT * FROM r0;
SELECT * FROM r2;
