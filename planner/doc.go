// Package planner turns bound statements into relational algebra: Plan translates, package norm simplifies.
//
// A query block becomes, from the inside out: the FROM items joined; Filter for WHERE; a Project that computes grouping keys
// and aggregate arguments, and GroupBy (or GroupingSets); Filter for HAVING; one Window for each different window; Project for
// the targets; Distinct; TopK.
//
//	SELECT team, count(*) FROM users WHERE age > $1 GROUP BY team ORDER BY 2 DESC LIMIT 3
//
//	topk [count:6 DESC] limit 3
//	  project team:5 = team:3, count:6 = count:7
//	    group by [team:3] count:7 = count(*)
//	      filter age:2 > $1
//	        scan users (id:1, age:2, team:3)
//
// Subqueries leave expressions where PostgreSQL evaluates them for every row anyway: conditions of WHERE and HAVING with EXISTS, IN,
// ANY and ALL become semi and anti joins, scalar subqueries an Apply. One whose evaluation depends on others (a branch of
// CASE, the right side of OR) and that could raise an error stays in its expression: see lift.
//
// Statements that write carry the query that finds their rows.
package planner
