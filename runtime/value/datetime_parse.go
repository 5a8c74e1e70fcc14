package value

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A moment is what the text of a date, time or timestamp said, field by field.
type moment struct {
	special        string // "infinity", "-infinity", "epoch", "allballs"
	dated, timed   bool
	zoned          bool
	y, m, d        int64
	hour, min, sec int64
	micros         int64
	offset         int64  // seconds east of Greenwich
	era, bc        bool   // BC or AD was said; BC
	half           string // "am", "pm"
	weekday        bool
	month          int64    // a month's name met before its day and year
	numbers        []string // those not yet known to be a day or a year
	shortYear      bool     // two digits: the century depends on BC, which may follow
}

// datetimeNames are the names that PostgreSQL's messages give the types.
var datetimeNames = map[Kind]string{
	Date: "date", Time: "time", Timestamp: "timestamp", Timestamptz: "timestamp with time zone",
}

// parseDatetime reads PostgreSQL's input of date, time, timestamp and timestamptz with DateStyle ISO, MDY and time zone
// UTC. Words that mean another value tomorrow (now, today, ...) and zones that need a zone table are refused.
func parseDatetime(t Type, text string) (Value, error) {
	p := datetimeParser{kind: t.Kind, text: text}
	if err := p.scan(strings.ToLower(text)); err != nil {
		return Null, err
	}
	if err := p.settle(); err != nil {
		return Null, err
	}
	return p.value(t)
}

type datetimeParser struct {
	moment
	kind Kind
	text string
}

func (p *datetimeParser) syntax() error { return p.fail(stateDatetime) }

func (p *datetimeParser) fieldRange() error {
	return errorf(stateDatetimeField, "date/time field value out of range: %q", quotable(p.text))
}

func (p *datetimeParser) fail(state string) error {
	return errorf(state, "invalid input syntax for type %s: %q", datetimeNames[p.kind], quotable(p.text))
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }

// span returns how many bytes from the start of s satisfy in.
func span(s string, in func(c byte) bool) int {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

// scan cuts the text into fields and takes each.
func (p *datetimeParser) scan(s string) error {
	for s != "" {
		c := s[0]
		switch {
		case strings.IndexByte(" \t\n\v\f\r,", c) >= 0:
			s = s[1:]
		case isDigit(c):
			n, err := p.digitField(s)
			if err != nil {
				return err
			}
			s = s[n:]
		case isLetter(c):
			n, err := p.wordField(s)
			if err != nil {
				return err
			}
			s = s[n:]
		case c == '+' || c == '-':
			rest := strings.TrimLeft(s[1:], " ")
			if rest != "" && isLetter(rest[0]) {
				n := span(rest, isLetter)
				if err := p.setSpecial(string(c) + rest[:n]); err != nil {
					return err
				}
				s = rest[n:]
				continue
			}
			n := 1 + span(s[1:], func(c byte) bool { return isDigit(c) || c == ':' })
			if err := p.zone(s[:n]); err != nil {
				return err
			}
			s = s[n:]
		default:
			return p.syntax()
		}
	}
	return nil
}

// digitField takes a field that begins with a digit and returns its length.
func (p *datetimeParser) digitField(s string) (int, error) {
	n := span(s, isDigit)
	if n == len(s) {
		return n, p.number(s)
	}
	switch c := s[n]; {
	case c == ':':
		n = span(s, func(c byte) bool { return isDigit(c) || c == ':' || c == '.' })
		return n, p.clock(s[:n])
	case (c == '-' || c == '/' || c == '.') && !p.dated && p.month == 0:
		n = span(s, func(b byte) bool { return isDigit(b) || isLetter(b) && c != '.' || b == c })
		field := s[:n]
		// "2020-01-01t10:20" and "2020-01-01z" are a date and what follows its last digits.
		if last := field[strings.LastIndexByte(field, c)+1:]; last != "" && isDigit(last[0]) {
			field = field[:len(field)-len(last)+span(last, isDigit)]
		}
		return len(field), p.dashed(field, string(c))
	case c == '.' && p.dated:
		f := span(s[n+1:], isDigit)
		n += 1 + f
		return n, p.compactClock(s[:n])
	}
	return n, p.number(s[:n])
}

// number takes a run of digits: a compact date or time, or a day or year beside a month's name.
func (p *datetimeParser) number(s string) error {
	switch {
	case p.month != 0 && !p.dated:
		p.numbers = append(p.numbers, s)
		if len(p.numbers) == 2 {
			return p.named()
		}
		return nil
	case p.dated && !p.timed || p.kind == Time && !p.timed:
		return p.compactClock(s)
	case !p.dated && len(s) >= 6 && len(p.numbers) == 0:
		cut := len(s) - 4
		return p.date(s[:cut], s[cut:cut+2], s[cut+2:])
	case !p.dated && len(p.numbers) == 0:
		p.numbers = append(p.numbers, s) // the day before a month's name
		return nil
	case !p.dated && len(p.numbers) == 1:
		return errorf(stateNotSupported, "date of separate numbers in %q: write YYYY-MM-DD", quotable(p.text))
	}
	return p.syntax()
}

// compactClock takes hhmm or hhmmss[.fraction].
func (p *datetimeParser) compactClock(s string) error {
	digits, frac, point := strings.Cut(s, ".")
	switch {
	case len(digits) == 4 && !point:
		return p.clock(digits[:2] + ":" + digits[2:])
	case len(digits) == 6 && point:
		return p.clock(digits[:2] + ":" + digits[2:4] + ":" + digits[4:] + "." + frac)
	case len(digits) == 6:
		return p.clock(digits[:2] + ":" + digits[2:4] + ":" + digits[4:])
	}
	return p.syntax()
}

// clock takes h:m[:s[.fraction]], or m:s.fraction.
func (p *datetimeParser) clock(s string) error {
	parts := strings.Split(s, ":")
	if p.timed || len(parts) > 3 {
		return p.syntax()
	}
	p.timed = true
	whole, frac, point := strings.Cut(parts[len(parts)-1], ".")
	parts[len(parts)-1] = whole
	if point && len(parts) == 2 {
		parts = append([]string{"0"}, parts...)
	}
	fields := []*int64{&p.hour, &p.min, &p.sec}
	for i, part := range parts {
		if part == "" && i < 2 {
			return p.syntax()
		}
		n, err := p.integer(part)
		if err != nil {
			return err
		}
		*fields[i] = n
	}
	if frac != "" {
		if strings.Trim(frac, "0123456789") != "" {
			return p.syntax()
		}
		p.micros = fractionMicros(frac)
	}
	if p.min > 59 || p.sec > 60 || p.sec == 60 && p.micros > 0 {
		return p.fieldRange()
	}
	return nil
}

// fractionMicros rounds a fraction of a second as PostgreSQL does, through a double.
func fractionMicros(digits string) int64 {
	f, _ := strconv.ParseFloat("0."+digits, 64)
	return int64(math.RoundToEven(f * microsPerSecond))
}

func (p *datetimeParser) integer(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0, p.fieldRange()
	}
	return n, nil
}

