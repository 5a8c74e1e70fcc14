package prelude_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// regexes draws patterns from a grammar; capturing tells whether parentheses may capture.
func regexes(depth int, capturing bool) sampler {
	return func(r *rand.Rand) string {
		var branch func(depth int) string
		branch = func(depth int) string {
			var b strings.Builder
			for range 1 + r.IntN(3) {
				switch k := r.IntN(14); {
				case k < 5:
					b.WriteString([]string{"a", "b", "c", "ab"}[r.IntN(4)])
				case k < 6:
					b.WriteString([]string{".", "[ab]", "[^a]", "[[:alpha:]]", `\w`, `\d`, "[b-d]", `\.`, "é", `\s`, "[^[:digit:]]"}[r.IntN(11)])
				case k < 7:
					b.WriteString([]string{"^", "$", `\m`, `\M`, `\y`, `\Y`, `\A`, `\Z`, "(?=a)", "(?!b)", "(?<=a)", "(?<!b)"}[r.IntN(12)])
					continue
				case k < 10 && depth > 0:
					open := "("
					if !capturing || r.IntN(3) == 0 {
						open = "(?:"
					}
					b.WriteString(open + branch(depth-1))
					for range r.IntN(2) {
						b.WriteString("|" + branch(depth-1))
					}
					b.WriteString(")")
				default:
					b.WriteString([]string{"a", "b"}[r.IntN(2)])
				}
				if r.IntN(2) == 0 {
					b.WriteString([]string{"*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}", "{1}", "{1}?", "{0,1}", "{1,2}?"}[r.IntN(14)])
				}
			}
			return b.String()
		}
		text := branch(depth)
		if r.IntN(4) == 0 {
			text += "|" + branch(depth)
		}
		return text
	}
}

var regexSubjects = either(chars(8, "ab"), chars(7, "abc"), chars(8, "ab c\nA1."), chars(6, "aébX_ "))

// shown joins an array's elements to a text; NULL elements are ~.
const (
	shownLua = `(function(list)
    if list == nil then return nil end
    local parts = {}
    for i = 1, list.n do parts[i] = list[i] == nil and "~" or "<" .. list[i] .. ">" end
    return table.concat(parts)
  end)`
	shownSQL = "(select string_agg(coalesce('<' || e || '>', '~'), '' order by i) from unnest(%s) with ordinality x(e, i))"
)

func TestRegexMatching(t *testing.T) {
	o := newOracle(t)
	two := []string{"text", "text"}
	for _, c := range []struct {
		check
		rows [][]string
	}{
		{check{lua: "textregexeq", sql: "a ~ b", args: two, ret: "bool"}, samples(3000, regexSubjects, regexes(2, true))},
		{check{lua: "texticregexeq", sql: "a ~* b", args: two, ret: "bool"}, samples(2000, regexSubjects, regexes(1, false))},
		{check{lua: shownLua + "(regexp_match_no_flags(a, b))", sql: fmt.Sprintf(shownSQL, "regexp_match(a, b)"), args: two, ret: "text"}, samples(5000, regexSubjects, regexes(2, true))},
		{check{lua: shownLua + "(regexp_match_no_flags(a, b))", sql: fmt.Sprintf(shownSQL, "regexp_match(a, b)"), args: two, ret: "text"}, samples(1500, regexSubjects, regexes(2, false))},
	} {
		o.run(t, c.check, c.rows)
	}
}

// brokenRegexes are patterns at the edges of the syntax.
var brokenRegexes = []string{
	"", "(", ")", "a)", "[", "[a", "[]", "[]a]", "[^]a]", "[a-", "[a-]", "[-a]", "[a-b-c]", "[b-a]", "[[:alpha:]-z]", "[a-[:alpha:]]", "[[:nope:]]", "[[:alpha", "[[.a.]]", "[[=a=]]",
	"[a\\]b]", "[\\d]", "[\\D]", "[\\m]", "*", "+a", "?", "a**", "a+*", "a{1", "a{", "{", "a{,2}", "a{x}", "a{2,1}", "a{256}", "a{255}", "a{1,2,3}", "{1}", "^*",
	"$+", "(?=a)*", "\\y+", "a|*", "|", "a||b", "()", "(|a)", "(?:)", "(?a", "(?i)A", "(?x) a b # c", "(?ix)A B", "(?q)a.b", "(?z)a", "(?i", "***:a", "***=a.", "***a", "(?#c)a", "a(?#c)*",
	"\\", "a\\", "\\u0061", "\\u61", "\\x61", "\\x", "\\141", "\\0", "\\08", "\\400", "\\8", "\\cA", "\\c", "\\e", "\\f\\n\\r\\t\\v\\a\\b", "\\B", "\\q", "\\é", "\\-", "\\_", "[[:<:]]a", "a[[:>:]]",
	"[[:<:]", "(?<a)", "(?<=a|b)c", "(?=a(b))a", "[a\nb]", "[^\n]", "a\\Z", "\\Aa", "x{0}", "(a){0}b", "(a){0,0}", "[[:word:]]+", "[[:ascii:]]", "[é-ü]", "\\w+é", "(?n)^a$", "(?p)a.b", "(?w)^b",
	"(?s).", "(a)|b", "((a)|(b))*", "(a*)*", "(a*)+", "(a|ab)(c|bcd)(d*)", "(a+?)(b*)", "(a*?)(b|ab)*", "(?:a|b)*?b", "a{0,255}", "(a{1,60}){1,60}",
}

