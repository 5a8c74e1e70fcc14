// Package cost holds symbolic costs: polynomials over named sizes such as the rows of a table, the rows per value of an
// index's partition, or a LIMIT parameter. Structures and script instructions carry them, a program's certificate is their
// sum along the program, and the optimiser compares them by evaluating them with the sizes that prequel.yaml declares.
package cost
