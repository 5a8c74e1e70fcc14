// Package workload makes the TATP example's data and calls, the same every time for the same size and seed. Statements are named as
// queries/ declares them, with their parameters in order: int64, int16 and string.
//
//	subscribers := workload.Subscribers(1000)
//	subscribers.Load(func(name string, args ...any) { ... })   // fills an empty store
//	calls := subscribers.Calls(7)                              // an endless sequence of the seven transactions
//	name, args := calls.Next()
package workload
