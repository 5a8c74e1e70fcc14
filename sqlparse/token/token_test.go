package token

import (
	"strings"
	"testing"
)

var names = [...]string{
	Ident: "ident", Quoted: "quoted", Number: "number", String: "string", Bits: "bits", Param: "param", Op: "op", Punct: "punct",
	Comment: "comment", Junk: "junk", Invalid: "invalid",
}

func TestScan(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"SELECT a.b, $1", "ident:SELECT ident:a punct:. ident:b punct:, param:$1"},
		{"'it''s' E'a\\'b' N'x' U&'y' B'01' x'ff'", "string:'it''s' string:E'a\\'b' string:N'x' string:U&'y' bits:B'01' bits:x'ff'"},
		{`"a""b" U&"c" é`, `quoted:"a""b" quoted:U&"c" ident:é`},
		{"$$a;b$$ $t$ $$ $t$ $1a", "string:$$a;b$$ string:$t$ $$ $t$ junk:$1a"},
		{"1 1.5 .5 5. 1e10 1e-5 1.e5 1..2 1e", "number:1 number:1.5 number:.5 number:5. number:1e10 number:1e-5 number:1.e5 number:1 punct:.. number:2 junk:1e"},
		{"0x1F 1_000 1a", "junk:0x1F junk:1_000 junk:1a"},
		{"a>=b a<>-1 a*-1 @-5 a--c\nb", "ident:a op:>= ident:b ident:a op:<> op:- number:1 ident:a op:* op:- number:1 op:@- number:5 ident:a comment:--c ident:b"},
		{"a/**/b/* x /* y */ */c+/*", "ident:a comment:/**/ ident:b comment:/* x /* y */ */ ident:c op:+ invalid:/*"},
		{"a::int[1:2] := (b);", "ident:a punct::: ident:int punct:[ number:1 punct:: number:2 punct:] punct::= punct:( ident:b punct:) punct:;"},
		{"'open", "invalid:'open"},
		{`"open`, `invalid:"open`},
		{"$t$open", "invalid:$t$open"},
		{"\\x {", "invalid:\\ ident:x invalid:{"},
		{"data -> 'a' #>> '{b}' @> c", "ident:data op:-> string:'a' op:#>> string:'{b}' op:@> ident:c"},
	} {
		var got []string
		for _, tok := range Scan(c.src) {
			got = append(got, names[tok.Kind]+":"+tok.Text(c.src))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s\n  gives %s\n  not   %s", c.src, s, c.want)
		}
	}
}

// FuzzScan: tokens cover the text in order, whatever it is.
func FuzzScan(f *testing.F) {
	f.Add("SELECT 'a', $1 -- x\n/* y */ \"z\" $$q$$ 1.5e3 <= \x00\xff")
	f.Fuzz(func(t *testing.T, src string) {
		at := 0
		for _, tok := range Scan(src) {
			if tok.Start < at || tok.End <= tok.Start || tok.End > len(src) || strings.Trim(src[at:tok.Start], " \t\n\v\f\r") != "" {
				t.Fatalf("token %v after %d in %q", tok, at, src)
			}
			at = tok.End
		}
		if strings.Trim(src[at:], " \t\n\v\f\r") != "" {
			t.Fatalf("the end of %q is not covered", src)
		}
	})
}
