// Package workload makes the offer example's data and calls, the same every time. Statements are named as queries/ declares them, with
// their parameters in order: integers, booleans and time.Time.
package workload
