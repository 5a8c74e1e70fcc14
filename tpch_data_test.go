package prequel_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tpchData generates TPC-H's rows, in the form of the specification's section 4.2: the same keys, ranges, distributions and
// dependencies between columns, with texts of a vocabulary of its own. Equal scales give equal rows.
type tpchData struct {
	r *rand.Rand

	parts, suppliers, customers int
	prices                      []int // of parts, in cents
	// tables are the rows in PostgreSQL's text form, in the order of the schema's columns.
	tables map[string][][]string
	// kept are the keys of the orders that exist, next the number of the next order.
	kept []int
	next int
}

// tpchOrder is an order with its lines, as RF1 inserts them.
type tpchOrder struct {
	key   int
	order []string
	lines [][]string
}

var tpchTables = []string{"region", "nation", "part", "supplier", "partsupp", "customer", "orders", "lineitem"}

// newTPCH generates the rows of a scale factor: 1 has 1.5 million orders.
func newTPCH(scale float64) *tpchData {
	size := func(n float64, least int) int { return max(least, int(n*scale)) }
	d := &tpchData{
		r: rand.New(rand.NewPCG(2, 0)), tables: map[string][][]string{},
		parts: size(200_000, 20), suppliers: size(10_000, 10), customers: size(150_000, 15),
	}
	d.places()
	d.stock()
	d.people()
	for range size(1_500_000, 150) {
		o := d.order()
		d.tables["orders"] = append(d.tables["orders"], o.order)
		d.tables["lineitem"] = append(d.tables["lineitem"], o.lines...)
	}
	return d
}

func (d *tpchData) add(table string, values ...any) {
	d.tables[table] = append(d.tables[table], tpchRow(values...))
}

func tpchRow(values ...any) []string {
	row := make([]string, len(values))
	for i, v := range values {
		row[i] = fmt.Sprint(v)
	}
	return row
}

// between is a number from low to high, both included.
func (d *tpchData) between(low, high int) int { return low + d.r.IntN(high-low+1) }

func (d *tpchData) pick(words []string) string { return words[d.r.IntN(len(words))] }

// cents is an amount of money.
func cents(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// text is a comment of at least low and at most high characters, with some of the words that queries look for.
func (d *tpchData) text(low, high int) string {
	n := d.between(low, high)
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(d.pick(tpchWords) + " ")
	}
	return strings.TrimRight(b.String()[:n], " ")
}

func (d *tpchData) address() string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,"
	b := make([]byte, d.between(10, 39))
	for i := range b {
		b[i] = letters[d.r.IntN(len(letters))]
	}
	return "a" + string(b[1:len(b)-1]) + "z"
}

func (d *tpchData) phone(nation int) string {
	return fmt.Sprintf("%d-%d-%d-%d", nation+10, d.between(100, 999), d.between(100, 999), d.between(1000, 9999))
}

func (d *tpchData) places() {
	for i, name := range tpchRegions {
		d.add("region", i, name, d.text(31, 100))
	}
	for i, n := range tpchNations {
		d.add("nation", i, n.name, n.region, d.text(31, 100))
	}
}

func (d *tpchData) stock() {
	d.prices = make([]int, d.parts+1)
	for key := 1; key <= d.parts; key++ {
		name := make([]string, 5)
		for i, w := range d.r.Perm(len(tpchColors))[:5] {
			name[i] = tpchColors[w]
		}
		maker := d.between(1, 5)
		d.prices[key] = 90000 + key/10%20001 + 100*(key%1000)
		d.add("part", key, strings.Join(name, " "), fmt.Sprint("Manufacturer#", maker), fmt.Sprint("Brand#", maker*10+d.between(1, 5)),
			d.pick(tpchTypes[0])+" "+d.pick(tpchTypes[1])+" "+d.pick(tpchTypes[2]), d.between(1, 50),
			d.pick(tpchContainers[0])+" "+d.pick(tpchContainers[1]), cents(d.prices[key]), d.text(5, 22))
		for i := range 4 {
			d.add("partsupp", key, d.supplierOf(key, i), d.between(1, 9999), cents(d.between(100, 100000)), d.text(49, 198))
		}
	}
}

// supplierOf is the i-th of the four suppliers of a part.
func (d *tpchData) supplierOf(part, i int) int {
	s := d.suppliers
	return (part+(part-1)/s+i*(s/4))%s + 1
}

func (d *tpchData) people() {
	for key := 1; key <= d.suppliers; key++ {
		nation := d.between(0, 24)
		comment := d.text(25, 60)
		switch d.r.IntN(max(4, d.suppliers/5)) { // at least one or two of each kind
		case 0:
			comment += " Customer " + d.pick(tpchWords) + " Complaints"
		case 1:
			comment += " Customer " + d.pick(tpchWords) + " Recommends"
		}
		d.add("supplier", key, fmt.Sprintf("Supplier#%09d", key), d.address(), nation, d.phone(nation), cents(d.between(-99999, 999999)), comment)
	}
	for key := 1; key <= d.customers; key++ {
		nation := d.between(0, 24)
		d.add("customer", key, fmt.Sprintf("Customer#%09d", key), d.address(), nation, d.phone(nation), cents(d.between(-99999, 999999)),
			d.pick(tpchSegments), d.text(29, 116))
	}
}

