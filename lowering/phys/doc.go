// Package phys is the physical IR: the Redis structures a program reads and writes, and the script that does it. Its
// input is made by lowering, its output is read by luagen and by the client generator.
//
// A Program is a tree of small instructions in program order. SQL values live in columns, everything else (keys,
// packed rows, lists, maps) in registers. Instructions that run a Redis command say how many rows they can return, so that a
// program's certificate is a walk over it. The package promises nothing about SQL: it is the last place where types
// matter, and the first where keys do.
package phys
