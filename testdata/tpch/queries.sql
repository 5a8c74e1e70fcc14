-- The questions of TPC-H (specification 3.0, section 2.4), with the substitution parameters as parameters, and the refresh
-- functions' statements.

-- name: Q1 :many
-- prequel: allow scan
-- Pricing summary: sums and averages over what was shipped until some days before the last day.
SELECT l_returnflag, l_linestatus,
       sum(l_quantity) AS sum_qty,
       sum(l_extendedprice) AS sum_base_price,
       sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
       sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
       avg(l_quantity) AS avg_qty,
       avg(l_extendedprice) AS avg_price,
       avg(l_discount) AS avg_disc,
       count(*) AS count_order
FROM lineitem
WHERE l_shipdate <= date '1998-12-01' - @delta::integer
GROUP BY l_returnflag, l_linestatus
ORDER BY l_returnflag, l_linestatus;

-- name: Q2 :many
-- prequel: allow scan
-- Minimum cost supplier: who in a region sells a part of a type and size at the lowest cost there.
SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
FROM part, supplier, partsupp, nation, region
WHERE p_partkey = ps_partkey
  AND s_suppkey = ps_suppkey
  AND p_size = @size
  AND p_type LIKE '%' || @type::text
  AND s_nationkey = n_nationkey
  AND n_regionkey = r_regionkey
  AND r_name = @region
  AND ps_supplycost = (
      SELECT min(ps_supplycost)
      FROM partsupp, supplier, nation, region
      WHERE p_partkey = ps_partkey
        AND s_suppkey = ps_suppkey
        AND s_nationkey = n_nationkey
        AND n_regionkey = r_regionkey
        AND r_name = @region)
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey
LIMIT 100;

-- name: Q3 :many
-- prequel: allow scan
-- Shipping priority: the unshipped orders of a market segment with the largest revenue.
SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority
FROM customer, orders, lineitem
WHERE c_mktsegment = @segment
  AND c_custkey = o_custkey
  AND l_orderkey = o_orderkey
  AND o_orderdate < @day::date
  AND l_shipdate > @day::date
GROUP BY l_orderkey, o_orderdate, o_shippriority
ORDER BY revenue DESC, o_orderdate, l_orderkey
LIMIT 10;

