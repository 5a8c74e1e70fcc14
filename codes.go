package prequel

import "github.com/prequel-db/prequel/sqlparse/diag"

var (
	// codeConfig is the code of every problem of prequel.yaml and of the files it names.
	codeConfig = diag.Declare("PQ0020", "", "prequel.yaml, or a file it names, is wrong", "")
	// codeIgnored is the code of notes on what a file of another tool says and Prequel does not follow.
	codeIgnored = diag.Declare("PQ0021", "", "a setting of sqlc.yaml is ignored", "")
	// codeGenerate is the code of what passes every check and has no translation to Lua.
	codeGenerate = diag.Declare("PQ0901", "", "a function, cast or aggregate has no translation to Lua", "")
	// codeTooLarge is the code of what Lua cannot hold.
	codeTooLarge = diag.Declare("PQ0902", "", "a statement becomes a larger function than Lua allows", "")
)
