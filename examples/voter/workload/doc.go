// Package workload makes the Voter example's data and calls, the same every time. Statements are named as queries/ declares them, with
// their parameters in order: integers and strings.
package workload
