package prequel_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// tpchQuery is a query with its parameters, given as name=value: the specification's validation parameters, and others, drawn from
// the values that occur so that small databases have rows for them too.
type tpchQuery struct {
	name       string
	validation []string
	other      func(d *tpchData) []string
}

var tpchQueries = []tpchQuery{
	{"Q1", tpchParams("delta", 90), func(d *tpchData) []string { return tpchParams("delta", d.between(60, 1200)) }},
	{"Q2", tpchParams("size", 15, "type", "BRASS", "region", "EUROPE"), func(d *tpchData) []string {
		l := d.line(anyLine)
		return tpchParams("size", l.part[5], "type", l.part[4][len(l.part[4])-2:], "region", d.regionOf(l.supplier[3]))
	}},
	{"Q3", tpchParams("segment", "BUILDING", "day", "1995-03-15"), func(d *tpchData) []string {
		l := d.line(anyLine)
		return tpchParams("segment", l.customer[6], "day", l.order[4][:8]+"28")
	}},
	{"Q4", tpchParams("day", "1993-07-01"), func(d *tpchData) []string { return tpchParams("day", d.month()) }},
	{"Q5", tpchParams("region", "ASIA", "day", "1994-01-01"), func(d *tpchData) []string {
		l := d.line(func(l tpchLine) bool { return l.supplier[3] == l.customer[3] })
		return tpchParams("region", d.regionOf(l.supplier[3]), "day", l.order[4][:4]+"-01-01")
	}},
	{"Q6", tpchParams("day", "1994-01-01", "discount", "0.06", "quantity", 24), func(d *tpchData) []string {
		l := d.line(anyLine)
		return tpchParams("day", l.line[10][:4]+"-01-01", "discount", l.line[6], "quantity", l.line[4]+".5")
	}},
	{"Q7", tpchParams("nation1", "FRANCE", "nation2", "GERMANY"), func(d *tpchData) []string {
		l := d.line(func(l tpchLine) bool { return l.line[10] >= "1995" && l.line[10] < "1997" })
		return tpchParams("nation1", d.nation(l.supplier[3]), "nation2", d.nation(l.customer[3]))
	}},
	{"Q8", tpchParams("nation", "BRAZIL", "region", "AMERICA", "type", "ECONOMY ANODIZED STEEL"), func(d *tpchData) []string {
		l := d.line(func(l tpchLine) bool { return l.order[4] >= "1995" && l.order[4] < "1997" })
		return tpchParams("nation", d.nation(l.supplier[3]), "region", d.regionOf(l.customer[3]), "type", l.part[4])
	}},
	{"Q9", tpchParams("color", "green"), func(d *tpchData) []string { return tpchParams("color", d.line(anyLine).part[1][2:7]) }},
	{"Q10", tpchParams("day", "1993-10-01"), func(d *tpchData) []string { return tpchParams("day", d.month()) }},
	{"Q11", tpchParams("nation", "GERMANY", "fraction", "0.0001"), func(d *tpchData) []string {
		return tpchParams("nation", d.nation(d.line(anyLine).supplier[3]), "fraction", "0.0"+strconv.Itoa(d.between(1, 30)))
	}},
	{"Q12", tpchParams("mode1", "MAIL", "mode2", "SHIP", "day", "1994-01-01"), func(d *tpchData) []string {
		return tpchParams("mode1", d.pick(tpchModes), "mode2", d.pick(tpchModes), "day", d.month())
	}},
	{"Q13", tpchParams("word1", "special", "word2", "requests"), func(d *tpchData) []string {
		return tpchParams("word1", d.pick(tpchWords), "word2", d.pick(tpchWords))
	}},
	{"Q14", tpchParams("day", "1995-09-01"), func(d *tpchData) []string { return tpchParams("day", d.month()) }},
	{"Q15", tpchParams("day", "1996-01-01"), func(d *tpchData) []string { return tpchParams("day", d.month()) }},
	{"Q16", tpchSizes("Brand#45", "MEDIUM POLISHED", 49, 14, 23, 45, 19, 3, 36, 9), func(d *tpchData) []string {
		return tpchSizes(d.line(anyLine).part[3], d.pick(tpchTypes[0]), d.r.Perm(51)[:8]...)
	}},
	{"Q17", tpchParams("brand", "Brand#23", "container", "MED BOX"), func(d *tpchData) []string {
		l := d.line(func(l tpchLine) bool { return len(l.line[4]) == 1 && l.line[4] < "5" })
		return tpchParams("brand", l.part[3], "container", l.part[6])
	}},
	{"Q18", tpchParams("quantity", 300), func(d *tpchData) []string { return tpchParams("quantity", strconv.Itoa(d.between(150, 220))+".5") }},
	{"Q19", tpchParams("brand1", "Brand#12", "brand2", "Brand#23", "brand3", "Brand#34", "quantity1", 1, "quantity2", 10, "quantity3", 20), func(d *tpchData) []string {
		l := d.line(func(l tpchLine) bool {
			kind, found := map[string]string{"SM": "5", "MED": "10", "LG": "15"}[strings.Fields(l.part[6])[0]]
			size, _ := strconv.Atoi(l.part[5])
			most, _ := strconv.Atoi(kind)
			return found && size <= most && l.line[14] == "AIR" && l.line[13] == "DELIVER IN PERSON"
		})
		return tpchParams("brand1", l.part[3], "brand2", l.part[3], "brand3", l.part[3], "quantity1", l.line[4], "quantity2", l.line[4], "quantity3", l.line[4])
	}},
	{"Q20", tpchParams("color", "forest", "day", "1994-01-01", "nation", "CANADA"), func(d *tpchData) []string {
		l := d.line(anyLine)
		return tpchParams("color", l.part[1][:2], "day", l.line[10][:4]+"-01-01", "nation", d.nation(l.supplier[3]))
	}},
	{"Q21", tpchParams("nation", "SAUDI ARABIA"), func(d *tpchData) []string {
		l := d.line(func(l tpchLine) bool { return l.order[2] == "F" && l.line[12] > l.line[11] })
		return tpchParams("nation", d.nation(l.supplier[3]))
	}},
	{"Q22", tpchCodes(13, 31, 23, 29, 30, 18, 17), func(d *tpchData) []string {
		codes := d.r.Perm(25)[:7]
		for i := range codes {
			codes[i] += 10
		}
		return tpchCodes(codes...)
	}},
}