// tpchDay is a day counted from the first day of orders.
func tpchDay(n int) string {
	return time.Date(1992, 1, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

const (
	tpchDays    = 2557 // from 1992-01-01 to 1998-12-31
	tpchCurrent = 1263 // 1995-06-17: what is not received until then is not returned
)

// order makes the next order. A third of the customers, those whose key is a multiple of three, order nothing; of 32 keys of orders
// the first eight are used.
func (d *tpchData) order() tpchOrder {
	key := d.next/8*32 + d.next%8 + 1
	d.next++
	customer := d.between(1, d.customers)
	for customer%3 == 0 {
		customer = d.between(1, d.customers)
	}
	ordered := d.between(0, tpchDays-1-151)
	o := tpchOrder{key: key}
	total, open := 0, 0
	for n := range d.between(1, 7) {
		part := d.between(1, d.parts)
		quantity, discount, tax := d.between(1, 50), d.between(0, 10), d.between(0, 8)
		price := quantity * d.prices[part]
		ship := ordered + d.between(1, 121)
		receipt := ship + d.between(1, 30)
		returned, status := "N", "F"
		if receipt <= tpchCurrent {
			returned = d.pick([]string{"R", "A"})
		}
		if ship > tpchCurrent {
			status = "O"
			open++
		}
		total += price * (100 + tax) * (100 - discount) / 10000
		o.lines = append(o.lines, tpchRow(key, part, d.supplierOf(part, d.between(0, 3)), n+1, quantity, cents(price), cents(discount), cents(tax),
			returned, status, tpchDay(ship), tpchDay(ordered+d.between(30, 90)), tpchDay(receipt), d.pick(tpchInstructions), d.pick(tpchModes), d.text(10, 43)))
	}
	status := "P"
	switch open {
	case 0:
		status = "F"
	case len(o.lines):
		status = "O"
	}
	o.order = tpchRow(key, customer, status, cents(total), tpchDay(ordered), d.pick(tpchPriorities),
		fmt.Sprintf("Clerk#%09d", d.between(1, max(1, d.customers/150))), 0, d.text(19, 78))
	d.kept = append(d.kept, key)
	return o
}

// forget takes an order out: what RF2 deletes.
func (d *tpchData) forget() (key string) {
	i := d.r.IntN(len(d.kept))
	key = strconv.Itoa(d.kept[i])
	d.kept = slices.Delete(d.kept, i, i+1)
	return key
}

var (
	tpchRegions = []string{"AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"}
	tpchNations = []struct {
		name   string
		region int
	}{
		{"ALGERIA", 0},
		{"ARGENTINA", 1},
		{"BRAZIL", 1},
		{"CANADA", 1},
		{"EGYPT", 4},
		{"ETHIOPIA", 0},
		{"FRANCE", 3},
		{"GERMANY", 3},
		{"INDIA", 2},
		{"INDONESIA", 2},
		{"IRAN", 4},
		{"IRAQ", 4},
		{"JAPAN", 2},
		{"JORDAN", 4},
		{"KENYA", 0},
		{"MOROCCO", 0},
		{"MOZAMBIQUE", 0},
		{"PERU", 1},
		{"CHINA", 2},
		{"ROMANIA", 3},
		{"SAUDI ARABIA", 4},
		{"VIETNAM", 2},
		{"RUSSIA", 3},
		{"UNITED KINGDOM", 3},
		{"UNITED STATES", 1},
	}
	tpchTypes = [3][]string{
		{"STANDARD", "SMALL", "MEDIUM", "LARGE", "ECONOMY", "PROMO"},
		{"ANODIZED", "BURNISHED", "PLATED", "POLISHED", "BRUSHED"},
		{"TIN", "NICKEL", "BRASS", "STEEL", "COPPER"},
	}
	tpchContainers = [2][]string{
		{"SM", "LG", "MED", "JUMBO", "WRAP"},
		{"CASE", "BOX", "BAG", "JAR", "PKG", "PACK", "CAN", "DRUM"},
	}
	tpchSegments     = []string{"AUTOMOBILE", "BUILDING", "FURNITURE", "MACHINERY", "HOUSEHOLD"}
	tpchPriorities   = []string{"1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"}
	tpchInstructions = []string{"DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"}
	tpchModes        = []string{"REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"}
	tpchColors       = strings.Fields(`almond antique azure beige bisque black blue blush brown burlywood chartreuse chocolate coral cornsilk
		cream cyan dark dim drab firebrick floral forest frosted ghost goldenrod green grey honeydew hot indian ivory khaki lavender lemon
		light lime linen magenta maroon medium metallic midnight mint misty navajo navy olive orange orchid pale papaya peach pink plum
		powder puff purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow spring steel tan thistle tomato
		turquoise violet wheat white yellow`)
	tpchWords = strings.Fields(`special pending unusual express regular final ironic even bold silent requests packages accounts deposits
		sleep wake haggle nag quickly slowly carefully above the along after among foxes ideas theodolites pinto beans instructions platelets`)
)
