package prequel_test

import (
	"regexp"
	"testing"
)

// coverage is the language that random programs are of: each construct, what makes it, and how it is recognised in their text.
var coverage = []struct{ construct, by, text string }{
	{"JOIN ON", "generator.join", ` JOIN \w+ \w+ ON `},
	{"LEFT JOIN", "generator.join", `LEFT JOIN`},
	{"RIGHT JOIN", "generator.join", `RIGHT JOIN`},
	{"FULL JOIN", "generator.join", `FULL JOIN`},
	{"CROSS JOIN", "generator.join", `CROSS JOIN`},
	{"a list in FROM", "generator.join", ` FROM \w+ t0, `},
	{"NATURAL joins", "generator.using", `NATURAL (LEFT |RIGHT |FULL )?JOIN`},
	{"USING", "generator.using", ` USING \(`},
	{"USING with an alias", "generator.using", ` USING \([^)]+\) AS j`},
	{"joins in parentheses", "generator.fromItem", ` JOIN \(\w+ s\d+ .{0,20}JOIN`},
	{"joins that are no equality", "generator.joinCond", ` JOIN \w+ t1 ON \(t\d\.\w+ (<|>|<=|>=|<>) `},
	{"LATERAL", "generator.fromItem", `LATERAL \(SELECT`},
	{"LEFT JOIN LATERAL", "generator.fromItem", `LEFT JOIN LATERAL`},
	{"joins of derived tables", "generator.derived", `JOIN \(SELECT`},
	{"views", "generate", `CREATE VIEW`},
	{"INSERT into views", "generator.writeThrough", `INSERT INTO u\d`},
	{"UPDATE of views", "generator.writeThrough", `UPDATE u\d`},
	{"DELETE from views", "generator.writeThrough", `DELETE FROM u\d`},
	{"check options", "generator.genThrough", `WITH (LOCAL )?CHECK OPTION`},
	{"ON CONFLICT through views", "generator.writeThrough", `INSERT INTO u\d [^;]*ON CONFLICT \(`},
	{"VALUES lists", "generator.list", `\(VALUES \(`},
	{"table functions", "generator.madeRows", `generate_series\(-1, 3\) t\d`},
	{"functions of columns before them", "generator.lateralRows", `JOIN (LATERAL )?(unnest|regexp_split_to_table)\(t\d`},
	{"WITH ORDINALITY", "generator.functionRows", `WITH ORDINALITY`},
	{"unnest of several arrays", "generator.madeRows", `unnest\(ARRAY\[3, 2\], `},
	{"set-returning functions in SELECT", "generator.rowsOf", `SELECT .*generate_series\(1, \(t\d`},

	{"scalar subqueries", "generator.scalarSubquery", `\(SELECT (min|max|count)\(`},
	{"scalar subqueries by a key", "generator.scalarSubquery", `\(SELECT s\d+\.\w+ AS o0 FROM r\d s\d+ WHERE \(s\d+\.k0 = `},
	{"scalar subqueries with LIMIT 1", "generator.scalarSubquery", `\(SELECT [^()]* ORDER BY [^()]* LIMIT 1\b`},
	{"ARRAY(SELECT)", "generator.arraySubquery", `ARRAY\(SELECT`},
	{"EXISTS", "generator.subqueryPredicate", `\(EXISTS`},
	{"NOT EXISTS", "generator.subqueryPredicate", `NOT EXISTS`},
	{"IN (SELECT)", "generator.among", ` IN \(SELECT`},
	{"NOT IN (SELECT)", "generator.among", ` NOT IN \(SELECT`},
	{"rows IN (SELECT)", "generator.among", `\([^()]+, [^()]+\) (NOT )?IN \(SELECT`},
	{"ANY of a subquery", "generator.among", `(<|>|<=|>=|<>|=) (ANY|SOME) \(SELECT`},
	{"ALL of a subquery", "generator.among", `(<|>|<=|>=|<>|=) ALL \(SELECT`},
	{"ANY and ALL of an array", "generator.predicate", `(<|>|<=|>=|<>|=) (ANY|SOME|ALL) ?\(\(?[^S]`},
	{"subqueries three deep", "generator.subquery", `\(SELECT .*\(SELECT .*\(SELECT `},
	{"subqueries in HAVING", "generator.having", ` HAVING \([^;]*\(SELECT`},
	{"subqueries in ORDER BY", "generator.orderAndLimit", ` ORDER BY [^;()]*\(SELECT`},
	{"subqueries in ON", "generator.joinCond", ` ON \([^;]*\(SELECT`},
	{"subqueries in LIMIT", "generator.count", ` LIMIT \(SELECT`},

	{"UNION", "generator.setOperations", ` UNION SELECT`},
	{"UNION ALL", "generator.setOperations", ` UNION ALL SELECT`},
	{"INTERSECT", "generator.setOperations", ` INTERSECT SELECT`},
	{"INTERSECT ALL", "generator.setOperations", ` INTERSECT ALL SELECT`},
	{"EXCEPT", "generator.setOperations", ` EXCEPT SELECT`},
	{"EXCEPT ALL", "generator.setOperations", ` EXCEPT ALL SELECT`},
	{"set operations over queries of any form", "generator.setOperations", `(UNION|EXCEPT|INTERSECT) (ALL )?\(SELECT`},
	{"WITH", "generator.genCTEs", `WITH cte\d+ AS \(`},
	{"WITH MATERIALIZED", "generator.genCTEs", ` AS MATERIALIZED`},
	{"WITH RECURSIVE", "generator.recursion", `WITH RECURSIVE cte`},
	{"writes in WITH", "generator.genParts", `WITH w0 AS \((INSERT|UPDATE|DELETE)`},

	{"GROUP BY", "generator.grouped", ` GROUP BY t0\.`},
	{"GROUP BY expressions", "generator.grouped", ` GROUP BY [a-z]+\(`},
	{"GROUP BY ordinals", "printer.groupBy", ` GROUP BY 1`},
	{"GROUP BY aliases", "printer.groupBy", ` GROUP BY o0`},
	{"what depends on a primary key", "generator.grouped", `SELECT .*t0\.c\d .* GROUP BY t0\.k0(, t0\.k1)?( HAVING| ORDER|;)`},
	{"GROUPING SETS", "generator.groupingSets", `GROUPING SETS`},
	{"ROLLUP", "generator.groupingSets", ` ROLLUP \(`},
	{"CUBE", "generator.groupingSets", ` CUBE \(`},
	{"grouping()", "generator.groupingSets", `grouping\(`},
	{"HAVING", "generator.having", ` HAVING `},
	{"DISTINCT", "generator.query", `SELECT DISTINCT `},
	{"DISTINCT ON", "generator.distinctOn", `DISTINCT ON`},
	{"LIMIT, OFFSET", "generator.cut", ` LIMIT \S+ OFFSET `},
	{"WITH TIES", "generator.orderAndLimit", `WITH TIES`},
	{"ORDER BY expressions", "generator.orderAndLimit", ` ORDER BY [a-z_]+\(`},

	{"count, sum, avg, min, max", "generator.aggregateCall", `(count|sum|avg|min|max)\(t0`},
	{"bool_and, bool_or, every", "aggregateForms", `(bool_and|bool_or|every)\(`},
	{"bit_and, bit_or, bit_xor", "aggregateForms", `(bit_and|bit_or|bit_xor)\(`},
	{"string_agg", "aggregateForms", `string_agg\(`},
	{"array_agg", "aggregateForms", `array_agg\(`},
	{"json_agg, jsonb_agg", "aggregateForms", `jsonb?_agg\(`},
	{"json_object_agg, jsonb_object_agg", "aggregateForms", `jsonb?_object_agg\(`},
	{"stddev, variance", "aggregateForms", `(stddev|variance|var_pop|var_samp|stddev_pop|stddev_samp)\(`},
	{"percentile_cont", "aggregateForms", `percentile_cont\(0.5\) WITHIN`},
	{"percentile_disc", "aggregateForms", `percentile_disc\(0.5\) WITHIN`},
	{"percentiles of an array", "aggregateForms", `percentile_(cont|disc)\(ARRAY`},
	{"mode", "aggregateForms", `mode\(\) WITHIN GROUP`},
	{"ranks of what would be a row", "aggregateForms", `rank\((2|'b')\) WITHIN`},
	{"DISTINCT in aggregates", "generator.aggregateCall", `(sum|count|avg)\(DISTINCT`},
	{"ORDER BY in aggregates", "generator.aggregateForm", `agg\([^()]* ORDER BY`},
	{"FILTER", "generator.aggregate", `FILTER \(WHERE`},

	{"row_number", "generator.windowCall", `row_number\(\) OVER`},
	{"rank, dense_rank", "generator.windowCall", `rank\(\) OVER`},
	{"percent_rank, cume_dist", "generator.windowCall", `(percent_rank|cume_dist)\(\) OVER`},
	{"ntile", "generator.windowCall", `ntile\(3\) OVER`},
	{"lag, lead", "generator.windowCall", `(lag|lead)\(`},
	{"first_value, last_value, nth_value", "generator.windowCall", `(first_value|last_value|nth_value)\(`},
	{"aggregates OVER", "generator.windowCall", `(count|sum|min|max|avg|stddev|bool_and|bit_or)\([^()]*\) OVER`},
	{"string_agg, array_agg OVER", "generator.windowCall", `(string|array)_agg\([^()]*\) OVER`},
	{"FILTER ... OVER", "generator.windowCall", `FILTER \(WHERE [^;]*?\) OVER`},
	{"windows over aggregates", "generator.grouped", `OVER \([^;]*GROUP BY`},
	{"named windows", "generator.window", ` WINDOW w0 AS`},
	{"windows that copy another", "generator.window", `OVER \(w0`},
	{"ROWS", "generator.frame", `ROWS BETWEEN`},
	{"RANGE with offsets", "generator.frame", `RANGE BETWEEN \S+ PRECEDING`},
	{"RANGE with intervals", "generator.frame", `'1 month'::interval (PRECEDING|FOLLOWING)`},
	{"GROUPS", "generator.frame", `GROUPS BETWEEN`},
	{"EXCLUDE", "generator.frame", `EXCLUDE (CURRENT ROW|GROUP|TIES|NO OTHERS)`},
	{"the first k rows of a group", "generator.ranked, topRanks", `row_number\(\) OVER \(PARTITION [^;]*\) t\d [^;]* <= `},
	{"windows inside expressions", "generator.plain", `\((coalesce|CASE|greatest)[^;]* OVER `},

	{"unique indexes over expressions", "generator.indexKey", `UNIQUE INDEX \w+ ON r\d \((c\d, )*(lower|left|abs|\(c\d %)`},
	{"partial unique indexes over expressions", "generator.indexKey", `UNIQUE INDEX \w+ ON r\d \((lower|left|round|length)[^;]* WHERE`},
	{"ON CONFLICT over expressions", "write.chooseArbiter", `ON CONFLICT \((c\d, )*lower\(`},
	{"what a unique index has, looked for", "generator.keyed", `\((lower|upper|left|length|round|cardinality|trim)\(\w+\.\w+(, 1)?\) (=|IN|IS NOT)`},
	{"row constructors and comparisons", "generator.predicate", `\(\([^()]+, [^()]+\) (<|<=|>|>=|=) \(`},
	{"char(n), time, interval, jsonb, arrays, enums, domains", "columnTypes, domains", ` (char\(3\)|time|interval|jsonb|integer\[\]|mood|small)[, ]`},
	{"json", "jsonForms, aggregateForms", `::json `},
	{"jsonb operators", "jsonForms", `(->|->>|#>|#>>|@>|\?\||#-) `},
	{"jsonb_set, jsonb_insert", "jsonForms", `jsonb_(set|insert)\(`},
	{"array constructors", "arrayForms", `ARRAY\[`},
	{"array subscripts and slices", "arrayForms, arrayValue", `\)\[2?:?\d?\]`},
	{"array operators", "arrayForms", ` (@>|<@|&&) `},
	{"LIKE, ILIKE, SIMILAR TO", "patternForms", `SIMILAR TO`},
	{"regular expressions", "patternForms", ` (~|~\*|!~) '`},
	{"regular expressions of parameters", "patternForms", ` ~ sqlc`},
	{"regexp_match, regexp_replace, regexp_split", "patternForms", `regexp_(match|replace|split_to_array)\(`},
	{"extract, date_part, date_trunc", "timeForms", `extract\(`},
	{"age, make_date, AT TIME ZONE", "timeForms", `AT TIME ZONE`},
	{"interval arithmetic", "timeForms", `justify_`},
	{"to_char", "formatForms", `to_char\(`},
	{"to_timestamp, to_date", "timeForms", `to_(timestamp|date)\(`},
	{"format, quote_literal", "textForms", `format\('`},
	{"encode, decode, md5", "textForms", `(encode|decode|md5)\(`},
	{"GREATEST, LEAST, COALESCE, NULLIF", "generator.value", `(greatest|least|coalesce|nullif)\(`},
	{"CASE", "generator.value", `CASE WHEN`},
	{"composite rows", "textForms, jsonValue", `ROW\(`},
	{"rows of tables as values", "generator.wholeRow", `\(t0\)(::text)? AS`},
	{"calls of declared functions", "generator.called", `fx_mix\(`},
	{"errors of values", "generator.formOf", `jsonb_array_length\(|make_date\(`},
}

// TestDifferentialCoverage: the random programs hold every construct that they are said to hold.
func TestDifferentialCoverage(t *testing.T) {
	missing := map[string]*regexp.Regexp{}
	for _, c := range coverage {
		missing[c.construct] = regexp.MustCompile(c.text)
	}
	const most = 2000
	seeds := 0
	for ; seeds < most && len(missing) > 0; seeds++ {
		c := generate(uint64(seeds))
		text := c.schema() + c.queries()
		for construct, r := range missing {
			if r.MatchString(text) {
				delete(missing, construct)
			}
		}
	}
	for _, c := range coverage {
		if missing[c.construct] != nil {
			t.Errorf("%s (%s) is in none of %d programs", c.construct, c.by, most)
		}
	}
	t.Logf("%d constructs in %d programs", len(coverage), seeds)
}