func TestRegexSyntax(t *testing.T) {
	o := newOracle(t)
	var data [][]string
	for _, s := range []string{"", "a", "ab", "AB", "abab\nb", "aéb-]", "a.b", "\\m0a\x01", "a b # c"} {
		for _, p := range brokenRegexes {
			data = append(data, []string{s, p})
		}
	}
	known := check{lua: shownLua + "(regexp_match_no_flags(a, b))", sql: fmt.Sprintf(shownSQL, "regexp_match(a, b)"), args: []string{"text", "text"}, ret: "text"}
	o.run(t, known, data)
}

func TestRegexFunctions(t *testing.T) {
	o := newOracle(t)
	pattern := regexes(1, true)
	flags := oneOf("", "g", "i", "gi", "n", "x", "q", "c", "s", "p", "w", "z", "gé")
	plain := oneOf("", "i", "n", "p", "g", "é")
	template := words(3, `\1`, `\2`, `\&`, `\\`, `\`, "-", `\x`, "é", `\0`)
	start, nth := oneOf("1", "1", "2", "3", "9", "0", "-1"), oneOf("0", "1", "1", "2", "3", "-1")
	args := func(n int) []string { return []string{"text", "text", "text", "text"}[:n] }
	show := func(lua, sql string) (string, string) { return shownLua + "(" + lua + ")", fmt.Sprintf(shownSQL, sql) }
	matchLua, matchSQL := show("regexp_match(a, b, c)", "regexp_match(a, b, c)")
	splitLua, splitSQL := show("regexp_split_to_array_no_flags(a, b)", "regexp_split_to_array(a, b)")
	splitFlagsLua, splitFlagsSQL := show("regexp_split_to_array(a, b, c)", "regexp_split_to_array(a, b, c)")
	for _, c := range []struct {
		check
		rows [][]string
	}{
		{check{lua: matchLua, sql: matchSQL, args: args(3), ret: "text"}, samples(1200, regexSubjects, pattern, flags)},
		{check{lua: splitLua, sql: splitSQL, args: args(2), ret: "text"}, samples(1200, regexSubjects, pattern)},
		{check{lua: splitFlagsLua, sql: splitFlagsSQL, args: args(3), ret: "text"}, samples(1000, regexSubjects, pattern, flags)},
		{check{lua: "textregexsubstr", sql: "substring(a from b)", args: args(2), ret: "text"}, samples(1200, regexSubjects, pattern)},
		{check{lua: "textregexreplace_noopt", sql: "regexp_replace(a, b, c)", args: args(3), ret: "text"}, samples(1200, regexSubjects, pattern, template)},
		{check{lua: "textregexreplace", sql: "regexp_replace(a, b, c, d)", args: args(4), ret: "text"}, samples(1200, regexSubjects, pattern, template, flags)},
		{
			check{lua: "textregexreplace_extended(a, b, '<' .. '\\\\&>', c, d, '')", sql: `regexp_replace(a, b, '<\&>', c, d, '')`, args: []string{"text", "text", "int4", "int4"}, ret: "text"},
			samples(1200, regexSubjects, pattern, start, nth),
		},
		{
			check{lua: "textregexreplace_extended_no_flags(a, b, '-', c, d)", sql: `regexp_replace(a, b, '-', c, d)`, args: []string{"text", "text", "int4", "int4"}, ret: "text"},
			samples(500, regexSubjects, pattern, start, nth),
		},
		{check{lua: "textregexreplace_extended_no_n(a, b, '-', c)", sql: `regexp_replace(a, b, '-', c)`, args: []string{"text", "text", "int4"}, ret: "text"}, samples(500, regexSubjects, pattern, start)},
		{check{lua: "regexp_like", sql: "regexp_like(a, b, c)", args: args(3), ret: "bool"}, samples(1000, regexSubjects, pattern, plain)},
		{check{lua: "regexp_count(a, b, c, d)", sql: "regexp_count(a, b, c, d)", args: []string{"text", "text", "int4", "text"}, ret: "int4"}, samples(1200, regexSubjects, pattern, start, plain)},
		{check{lua: "regexp_instr(a, b, 1, c, d, '', 0)", sql: "regexp_instr(a, b, 1, c, d, '', 0)", args: []string{"text", "text", "int4", "int4"}, ret: "int4"}, samples(1200, regexSubjects, pattern, nth, oneOf("0", "1", "2"))},
		{check{lua: "regexp_instr(a, b, c, 1, 1, '', d)", sql: "regexp_instr(a, b, c, 1, 1, '', d)", args: []string{"text", "text", "int4", "int4"}, ret: "int4"}, samples(1200, regexSubjects, pattern, start, nth)},
		{check{lua: "regexp_substr(a, b, 1, c, '', d)", sql: "regexp_substr(a, b, 1, c, '', d)", args: []string{"text", "text", "int4", "int4"}, ret: "text"}, samples(1200, regexSubjects, pattern, nth, nth)},
		{check{lua: "regexp_substr_no_n", sql: "regexp_substr(a, b, c)", args: []string{"text", "text", "int4"}, ret: "text"}, samples(500, regexSubjects, pattern, start)},
	} {
		o.run(t, c.check, c.rows)
	}
}

func TestSimilarTo(t *testing.T) {
	o := newOracle(t)
	pattern := words(6, "a", "b", "%", "_", "|", "(a|b)", "[ab]", "*", "+", "{1,2}", `\%`, `#"`, "#", "[^a]", ".", "^", `\`, "(", "é", "é%")
	for _, c := range []struct {
		check
		rows [][]string
	}{
		{check{lua: "similar_to_escape_1", sql: "similar_to_escape(a)", args: []string{"text"}, ret: "text"}, samples(1000, pattern)},
		{check{lua: "similar_to_escape_2", sql: "similar_to_escape(a, b)", args: []string{"text", "text"}, ret: "text"}, samples(2000, pattern, oneOf("#", `\`, "", "é", "##", "a"))},
		{check{lua: "similar_escape(a, nil)", sql: "similar_escape(a, null)", args: []string{"text"}, ret: "text"}, samples(100, pattern)},
		{check{lua: "textregexeq(a, similar_to_escape_1(b))", sql: "a similar to b", args: []string{"text", "text"}, ret: "bool"}, samples(1200, regexSubjects, pattern)},
		{check{lua: "textregexsubstr(a, similar_to_escape_2(b, '#'))", sql: `substring(a similar b escape '#')`, args: []string{"text", "text"}, ret: "text"}, samples(1200, regexSubjects, pattern)},
	} {
		o.run(t, c.check, c.rows)
	}
}

// TestRegexRefuses holds what PostgreSQL accepts and Prequel refuses: back references, other dialects, and patterns too large to run
// inside of a server that serves one call at a time.
func TestRegexRefuses(t *testing.T) {
	script := check{lua: "textregexeq", args: []string{"text", "text"}, ret: "bool"}.script(t)
	for pattern, state := range map[string]string{
		`(a)\1`: "0A000", "(?b)a": "0A000", "(?e)a": "0A000", "[[.hyphen.]]": "0A000", "(a{1,200}){1,200}": "2201B", strings.Repeat("(", 60) + strings.Repeat(")", 60): "2201B",
	} {
		for _, e := range newEngines(t) {
			got, err := e.Eval(t.Context(), script, nil, "aa", pattern).StringSlice()
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got[0], "PQ"+state+" ") {
				t.Errorf("%s: %q: got %q, want %s", e.name, pattern, got[0], state)
			}
		}
	}
	deep := strings.Repeat("(a|", 45) + "b" + strings.Repeat(")*", 45)
	for _, e := range newEngines(t) {
		got, err := e.Eval(t.Context(), script, nil, strings.Repeat("ab", 2000), deep).StringSlice()
		if err != nil || got[0] != "true" {
			t.Errorf("%s: nested pattern: got %q, %v, want true", e.name, got, err)
		}
	}
}
