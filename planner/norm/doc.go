// Package norm simplifies algebra by rules that hold for every database state. Run applies a table of passes, in rounds, until
// no rule fires any more.
//
// A rule keeps the bag of rows, their order under a TopK, and the errors that PostgreSQL would raise: a condition moves only
// to where PostgreSQL's own planner may evaluate it, and an expression that can raise is never evaluated on rows, or at
// times, that PostgreSQL would not evaluate it on. Conjuncts that stand at one operator keep the order in which they were
// written.
//
// Each rule family has a file, and each rule a name: Env.Fired counts how often it fired. The goldens in testdata hold for each
// rule a query where it fires and a twin where it must not.
//
//	SELECT v.id FROM vehicles v LEFT JOIN fleets f ON f.id = v.fleet_id WHERE v.id = $1
//
//	project id:7 = id:1                                      project id:7 = id:1
//	  filter id:1 = $1                                         filter id:1 = $1
//	    join left on id:4 = fleet_id:2              becomes      scan vehicles (id:1)
//	      scan vehicles (id:1, fleet_id:2, ...)
//	      scan fleets (id:4, ...)
//
// What this package does not do: choose between plans by cost, order joins, or decorrelate what is better looked up at
// read. Unnest, which turns the remaining correlated subqueries into joins, is there for maintenance (package delta).
package norm
