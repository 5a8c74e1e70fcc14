package prequel_test
import ("testing";"fmt"
"github.com/prequel-db/prequel/sqllogic/testdb"
"github.com/prequel-db/prequel/runtime/meter"
)
func TestDbg(t *testing.T) {
	addr := testdb.Redis(t)
	m := wideProgram(t).compile(t, "read").Manifest
	db := freshStore(t, "redis://"+addr, m)
	newCaller(3, 4, m).fill(t, db, 80)
	fmt.Println(len(takeSnapshot(t, db)))
	db.Redis().Do(t.Context(), "REPLICAOF", "127.0.0.1", "1")
	fmt.Println(len(takeSnapshot(t, db)))
	for _, c := range []callOf{textCall(t, m, "DropSession", "id=00000000-0000-0000-0000-000000000001"), textCall(t, m, "PutSession", "id=00000000-0000-0000-0000-000000000001", "data=x"), textCall(t, m, "PutSetting", "name=s", "value=w", "level=1"), textCall(t, m, "PutSession", "id=00000000-0000-0000-0000-000000000001", "data=x")} {
		cmds, _ := meter.Watch(t.Context(), addr, func() error { _, err := c.run(t.Context(), db); fmt.Println(err); return nil}); fmt.Println(cmds); var err error
		fmt.Println(err, len(takeSnapshot(t, db)))
	}
}
