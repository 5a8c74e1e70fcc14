// Package workload makes the TPC-C example's data and calls, the same every time for the same sizes and seed. Statements are named as
// queries/ declares them, with their parameters in order: int32, string, Decimal, Ints, time.Time, and nil for NULL.
//
//	sizes := workload.Sizes{Warehouses: 1, Items: 100, Customers: 30}
//	sizes.Load(func(name string, args ...any) { ... })   // fills an empty store
//	calls := sizes.Calls(7)                              // an endless sequence of the five transactions
//	name, args := calls.Next()
//
// Proportions are the specification's: ten districts a warehouse, an order for each customer at the start, of which the last three tenths
// are open, three customers of each last name.
package workload