-- name: Q4 :many
-- prequel: allow scan
-- Order priority checking: orders of a quarter with a line that came late, by priority.
SELECT o_orderpriority, count(*) AS order_count
FROM orders
WHERE o_orderdate >= @day::date
  AND o_orderdate < @day::date + interval '3 month'
  AND EXISTS (SELECT * FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
GROUP BY o_orderpriority
ORDER BY o_orderpriority;

-- name: Q5 :many
-- prequel: allow scan
-- Local supplier volume: revenue by nation, of customers and suppliers of the same nation of a region.
SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM customer, orders, lineitem, supplier, nation, region
WHERE c_custkey = o_custkey
  AND l_orderkey = o_orderkey
  AND l_suppkey = s_suppkey
  AND c_nationkey = s_nationkey
  AND s_nationkey = n_nationkey
  AND n_regionkey = r_regionkey
  AND r_name = @region
  AND o_orderdate >= @day::date
  AND o_orderdate < @day::date + interval '1 year'
GROUP BY n_name
ORDER BY revenue DESC, n_name;

-- name: Q6 :one
-- prequel: allow scan
-- Forecasting revenue change: what would have been gained without a range of discounts.
SELECT sum(l_extendedprice * l_discount) AS revenue
FROM lineitem
WHERE l_shipdate >= @day::date
  AND l_shipdate < @day::date + interval '1 year'
  AND l_discount BETWEEN @discount::numeric - 0.01 AND @discount::numeric + 0.01
  AND l_quantity < @quantity;

-- name: Q7 :many
-- prequel: allow scan
-- Volume shipping: revenue between two nations by year, in both directions.
SELECT supp_nation, cust_nation, l_year, sum(volume) AS revenue
FROM (
    SELECT n1.n_name AS supp_nation, n2.n_name AS cust_nation, extract(year FROM l_shipdate) AS l_year,
           l_extendedprice * (1 - l_discount) AS volume
    FROM supplier, lineitem, orders, customer, nation n1, nation n2
    WHERE s_suppkey = l_suppkey
      AND o_orderkey = l_orderkey
      AND c_custkey = o_custkey
      AND s_nationkey = n1.n_nationkey
      AND c_nationkey = n2.n_nationkey
      AND (n1.n_name = @nation1 AND n2.n_name = @nation2 OR n1.n_name = @nation2 AND n2.n_name = @nation1)
      AND l_shipdate BETWEEN date '1995-01-01' AND date '1996-12-31') AS shipping
GROUP BY supp_nation, cust_nation, l_year
ORDER BY supp_nation, cust_nation, l_year;

-- name: Q8 :many
-- prequel: allow scan
-- National market share: a nation's part of the revenue in a region with a type of part, by year.
SELECT o_year, sum(CASE WHEN nation = @nation THEN volume ELSE 0 END) / sum(volume) AS mkt_share
FROM (
    SELECT extract(year FROM o_orderdate) AS o_year, l_extendedprice * (1 - l_discount) AS volume, n2.n_name AS nation
    FROM part, supplier, lineitem, orders, customer, nation n1, nation n2, region
    WHERE p_partkey = l_partkey
      AND s_suppkey = l_suppkey
      AND l_orderkey = o_orderkey
      AND o_custkey = c_custkey
      AND c_nationkey = n1.n_nationkey
      AND n1.n_regionkey = r_regionkey
      AND r_name = @region
      AND s_nationkey = n2.n_nationkey
      AND o_orderdate BETWEEN date '1995-01-01' AND date '1996-12-31'
      AND p_type = @type) AS all_nations
GROUP BY o_year
ORDER BY o_year;

-- name: Q9 :many
-- prequel: allow scan
-- Product type profit: by nation and year, for parts with a word in their name.
SELECT nation, o_year, sum(amount) AS sum_profit
FROM (
    SELECT n_name AS nation, extract(year FROM o_orderdate) AS o_year,
           l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS amount
    FROM part, supplier, lineitem, partsupp, orders, nation
    WHERE s_suppkey = l_suppkey
      AND ps_suppkey = l_suppkey
      AND ps_partkey = l_partkey
      AND p_partkey = l_partkey
      AND o_orderkey = l_orderkey
      AND s_nationkey = n_nationkey
      AND p_name LIKE '%' || @color::text || '%') AS profit
GROUP BY nation, o_year
ORDER BY nation, o_year DESC;

-- name: Q10 :many
-- prequel: allow scan
-- Returned items: the customers who cost most by what they sent back of a quarter's orders.
SELECT c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) AS revenue, c_acctbal, n_name, c_address, c_phone, c_comment
FROM customer, orders, lineitem, nation
WHERE c_custkey = o_custkey
  AND l_orderkey = o_orderkey
  AND o_orderdate >= @day::date
  AND o_orderdate < @day::date + interval '3 month'
  AND l_returnflag = 'R'
  AND c_nationkey = n_nationkey
GROUP BY c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
ORDER BY revenue DESC, c_custkey
LIMIT 20;

-- name: Q11 :many
-- prequel: allow scan
-- Important stock: parts that make up more than a fraction of a nation's stock.
SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS value
FROM partsupp, supplier, nation
WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = @nation
GROUP BY ps_partkey
HAVING sum(ps_supplycost * ps_availqty) > (
    SELECT sum(ps_supplycost * ps_availqty) * @fraction::numeric
    FROM partsupp, supplier, nation
    WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = @nation)
ORDER BY value DESC, ps_partkey;

-- name: Q12 :many
-- prequel: allow scan
-- Shipping modes and order priority: what came late in a year by two modes, urgent or not.
SELECT l_shipmode,
       sum(CASE WHEN o_orderpriority = '1-URGENT' OR o_orderpriority = '2-HIGH' THEN 1 ELSE 0 END) AS high_line_count,
       sum(CASE WHEN o_orderpriority <> '1-URGENT' AND o_orderpriority <> '2-HIGH' THEN 1 ELSE 0 END) AS low_line_count
FROM orders, lineitem
WHERE o_orderkey = l_orderkey
  AND l_shipmode IN (@mode1, @mode2)
  AND l_commitdate < l_receiptdate
  AND l_shipdate < l_commitdate
  AND l_receiptdate >= @day::date
  AND l_receiptdate < @day::date + interval '1 year'