var monthNames = map[string]int64{
	"jan": 1, "january": 1, "feb": 2, "february": 2, "mar": 3, "march": 3, "apr": 4, "april": 4, "may": 5, "jun": 6,
	"june": 6, "jul": 7, "july": 7, "aug": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "oct": 10, "october": 10,
	"nov": 11, "november": 11, "dec": 12, "december": 12,
}

var weekdayNames = map[string]bool{
	"sun": true, "sunday": true, "mon": true, "monday": true, "tue": true, "tues": true, "tuesday": true, "wed": true,
	"weds": true, "wednesday": true, "thu": true, "thur": true, "thurs": true, "thursday": true, "fri": true,
	"friday": true, "sat": true, "saturday": true,
}

// zoneNames are the abbreviations with a fixed offset that need no zone table, in hours.
var zoneNames = map[string]int64{
	"z": 0, "zulu": 0, "utc": 0, "gmt": 0, "ut": 0, "uct": 0, "wet": 0, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
	"jst": 9, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "bst": 1, "west": 1,
}

// wordField takes a field that begins with a letter and returns its length.
func (p *datetimeParser) wordField(s string) (int, error) {
	n := span(s, isLetter)
	word := s[:n]
	if n < len(s) && (s[n] == '/' || s[n] == '_') {
		return 0, errorf(stateNotSupported, "time zone in %q needs a zone table: write an offset such as +02", quotable(p.text))
	}
	if word == "j" && n < len(s) && isDigit(s[n]) {
		digits := span(s[n:], isDigit)
		day, err := p.integer(s[n : n+digits])
		if err != nil || p.dated {
			return 0, p.syntax()
		}
		p.dated = true
		p.y, p.m, p.d = civilFromDays(day - julianEpoch)
		return n + digits, nil
	}
	if p.kind == Time && (p.dated && word == "t" || monthNames[word] > 0 || weekdayNames[word]) {
		return 0, errorf(stateNotSupported, "time with a date in %q: write HH:MM:SS", quotable(p.text))
	}
	next := byte(0)
	if n < len(s) {
		next = s[n]
	}
	glued := isDigit(next) || next == '+' || next == '-'
	month, isMonth := monthNames[word]
	hours, isZone := zoneNames[word]
	switch {
	case word == "t" && isDigit(next) && (p.dated || p.kind == Time):
		return n, nil
	case isMonth && next == '-':
		n = span(s, func(c byte) bool { return isDigit(c) || isLetter(c) || c == '-' })
		return n, p.dashed(s[:n], "-")
	case isZone && glued && !isDigit(next):
		return 0, errorf(stateNotSupported, "POSIX time zone in %q: write an offset such as +02", quotable(p.text))
	case glued: // PostgreSQL takes the whole for one word
		return 0, p.syntax()
	case isMonth:
		if p.dated || p.month != 0 {
			return 0, p.syntax()
		}
		p.month = month
	case isZone:
		if p.zoned {
			return 0, p.syntax()
		}
		p.zoned, p.offset = true, hours*3600
	case word == "am" || word == "pm":
		if p.half != "" {
			return 0, p.syntax()
		}
		p.half = word
	case word == "bc" || word == "ad":
		if p.era {
			return 0, p.syntax()
		}
		p.era, p.bc = true, word == "bc"
	case weekdayNames[word]:
		p.weekday = true
	case word == "at" || word == "on": // PostgreSQL ignores both
	default:
		return n, p.setSpecial(word)
	}
	return n, nil
}

