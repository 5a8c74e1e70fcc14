package luagen

import "github.com/prequel-db/prequel/lowering/phys"

func (g *gen) windowRows(op *phys.WindowRows) { fail("window functions have no translation") }
