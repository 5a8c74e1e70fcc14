// Package workload makes random calls of the key-value store, with names and arguments as its statements have them, for the example, its test
// and whoever measures.
package workload
