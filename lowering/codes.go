package lowering

import "github.com/prequel-db/prequel/sqlparse/diag"

// codeActionDefault is the code of SET DEFAULT to what cannot be computed in a call.
var codeActionDefault = diag.Declare("PQ0402", "", "ON DELETE or ON UPDATE SET DEFAULT needs a default that differs between calls", "")
