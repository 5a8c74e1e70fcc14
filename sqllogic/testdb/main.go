package testdb

import (
	"os"
	"testing"
)

// Main runs a package's tests, stops the servers that they started, and exits. It is the whole of a TestMain:
//
//	func TestMain(m *testing.M) { testdb.Main(m) }
func Main(m *testing.M) {
	code := m.Run()
	if shared.stop != nil {
		shared.stop()
	}
	os.Exit(code)
}
