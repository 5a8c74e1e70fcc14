// Package token splits SQL text into PostgreSQL's tokens, comments included.
//
// It exists for what must happen before or beside the parser: finding where statements end, reading annotations in comments,
// rewriting named parameters, and giving error positions an end. It accepts any input: what PostgreSQL's scanner would
// refuse becomes a token of kind Invalid, and the tokens always cover the text in order.
//
// Rules: PostgreSQL 15 documentation, section 4.1.
package token
