package prequel

import (
	"context"

	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded" // where structures are built unless Options.Scratch names another engine
	"github.com/prequel-db/prequel/runtime/verify"
)

// Verify computes every maintained structure of a store anew from rows, as hydration does, and reports what the store holds otherwise.
// Options may be left empty: the rows are then the store's own and the structures are built in memory. It only reads the store.
func Verify(ctx context.Context, db *runtime.DB, o verify.Options) (*verify.Report, error) {
	if o.Scratch == "" {
		o.Scratch = "embedded"
	}
	return verify.Run(ctx, db, o)
}
