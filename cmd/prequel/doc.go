// Command prequel compiles SQL statements to functions that run in Redis, and runs what it compiled.
//
// It reads prequel.yaml, which names the schema, the statements and where generated code goes:
//
//	prequel init              start a project
//	prequel check             report every problem of every statement
//	prequel generate          write the Go client, the manifest and the Lua
//	prequel explain [NAME]    show what a statement became, stage by stage
//	prequel hydrate           fill Redis from the SQL source
//	prequel call NAME a=1     run one declared statement
//	prequel slt FILE...       run sqllogictest files through the whole pipeline
//
// Problems go to standard error in the form file:line:column: error[CODE]: problem. The exit status is 0 for success, 1
// for problems found, and 2 for a wrong command line.
//
// The package holds flags, input and output; everything else is in the packages it calls.
package main