func (p *datetimeParser) setSpecial(word string) error {
	if p.special != "" {
		return p.syntax()
	}
	switch word {
	case "now", "today", "tomorrow", "yesterday":
		return errorf(stateNotSupported, "%q depends on when it is read: use now()", quotable(word))
	case "infinity", "-infinity", "epoch":
	case "allballs":
		if p.kind == Time {
			p.timed = true
			return nil
		}
		return p.syntax()
	default:
		return p.syntax()
	}
	if p.kind == Time {
		return p.syntax()
	}
	p.special = word
	return nil
}

// zone takes +hh, +hhmm, +hh:mm or +hh:mm:ss.
func (p *datetimeParser) zone(s string) error {
	if p.zoned {
		return p.syntax()
	}
	digits := s[1:]
	parts := strings.Split(digits, ":")
	if len(parts) == 1 && len(digits) > 2 {
		parts = []string{digits[:len(digits)-2], digits[len(digits)-2:]}
	}
	var n [3]int64
	if digits == "" || len(parts) > 3 {
		return p.syntax()
	}
	for i, part := range parts {
		v, err := strconv.ParseInt(part, 10, 32)
		if err != nil {
			return p.syntax()
		}
		n[i] = v
	}
	if n[0] > 15 || n[1] > 59 || n[2] > 59 {
		return errorf(stateDisplacement, "time zone displacement out of range: %q", quotable(p.text))
	}
	p.zoned, p.offset = true, n[0]*3600+n[1]*60+n[2]
	if s[0] == '-' {
		p.offset = -p.offset
	}
	return nil
}

// dashed takes a date whose parts are joined by one separator.
func (p *datetimeParser) dashed(s, sep string) error {
	parts := strings.Split(s, sep)
	if p.kind == Time {
		return p.dateOfTime(s, parts)
	}
	if p.dated || p.month != 0 || p.timed || p.zoned || p.bc || p.half != "" || len(p.numbers) > 0 {
		return p.syntax() // such a date stands first
	}
	if slices.Contains(parts[1:len(parts)-1], "") {
		return errorf(stateNotSupported, "date in %q has an empty part: write YYYY-MM-DD", quotable(p.text))
	}
	if len(parts) != 3 {
		return p.syntax()
	}
	if slices.Contains(parts, "") || monthNames[parts[2]] > 0 {
		return p.syntax()
	}
	for i, part := range parts {
		if m, ok := monthNames[part]; ok {
			p.month = m
			p.numbers = append(append(p.numbers, parts[:i]...), parts[i+1:]...)
			return p.named()
		}
		if strings.Trim(part, "0123456789") != "" {
			return p.syntax()
		}
	}
	if len(parts[0]) > 2 {
		return p.date(parts[0], parts[1], parts[2])
	}
	return p.date(parts[2], parts[0], parts[1]) // MDY
}

// dateOfTime takes the date before a time of day, which PostgreSQL allows and ignores.
func (p *datetimeParser) dateOfTime(s string, parts []string) error {
	if len(parts) != 3 || len(parts[0]) < 3 || strings.Trim(strings.Join(parts, ""), "0123456789") != "" {
		if isDigit(s[0]) && strings.Contains(s, "-") {
			return errorf(stateNotSupported, "time with a zone or a date in %q: write HH:MM:SS", quotable(p.text))
		}
		return p.syntax()
	}
	if err := p.date(parts[0], parts[1], parts[2]); err != nil {
		return p.syntax()
	}
	return nil
}