GROUP BY l_shipmode
ORDER BY l_shipmode;

-- name: Q13 :many
-- prequel: allow scan
-- Customer distribution: how many customers have how many orders, those without any too.
SELECT c_count, count(*) AS custdist
FROM (
    SELECT c_custkey, count(o_orderkey) AS c_count
    FROM customer LEFT JOIN orders ON c_custkey = o_custkey AND o_comment NOT LIKE '%' || @word1::text || '%' || @word2::text || '%'
    GROUP BY c_custkey) AS c_orders
GROUP BY c_count
ORDER BY custdist DESC, c_count DESC;

-- name: Q14 :one
-- prequel: allow scan
-- Promotion effect: the share of a month's revenue that promoted parts have.
SELECT 100.00 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END)
       / sum(l_extendedprice * (1 - l_discount)) AS promo_revenue
FROM lineitem, part
WHERE l_partkey = p_partkey
  AND l_shipdate >= @day::date
  AND l_shipdate < @day::date + interval '1 month';

-- name: Q15 :many
-- prequel: allow scan
-- Top supplier: who brought in most in a quarter.
WITH revenue AS (
    SELECT l_suppkey AS supplier_no, sum(l_extendedprice * (1 - l_discount)) AS total_revenue
    FROM lineitem
    WHERE l_shipdate >= @day::date
      AND l_shipdate < @day::date + interval '3 month'
    GROUP BY l_suppkey)
SELECT s_suppkey, s_name, s_address, s_phone, total_revenue
FROM supplier, revenue
WHERE s_suppkey = supplier_no
  AND total_revenue = (SELECT max(total_revenue) FROM revenue)
ORDER BY s_suppkey;

-- name: Q16 :many
-- prequel: allow scan
-- Parts and suppliers: how many suppliers, without those that customers complained of, sell parts by brand, type and size.
SELECT p_brand, p_type, p_size, count(DISTINCT ps_suppkey) AS supplier_cnt
FROM partsupp, part
WHERE p_partkey = ps_partkey
  AND p_brand <> @brand
  AND p_type NOT LIKE @type::text || '%'
  AND p_size IN (@size1, @size2, @size3, @size4, @size5, @size6, @size7, @size8)
  AND ps_suppkey NOT IN (SELECT s_suppkey FROM supplier WHERE s_comment LIKE '%Customer%Complaints%')
GROUP BY p_brand, p_type, p_size
ORDER BY supplier_cnt DESC, p_brand, p_type, p_size;

-- name: Q17 :one
-- prequel: allow scan
-- Small quantity order revenue: what a year's revenue would lose without orders of less than a fifth of the average quantity.
SELECT sum(l_extendedprice) / 7.0 AS avg_yearly
FROM lineitem, part
WHERE p_partkey = l_partkey
  AND p_brand = @brand
  AND p_container = @container
  AND l_quantity < (SELECT 0.2 * avg(l_quantity) FROM lineitem WHERE l_partkey = p_partkey);

-- name: Q18 :many
-- prequel: allow scan
-- Large volume customers: orders of more than a quantity.
SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) AS quantity
FROM customer, orders, lineitem
WHERE o_orderkey IN (SELECT l_orderkey FROM lineitem GROUP BY l_orderkey HAVING sum(l_quantity) > @quantity)
  AND c_custkey = o_custkey
  AND o_orderkey = l_orderkey
GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
ORDER BY o_totalprice DESC, o_orderdate, o_orderkey
LIMIT 100;

