// Package verify compares what a store maintains with what its rows give.
//
// Input: a ready store, and the rows that it should hold: those it holds itself, or those of a source. They are loaded into an empty
// scratch store by the functions that hydration runs, and each structure of the one is compared with that of the other, byte by byte.
//
//	report, err := verify.Run(ctx, db, verify.Options{Scratch: "embedded"})
//	for _, d := range report.Differences {
//		fmt.Println(d) // vehicles_by_fleet_id ":7", 3: stored "5", expected "4"
//	}
//
// The rows of a table are read from as few structures as have all columns that others depend on. Where none has them, because the
// table's rows are never changed and statements read sums of them only, the store cannot say what its structures should hold: they are
// reported as unchecked, unless a source gives the rows.
//
// Reading takes many commands, between which others may write. A difference counts when two readings in a row show it alike;
// with Options.Atomic one script reads everything, so that nothing comes in between and everybody else waits.
//
// Not compared: how far sequences have been drawn, which has a history that rows do not tell. A counter of hidden row ids must not be
// behind the rows. Both stores' contents pass through memory, a structure at a time.
package verify
