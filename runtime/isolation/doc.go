// Package isolation holds the program that the tests of concurrent use call: a bank with accounts, registers, budgets and seats, and
// its generated client, bankdb.
//
// The tests race many clients for the same rows on a real Redis and check what must hold whoever comes first: one winner of each
// compare-and-swap and of each key, money that is neither made nor lost, budgets spent to the last unit and not beyond. Histories of
// random calls, with the times at which each began and ended, are checked for linearizability with porcupine.
//
// PREQUEL_ISOLATION_TIME is how long the races last, a few seconds unless set; make isolation gives them a minute.
package isolation

//go:generate go run ../../cmd/prequel generate
