package sqllogic

import (
	"strings"
	"testing"
)

const regressOut = `-- a comment
CREATE TABLE t (a int, b text);
NOTICE:  relation "t" already exists, skipping
INSERT INTO t VALUES
  (1, 'x

y'); -- the blank line is in the value
SELECT 'a;b' AS "two
lines", NULL AS n, b FROM t;
 two  | n | b 
lines |   |   
------+---+---
 a;b  |   | x+
      |   |  +
      |   | y
(1 row)

/*
 * SELECT 1;
 */
SELECT 1/0;
ERROR:  division by zero
\pset null '(null)'
SELECT NULL UNION SELECT ''; SELECT 2 AS a;
 ?column? 
----------
 
 (null)
(2 rows)

 a 
---
 2
(1 row)

\d t
   Table "public.t"
 Column | Type 
--------+------
 a      | integer

INSERT INTO t VALUES (2) RETURNING a;
 a 
---
 2
(1 row)

UPDATE t SET c = 1;
ERROR:  column "c" of relation "t" does not exist
LINE 1: UPDATE t SET c = 1;
                     ^
HINT:  none
SELECT FROM t;
--
(2 rows)

SELECT 1 INTO u;
`

const regressWant = `x.out:2 statement ok "CREATE TABLE t (a int, b text)"
x.out:4 statement ok "INSERT INTO t VALUES\n  (1, 'x\n\ny')"
x.out:8 query types=TTT format=psql sort=none lines=["a;b\x1f\x1fx\n\ny"] "SELECT 'a;b' AS \"two\nlines\", NULL AS n, b FROM t"
x.out:21 query error(the error "division by zero") "SELECT 1/0"
x.out:24 query types=T format=psql sort=none lines=["" "(null)"] "SELECT NULL UNION SELECT ''"
x.out:24 query types=T format=psql sort=none lines=["2"] "SELECT 2 AS a"
x.out:36 skip (a command of psql)
x.out:42 query types=T format=psql sort=none lines=["2"] "INSERT INTO t VALUES (2) RETURNING a"
x.out:48 statement error(the error "column \"c\" of relation \"t\" does not exist") "UPDATE t SET c = 1"
x.out:53 query types= format=psql sort=none lines=["" ""] "SELECT FROM t"
x.out:57 statement ok "SELECT 1 INTO u"
`

func TestParseRegress(t *testing.T) {
	s, err := ParseRegress("x.sql", "INSERT INTO t VALUES (2) RETURNING a;\n", "x.out", regressOut)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for i := range s.Records {
		got.WriteString(describe(&s.Records[i]) + "\n")
	}
	if got.String() != regressWant {
		t.Errorf("differs:\n%s", diff(strings.Split(regressWant, "\n"), strings.Split(got.String(), "\n")))
	}
}

func TestParseRegressErrors(t *testing.T) {
	for _, tc := range []struct{ out, want string }{
		{"SELECT 1;\nSELECT 2;\n", "x.out:2: neither a table nor an error for: SELECT 1"},
		{"SELECT 1;\n a \n---\n 1\n", "x.out:2: neither a table nor an error for: SELECT 1"},
		{"SELECT (1;\n", "x.out:1: the statement does not end"},
	} {
		_, err := ParseRegress("x.sql", "", "x.out", tc.out)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%q: got %v, want %s", tc.out, err, tc.want)
		}
	}
}