-- name: Q19 :one
-- prequel: allow scan
-- Discounted revenue: of three kinds of parts, shipped by air and delivered in person.
SELECT sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM lineitem, part
WHERE p_partkey = l_partkey
      AND p_brand = @brand1
      AND p_container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG')
      AND l_quantity >= @quantity1 AND l_quantity <= @quantity1 + 10
      AND p_size BETWEEN 1 AND 5
      AND l_shipmode IN ('AIR', 'AIR REG')
      AND l_shipinstruct = 'DELIVER IN PERSON'
   OR p_partkey = l_partkey
      AND p_brand = @brand2
      AND p_container IN ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK')
      AND l_quantity >= @quantity2 AND l_quantity <= @quantity2 + 10
      AND p_size BETWEEN 1 AND 10
      AND l_shipmode IN ('AIR', 'AIR REG')
      AND l_shipinstruct = 'DELIVER IN PERSON'
   OR p_partkey = l_partkey
      AND p_brand = @brand3
      AND p_container IN ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG')
      AND l_quantity >= @quantity3 AND l_quantity <= @quantity3 + 10
      AND p_size BETWEEN 1 AND 15
      AND l_shipmode IN ('AIR', 'AIR REG')
      AND l_shipinstruct = 'DELIVER IN PERSON';

-- name: Q20 :many
-- prequel: allow scan
-- Potential part promotion: a nation's suppliers with more in stock of a part than half of what they shipped in a year.
SELECT s_name, s_address
FROM supplier, nation
WHERE s_suppkey IN (
        SELECT ps_suppkey
        FROM partsupp
        WHERE ps_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE @color::text || '%')
          AND ps_availqty > (
              SELECT 0.5 * sum(l_quantity)
              FROM lineitem
              WHERE l_partkey = ps_partkey
                AND l_suppkey = ps_suppkey
                AND l_shipdate >= @day::date
                AND l_shipdate < @day::date + interval '1 year'))
  AND s_nationkey = n_nationkey
  AND n_name = @nation
ORDER BY s_name;

-- name: Q21 :many
-- prequel: allow scan
-- Suppliers who kept orders waiting: of several suppliers of an order the only one to come late.
SELECT s_name, count(*) AS numwait
FROM supplier, lineitem l1, orders, nation
WHERE s_suppkey = l1.l_suppkey
  AND o_orderkey = l1.l_orderkey
  AND o_orderstatus = 'F'
  AND l1.l_receiptdate > l1.l_commitdate
  AND EXISTS (
      SELECT * FROM lineitem l2 WHERE l2.l_orderkey = l1.l_orderkey AND l2.l_suppkey <> l1.l_suppkey)
  AND NOT EXISTS (
      SELECT * FROM lineitem l3
      WHERE l3.l_orderkey = l1.l_orderkey AND l3.l_suppkey <> l1.l_suppkey AND l3.l_receiptdate > l3.l_commitdate)
  AND s_nationkey = n_nationkey
  AND n_name = @nation
GROUP BY s_name
ORDER BY numwait DESC, s_name
LIMIT 100;

-- name: Q22 :many
-- prequel: allow scan
-- Global sales opportunity: customers of some countries with money and without orders.
SELECT cntrycode, count(*) AS numcust, sum(c_acctbal) AS totacctbal
FROM (
    SELECT substring(c_phone FROM 1 FOR 2) AS cntrycode, c_acctbal
    FROM customer
    WHERE substring(c_phone FROM 1 FOR 2) IN (@code1, @code2, @code3, @code4, @code5, @code6, @code7)
      AND c_acctbal > (
          SELECT avg(c_acctbal)
          FROM customer
          WHERE c_acctbal > 0.00
            AND substring(c_phone FROM 1 FOR 2) IN (@code1, @code2, @code3, @code4, @code5, @code6, @code7))
      AND NOT EXISTS (SELECT * FROM orders WHERE o_custkey = c_custkey)) AS custsale
GROUP BY cntrycode
ORDER BY cntrycode;

-- The refresh functions (section 2.5): RF1 inserts orders with their lines, RF2 deletes such.

-- name: RF1Order :exec
INSERT INTO orders (o_orderkey, o_custkey, o_orderstatus, o_totalprice, o_orderdate, o_orderpriority, o_clerk, o_shippriority, o_comment)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: RF1Line :exec
INSERT INTO lineitem (
    l_orderkey, l_partkey, l_suppkey, l_linenumber, l_quantity, l_extendedprice, l_discount, l_tax, l_returnflag, l_linestatus,
    l_shipdate, l_commitdate, l_receiptdate, l_shipinstruct, l_shipmode, l_comment)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: RF2Lines :exec
DELETE FROM lineitem WHERE l_orderkey = $1;

-- name: RF2Order :exec
DELETE FROM orders WHERE o_orderkey = $1;
