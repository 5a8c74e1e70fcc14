// Package norm simplifies algebra by rules that hold for every database state. Each rule family has a file. A rule keeps the
// rows, their order under a TopK, and the errors that PostgreSQL would raise: a condition moves only to where PostgreSQL's own
// planner may evaluate it.
package norm
