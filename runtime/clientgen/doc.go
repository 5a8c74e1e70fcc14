// Package clientgen writes the Go client of a program: a package with a type Queries that has a method for every declared
// statement, in the shape that sqlc's users know.
//
// Its input is the manifest, which says everything about the statements; its output is a list of files, formatted and the same for
// the same manifest. The client embeds the manifest and links runtime, never the compiler.
//
//	files, err := clientgen.Generate(manifest, clientgen.Options{Package: "fleetdb"})
//
// Names follow sqlc: vehicle_id becomes VehicleID; the table vehicles the struct Vehicle; a statement with more than one parameter
// has a struct XParams; a result that is a whole table row is the table's struct, another of several columns XRow, one column
// its plain type. NULL shows in the types: sqltype.Null[T], or nil for slices.
//
// Names that SQL allows and Go does not are changed, and numbered where two become equal.
package clientgen
