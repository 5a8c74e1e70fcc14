package prelude_test

import (
	"encoding/hex"
	"math/rand/v2"
	"strings"
)

func init() {
	// A type of the harness is a SQL type; its Lua form comes from ARGV's text and goes back to what PostgreSQL prints.
	luaOfText["bytea"], textOfLua["bytea"] = "byteain(%s)", "byteaout(r)"
	luaOfText["uuid"], textOfLua["uuid"] = "uuid_in(%s)", "uuid_out(r)"
	luaOfText["bpchar"], textOfLua["bpchar"] = "%s", "r"
	luaOfText["varchar"], textOfLua["varchar"] = "%s", "r"
}

// A sampler draws the text of one argument.
type sampler func(r *rand.Rand) string

// samples draws n rows of arguments.
func samples(n int, columns ...sampler) [][]string {
	r := rand.New(rand.NewPCG(11, 7))
	out := make([][]string, n)
	for i := range out {
		for _, c := range columns {
			out[i] = append(out[i], c(r))
		}
	}
	return out
}

// words are up to limit pieces in a row.
func words(limit int, pieces ...string) sampler {
	return func(r *rand.Rand) string {
		var b strings.Builder
		for range r.IntN(limit + 1) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		return b.String()
	}
}

// chars are up to limit characters of a string.
func chars(limit int, alphabet string) sampler { return words(limit, strings.Split(alphabet, "")...) }

// oneOf draws from a list.
func oneOf(values ...string) sampler {
	return func(r *rand.Rand) string { return values[r.IntN(len(values))] }
}

// either draws from one of several samplers.
func either(samplers ...sampler) sampler {
	return func(r *rand.Rand) string { return samplers[r.IntN(len(samplers))](r) }
}

// byteText is bytea's text of up to limit bytes of an alphabet.
func byteText(limit int, alphabet string) sampler {
	return func(r *rand.Rand) string {
		b := make([]byte, r.IntN(limit+1))
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		return `\x` + hex.EncodeToString(b)
	}
}
