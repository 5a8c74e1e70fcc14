// Package planner turns bound statements into relational algebra: Plan translates, the passes of planner/norm simplify.
//
// A query block becomes, from the inside out: the FROM items joined, Filter for WHERE, GroupBy over a Project that computes
// keys, Filter for HAVING, Window, Project for the targets, Distinct, TopK. Subqueries stay inside expressions with their
// query translated. Statements that write carry the query that finds their rows.
package planner
