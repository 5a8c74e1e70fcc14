// Package catalog describes a declared schema: tables with their keys and constraints, views, enum types.
//
// Expressions of a schema (defaults, checks, predicates of partial indexes, views' queries) are kept as text with the place where they
// stand, and are bound anew by sqlparse wherever they are used. Format prints a schema for goldens.
package catalog