// tpchParams writes names and values as name=value.
func tpchParams(pairs ...any) []string {
	var out []string
	for pair := range slices.Chunk(pairs, 2) {
		out = append(out, fmt.Sprintf("%v=%v", pair[0], pair[1]))
	}
	return out
}

func tpchSizes(brand, kind string, sizes ...int) []string {
	out := tpchParams("brand", brand, "type", kind)
	for i, n := range sizes {
		out = append(out, fmt.Sprintf("size%d=%d", i+1, n))
	}
	return out
}

func tpchCodes(codes ...int) []string {
	var out []string
	for i, n := range codes {
		out = append(out, fmt.Sprintf("code%d=%d", i+1, n))
	}
	return out
}

// tpchLine is a line with the rows that it refers to.
type tpchLine struct{ line, order, customer, part, supplier []string }

func anyLine(tpchLine) bool { return true }

// line is one of the lines generated at first of which suits holds; any line when there is none.
func (d *tpchData) line(suits func(tpchLine) bool) tpchLine {
	lines := d.tables["lineitem"]
	at := func(table, key string) []string {
		n, _ := strconv.Atoi(key)
		return d.tables[table][n-1]
	}
	var l tpchLine
	for _, i := range d.r.Perm(len(lines)) {
		l.line = lines[i]
		n, _ := strconv.Atoi(l.line[0]) // of 32 keys eight are used
		l.order = d.tables["orders"][(n-1)/32*8+(n-1)%32]
		l.customer, l.part, l.supplier = at("customer", l.order[1]), at("part", l.line[1]), at("supplier", l.line[2])
		if suits(l) {
			break
		}
	}
	return l
}

func (d *tpchData) month() string { return tpchDay(d.between(30, tpchDays-300))[:8] + "01" }

func (d *tpchData) nation(key string) string {
	n, _ := strconv.Atoi(key)
	return tpchNations[n].name
}

func (d *tpchData) regionOf(nation string) string {
	n, _ := strconv.Atoi(nation)
	return tpchRegions[tpchNations[n].region]
}
