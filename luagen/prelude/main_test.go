package prelude_test

import (
	"testing"

	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }
