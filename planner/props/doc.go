// Package props derives what is known about a relation whatever the data: which columns are not NULL, which sets of columns
// identify a row, which columns determine others, whether there is at most one row, and whether evaluating it can raise an
// error. Rules ask it before they fire.
//
// Every fact is sound and none is complete: an absent fact means "not known".
//
// Two values are the same here when the type's equality says so, NULLs being the same as one another (as GROUP BY sees them).
// A set of columns is a key if no two rows have the same values in it; the empty set as a key means at most one row.
//
//	scan users (id:1, email:2, team:3)      keys [id:1], not null id:1
//	filter team:3 = $1                      as above, and {} determines team:3
//	project id:1                            keys [id:1]
package props
