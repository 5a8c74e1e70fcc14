package luagen_test

import (
	"fmt"
	"testing"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
)

// BenchmarkGenerate translates 1,000 programs of the goldens' shapes at once.
func BenchmarkGenerate(b *testing.B) {
	var progs []*phys.Program
	for len(progs) < 1000 {
		for _, name := range goldenNames() {
			if name == "many-locals" {
				continue
			}
			p := goldens[name]()
			p.Name += fmt.Sprint(len(progs))
			progs = append(progs, p)
		}
	}
	for b.Loop() {
		if _, err := luagen.Generate(progs[:1000], luagen.Options{Root: root, Library: library}); err != nil {
			b.Fatal(err)
		}
	}
}