// named takes the day and the year that stand beside a month's name.
func (p *datetimeParser) named() error {
	day, year := p.numbers[0], p.numbers[1]
	if len(day) > 2 {
		day, year = year, day
	}
	if len(year) > 4 {
		return errorf(stateNotSupported, "year %s beside a month's name: write YYYY-MM-DD", year)
	}
	month := strconv.FormatInt(p.month, 10)
	return p.date(year, month, day)
}

func (p *datetimeParser) date(year, month, day string) error {
	if p.dated {
		return p.syntax()
	}
	p.dated = true
	for i, s := range []string{year, month, day} {
		n, err := p.integer(s)
		if err != nil {
			return err
		}
		switch i {
		case 0:
			p.y = n
		case 1:
			p.m = n
		case 2:
			p.d = n
		}
	}
	if p.m < 1 || p.m > 12 || p.d < 1 || p.d > 31 {
		return p.fieldRange()
	}
	p.shortYear, p.numbers = len(year) <= 2, nil
	return nil
}

// settle checks the fields together, once all of them are known.
func (p *datetimeParser) settle() error {
	if p.special != "" {
		if p.dated || len(p.numbers) > 0 {
			return p.syntax()
		}
		if p.timed || p.zoned || p.bc || p.half != "" || p.weekday {
			return errorf(stateNotSupported, "%q beside other words in %q", quotable(p.special), quotable(p.text))
		}
		return nil
	}
	if len(p.numbers) > 0 {
		return p.syntax()
	}
	needDate, needTime := p.kind != Time, p.kind == Time
	if needDate && !p.dated || needTime && !p.timed || (p.month != 0 && !p.dated) {
		return p.syntax()
	}
	if p.dated {
		if p.bc {
			if p.y <= 0 {
				return p.fieldRange()
			}
			p.y = 1 - p.y
		} else if p.shortYear {
			if p.y < 70 {
				p.y += 2000
			} else {
				p.y += 1900
			}
		} else if p.y <= 0 && !p.fromJulian() {
			return p.fieldRange()
		}
		if p.d > daysInMonth(p.y, p.m) {
			return p.fieldRange()
		}
	}
	if p.half != "" {
		if p.hour > 12 {
			return p.fieldRange()
		}
		if p.half == "am" && p.hour == 12 {
			p.hour = 0
		} else if p.half == "pm" && p.hour != 12 {
			p.hour += 12
		}
	}
	if p.hour > 24 || p.hour == 24 && (p.min > 0 || p.sec > 0 || p.micros > 0) {
		return p.fieldRange()
	}
	return nil
}

// fromJulian reports whether the date came as a Julian day, the only form whose year may be before Christ without BC.
func (p *datetimeParser) fromJulian() bool {
	return strings.Contains(strings.ToLower(p.text), "j") && p.month == 0
}

// value makes the value of the parsed fields.
func (p *datetimeParser) value(t Type) (Value, error) {
	out := errorf(stateDatetimeField, "%s out of range: %q", strings.TrimSuffix(datetimeNames[p.kind], " with time zone"), quotable(p.text))
	switch p.special {
	case "infinity":
		if p.kind == Date {
			return Int(DateInfinity), nil
		}
		return Int(TimestampInfinity), nil
	case "-infinity":
		if p.kind == Date {
			return Int(DateMinusInfinity), nil
		}
		return Int(TimestampMinusInfinity), nil
	case "epoch":
		if p.kind == Date {
			return Int(-unixEpoch / 86400), nil
		}
		return Int(-unixEpoch * microsPerSecond), nil
	}
	clock := p.hour*microsPerHour + p.min*microsPerMinute + p.sec*microsPerSecond + p.micros
	if p.kind == Time {
		if clock = roundFraction(clock, t.Mod); clock > microsPerDay {
			return Null, p.fieldRange()
		}
		return Int(clock), nil
	}
	days := daysFromCivil(p.y, p.m, p.d)
	if p.kind == Date {
		if days < minDate || days >= maxDate {
			return Null, out
		}
		return Int(days), nil
	}
	// The earliest day is checked first so that the product cannot overflow.
	if days < minTimestamp/microsPerDay-1 || days > endTimestamp/microsPerDay+1 {
		return Null, out
	}
	n := days*microsPerDay + clock
	if p.kind == Timestamptz {
		n -= p.offset * microsPerSecond
	}
	if n < minTimestamp || n >= endTimestamp {
		return Null, out
	}
	return Int(roundFraction(n, t.Mod)), nil // PostgreSQL does not check the range again
}
