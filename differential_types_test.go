package prequel_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// sqlType is a column type of the random schemas.
type sqlType struct {
	name string // as CREATE TABLE and casts say it
	// family groups types that compare with one another: int, num, float, text, time, or the type itself.
	family string
	// pool holds the values that rows and parameters draw from, in PostgreSQL's text form. It is small, so that
	// keys collide, and holds the type's extremes.
	pool []string
	// bad holds values that the type refuses on input or assignment.
	bad []string
	// base is set for a domain.
	base *sqlType
}

var (
	tBool  = &sqlType{name: "boolean", family: "bool", pool: []string{"t", "f"}}
	tInt2  = &sqlType{name: "smallint", family: "int", pool: []string{"0", "1", "2", "3", "-1", "100", "-32768", "32767"}}
	tInt4  = &sqlType{name: "integer", family: "int", pool: []string{"0", "1", "2", "3", "4", "-1", "-7", "1000", "-2147483648", "2147483647"}}
	tInt8  = &sqlType{name: "bigint", family: "int", pool: []string{"0", "1", "2", "3", "-5", "9007199254740992", "9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808"}}
	tNum   = &sqlType{name: "numeric", family: "num", pool: []string{"0", "1", "-1", "1.5", "2.25", "-0.001", "12345678901234567890.123456789", "-99999999999999999999", "0.00000000000000000001", "NaN"}}
	tNum92 = &sqlType{name: "numeric(9,2)", family: "num", pool: []string{"0.00", "0.01", "1.25", "-1.25", "100.00", "9999999.99", "-9999999.99", "NaN"}, bad: []string{"10000000"}}
	tF4    = &sqlType{name: "real", family: "float", pool: []string{"0", "1.5", "-2.25", "100", "0.25", "Infinity", "NaN"}}
	tF8    = &sqlType{name: "double precision", family: "float", pool: []string{"0", "1.5", "-2.25", "1024", "0.125", "-Infinity", "Infinity", "NaN"}}
	tF8x   = &sqlType{name: "double precision", family: "float", pool: []string{"0.1", "0.2", "-0.3", "1e-300", "1.7976931348623157e+308", "5e-324", "123456.789"}}
	tText  = &sqlType{name: "text", family: "text", pool: []string{"", "a", "A", "b", "ab", "abc", "a%b", "a_b", "é", "日本", `\`, "'", " a", "zz", "Ab\nc"}}
	tVchar = &sqlType{name: "varchar(6)", family: "text", pool: []string{"", "a", "b", "B", "ab", "abcdef", "ééé", "x y"}, bad: []string{"abcdefg"}}
	// Values of char(n) compare without the blanks at their end, which a column of a length has and a parameter may lack.
	tChar  = &sqlType{name: "char(3)", family: "char", pool: []string{"", "a", "ab", "a!", "a!c", "b", "é"}, bad: []string{"abcd"}}
	tDate  = &sqlType{name: "date", family: "time", pool: []string{"2000-01-01", "1999-12-31", "2024-02-29", "2024-03-01", "0044-03-15 BC", "9999-12-31", "infinity", "-infinity"}}
	tTs    = &sqlType{name: "timestamp", family: "time", pool: []string{"2000-01-01 00:00:00", "1999-12-31 23:59:59.999999", "2024-02-29 12:34:56.5", "2024-02-29 13:00:00", "0001-01-01 00:00:00", "infinity", "-infinity"}}
	tTstz  = &sqlType{name: "timestamptz", family: "timetz", pool: []string{"2000-01-01 00:00:00+00", "2024-02-29 12:34:56.789012+00", "2024-02-29 12:35:00+00", "2024-03-01 00:00:00+00", "1969-07-20 20:17:40+00", "infinity", "-infinity"}}
	tUUID  = &sqlType{name: "uuid", family: "uuid", pool: []string{"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "ffffffff-ffff-ffff-ffff-ffffffffffff"}}
	tBytea = &sqlType{name: "bytea", family: "bytea", pool: []string{`\x`, `\x00`, `\x0001`, `\x61`, `\xff`, `\x00ff00`}}
	tEnum  = &sqlType{name: "mood", family: "enum", pool: []string{"sad", "ok", "happy"}}
	// No two values of these pools are equal: which of two equal values grouping shows is PostgreSQL's own choice.
	tJSONB = &sqlType{name: "jsonb", family: "jsonb", pool: []string{`{}`, `[]`, `null`, `1`, `"a"`, `{"a": 1, "b": [1, "x", null]}`, `{"b": {"a": 2.5}}`, `[1, "a", {"b": true}]`, `{"a": "é\n"}`}}
	tIvl   = &sqlType{name: "interval", family: "interval", pool: []string{"00:00:00", "1 day", "-1 mons", "1 year 2 mons 3 days 04:05:06.789", "-25:00:00", "00:00:00.000001"}}
	tTime  = &sqlType{name: "time", family: "clock", pool: []string{"00:00:00", "24:00:00", "12:34:56.789", "23:59:59.999999"}}
	// tInt4s and so on also occur as parameters, for = ANY.
	tInt4s = &sqlType{name: "integer[]", family: "integer[]", pool: []string{"{}", "{1}", "{1,2,2}", "{0,NULL,3}", "{-2147483648,2147483647}"}}
	tInt8s = &sqlType{name: "bigint[]", family: "bigint[]", pool: []string{"{}", "{1,2}", "{9223372036854775807,NULL}", "{9007199254740993,9007199254740992}"}}
	tTexts = &sqlType{name: "text[]", family: "text[]", pool: []string{"{}", `{a}`, `{a,"",NULL,é}`, `{"NULL",ab,zz}`}}
	tDates = &sqlType{name: "date[]", family: "date[]", pool: []string{"{}", `{2024-02-29,NULL}`, `{infinity,2000-01-01}`}}
	tMoods = &sqlType{name: "mood[]", family: "mood[]", pool: []string{"{}", `{sad,ok}`, `{happy,NULL,sad}`}}
	tUUIDs = &sqlType{name: "uuid[]", family: "uuid[]", pool: []string{"{}", `{00000000-0000-0000-0000-000000000001}`}}
	tF8s   = &sqlType{name: "double precision[]", family: "double precision[]", pool: []string{"{}", `{1.5,NULL}`}}
	// tJSON has no equality: it is the type of results only.
	tJSON = &sqlType{name: "json", family: "json", pool: []string{`{}`, `[1, 2]`, `{"a": 1, "a": null}`}}
)

// Columns are of domains; a value becomes one when it is stored, and all else sees the base type.
var (
	tSmall = &sqlType{name: "small", family: "int", base: tInt4, pool: []string{"0", "1", "2", "3", "99"}, bad: []string{"100", "-2147483648"}}
	tWord  = &sqlType{name: "word", family: "text", base: tText, pool: []string{"a", "b", "ab", "A"}, bad: []string{"", "a b"}}
	tPrice = &sqlType{name: "price", family: "num", base: tNum, pool: []string{"0", "0.01", "1.25", "100.00", "NaN"}, bad: []string{"-1", "13.13"}}
)

// typeDDL declares tEnum, whose order is not that of its labels' letters, and the domains.
const typeDDL = "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');\n" +
	"CREATE DOMAIN tiny AS integer CHECK (VALUE > -1000);\n" +
	"CREATE DOMAIN small AS tiny CHECK (VALUE < 100) CHECK (VALUE <> -7);\n" +
	"CREATE DOMAIN word AS text DEFAULT 'ab' CONSTRAINT one_word CHECK (VALUE <> '' AND VALUE NOT LIKE '% %');\n" +
	"CREATE DOMAIN price AS numeric NOT NULL CHECK (VALUE >= 0 AND VALUE <> 13.13)"

// domain reports whether the type is a domain.
func (t *sqlType) domain() bool { return t.base != nil }

// near are the types that PostgreSQL finds a common type with, the type itself among them.
func (t *sqlType) near() []*sqlType {
	switch t.plain() {
	case tInt2, tInt4, tInt8:
		return []*sqlType{tInt2, tInt4, tInt8, tNum, t}
	case tF4, tF8:
		return []*sqlType{tInt4, tF4, tF8, t}
	case tText, tVchar:
		return []*sqlType{tText, tVchar, t}
	case tDate, tTs:
		return []*sqlType{tDate, tTs, t}
	}
	return []*sqlType{t}
}

// plain is the type, or what a domain is over.
func (t *sqlType) plain() *sqlType {
	if t.domain() {
		return t.base
	}
	return t
}

var (
	columnTypes = []*sqlType{
		tBool, tInt2, tInt4, tInt4, tInt8, tInt8, tNum, tNum92, tF4, tF8, tF8x, tText, tText, tVchar, tDate, tTs, tTstz, tTstz,
		tUUID, tBytea, tEnum, tChar, tJSONB, tIvl, tTime, tInt4s, tTexts,
	}
	// domains are types of columns, and of some variables.
	domains = []*sqlType{tSmall, tSmall, tWord, tPrice}
	// keyTypes make good primary keys: their pools have enough values.
	keyTypes = []*sqlType{tInt4, tInt4, tInt8, tInt8, tInt2, tText, tVchar, tNum, tDate, tTs, tTstz, tUUID, tEnum, tBytea, tChar, tF8}
)

// castTo is the type's name in a cast.
func (t *sqlType) castTo() string { return t.plain().name }

// literal writes a value of the type as SQL.
func (t *sqlType) literal(value string) string {
	t = t.plain()
	switch t.family {
	case "int", "num":
		if !strings.HasPrefix(value, "-") && value != "NaN" {
			return value
		}
	case "bool":
		if value == "t" {
			return "true"
		}
		return "false"
	}
	quoted := "'" + strings.ReplaceAll(value, "'", "''") + "'"
	if t == tText {
		return quoted
	}
	return quoted + "::" + t.castTo()
}

// pick draws a value.
func (t *sqlType) pick(r *rand.Rand) string { return t.pool[r.IntN(len(t.pool))] }

// column is a column of a random table or view.
type column struct {
	name    string
	typ     *sqlType
	notNull bool
	dflt    string // a literal of the type's pool, or ""
	hasDflt bool
	// auto says that the column draws its values from a sequence, and how.
	auto string
	// constant columns are a view's whose expression has no column: PostgreSQL folds what uses them.
	constant bool
	// fixed marks a variable that cannot be assigned to.
	fixed bool
}

// table is a random table, or a view when query is set.
type table struct {
	name  string
	cols  []*column
	key   []*column // nil: no primary key
	uniq  *column   // has a UNIQUE constraint; nil: none
	query *query    // of a view
	part  bool      // what a write in WITH returns
	made  *expr     // the rows of a function, recursion or list in FROM
	most  string    // counts the rows that a recursive query in WITH has at most
	// constraints and triggers are declared behind all tables.
	constraints []*constraint
	triggers    []*trigger
}

func (t *table) ddl() string {
	if t.query != nil {
		var p printer
		p.query(t.query)
		return fmt.Sprintf("CREATE VIEW %s AS %s", t.name, p.String())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", t.name)
	for i, c := range t.cols {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", c.name, c.ddl())
		if c.notNull {
			b.WriteString(" NOT NULL")
		}
		if c.hasDflt {
			b.WriteString(" DEFAULT " + c.typ.literal(c.dflt))
		}
	}
	if t.key != nil {
		b.WriteString(", PRIMARY KEY (")
		for i, c := range t.key {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(c.name)
		}
		b.WriteString(")")
	}
	if t.uniq != nil {
		b.WriteString(", UNIQUE (" + t.uniq.name + ")")
	}
	b.WriteString(")")
	return b.String()
}

// inKey tells whether a constraint says that rows differ in the column.
func (t *table) inKey(c *column) bool {
	if c == t.uniq || t.indexed(c) {
		return true
	}
	for _, k := range t.key {
		if k == c {
			return true
		}
	}
	return false
}

// genTable makes a table of two to seven columns; three quarters of the tables have a primary key.
func (g *generator) genTable(name string) *table {
	t := &table{name: name}
	keys := 0
	switch n := g.r.IntN(8); {
	case n < 4:
		keys = 1
	case n < 6:
		keys = 2
	}
	for i := range keys {
		c := &column{name: fmt.Sprintf("k%d", i), typ: pick(g.r, keyTypes), notNull: true}
		switch n := g.r.IntN(20); {
		case n == 0:
			c.typ = pick(g.r, []*sqlType{tSmall, tWord})
		case n < 4:
			g.autoColumn(c)
		}
		t.cols = append(t.cols, c)
		t.key = append(t.key, c)
	}
	for i := range 1 + g.r.IntN(5) {
		c := &column{name: fmt.Sprintf("c%d", i), typ: pick(g.r, columnTypes), notNull: g.chance(40)}
		switch n := g.r.IntN(20); {
		case n < 2:
			c.typ = pick(g.r, domains)
			c.notNull = c.notNull || c.typ == tPrice
		case n < 3:
			g.autoColumn(c)
		}
		if c.auto == "" && g.chance(25) {
			c.hasDflt, c.dflt = true, c.typ.pick(g.r)
		}
		t.cols = append(t.cols, c)
	}
	if g.chance(15) {
		t.uniq = t.cols[len(t.cols)-1]
	}
	if keys > 0 && g.chance(30) { // the key need not come first
		g.r.Shuffle(len(t.cols), func(i, j int) { t.cols[i], t.cols[j] = t.cols[j], t.cols[i] })
	}
	return t
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
