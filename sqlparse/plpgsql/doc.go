// Package plpgsql reads the text of PL/pgSQL function bodies: blocks, declarations and statements as a tree, with SQL left as
// ranges of the text.
//
// PostgreSQL's own PL/pgSQL parser has the last word on what is well formed (the caller asks it), but what it hands out has
// neither positions nor scopes. This package reads the same grammar and keeps both:
//
//	block, err := plpgsql.Parse("DECLARE n int := 0; BEGIN n := n + 1; RETURN n; END")
//
// Names are folded as SQL folds them; expressions and queries are Ranges, bound later where the variables in view are known. What
// is well formed and not supported (cursors, EXECUTE, transaction control) is an *Error with Unsupported set.
package plpgsql
