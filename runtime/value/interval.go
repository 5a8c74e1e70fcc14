package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// An interval's parts, as PostgreSQL keeps them. Its Value is the string "months/days/microseconds".
type intervalParts struct {
	months, days int32
	micros       int64
}

// FromInterval makes an interval of its three parts.
func FromInterval(months, days int32, micros int64) Value {
	b := strconv.AppendInt(nil, int64(months), 10)
	b = strconv.AppendInt(append(b, '/'), int64(days), 10)
	b = strconv.AppendInt(append(b, '/'), micros, 10)
	return String(string(b))
}

// IntervalParts takes an interval apart. It fails when the string is not months/days/microseconds.
func IntervalParts(v Value) (months, days int32, micros int64, err error) {
	p, err := splitInterval(v.s)
	return p.months, p.days, p.micros, err
}

func splitInterval(s string) (p intervalParts, err error) {
	bad := errorf(stateSyntax, "interval %q is not months/days/microseconds", quotable(s))
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return p, bad
	}
	months, err1 := strconv.ParseInt(parts[0], 10, 32)
	days, err2 := strconv.ParseInt(parts[1], 10, 32)
	micros, err3 := strconv.ParseInt(parts[2], 10, 64)
	if err1 != nil || err2 != nil || err3 != nil {
		return p, bad
	}
	return intervalParts{int32(months), int32(days), micros}, nil
}

// total is the interval's length in microseconds with months of 30 days, which is how PostgreSQL compares intervals.
func (p intervalParts) total() *big.Int {
	days := big.NewInt(int64(p.months)*30 + int64(p.days))
	days.Mul(days, big.NewInt(microsPerDay))
	return days.Add(days, big.NewInt(p.micros))
}

// appendInterval writes PostgreSQL's interval output, IntervalStyle postgres.
func appendInterval(dst []byte, p intervalParts) []byte {
	start := len(dst)
	before := false // whether the part written last was negative
	part := func(n int64, unit string) {
		if n == 0 {
			return
		}
		if len(dst) > start {
			dst = append(dst, ' ')
		}
		if before && n > 0 {
			dst = append(dst, '+')
		}
		before = n < 0
		dst = strconv.AppendInt(dst, n, 10)
		dst = append(append(dst, ' '), unit...)
		if n != 1 {
			dst = append(dst, 's')
		}
	}
	part(int64(p.months/12), "year")
	part(int64(p.months%12), "mon")
	part(int64(p.days), "day")
	if p.micros == 0 && len(dst) > start {
		return dst
	}
	if len(dst) > start {
		dst = append(dst, ' ')
	}
	micros := uint64(p.micros)
	if p.micros < 0 {
		dst = append(dst, '-')
		micros = -micros
	} else if before {
		dst = append(dst, '+')
	}
	// The hours of the smallest int64 do not fit after negation, so they are taken from the unsigned magnitude.
	hours := micros / microsPerHour
	dst = append(appendPadded(dst, int64(hours), 2), ':')
	rest := int64(micros % microsPerHour)
	dst = append(appendPadded(dst, rest/microsPerMinute, 2), ':')
	dst = appendPadded(dst, rest/microsPerSecond%60, 2)
	return appendFraction(dst, rest%microsPerSecond)
}

func parseInterval(t Type, text string) (Value, error) {
	p := intervalParser{text: text}
	var err error
	if rest, ok := strings.CutPrefix(text, "P"); ok {
		err = p.iso(strings.ToLower(rest))
	} else {
		err = p.words(strings.ToLower(text))
	}
	if err != nil {
		return Null, err
	}
	for _, n := range []int64{p.years, p.months, p.days} {
		if n > math.MaxInt32 || n < math.MinInt32 {
			return Null, p.outOfRange()
		}
	}
	months := p.years*12 + p.months
	if months > math.MaxInt32 || months < math.MinInt32 {
		return Null, errorf(stateDatetimeField, "interval out of range")
	}
	return FromInterval(int32(months), int32(p.days), roundFraction(p.micros, t.Mod)), nil
}

type intervalParser struct {
	text                string
	years, months, days int64
	micros              int64
	seen                map[string]bool
}

func (p *intervalParser) syntax() error {
	return errorf(stateDatetime, "invalid input syntax for type interval: %q", quotable(p.text))
}

func (p *intervalParser) outOfRange() error {
	return errorf(stateInterval, "interval field value out of range: %q", quotable(p.text))
}

// An intervalUnit says what one of a unit is worth: years, months, days or microseconds.
type intervalUnit struct {
	name                string // canonical; a unit may stand once
	years, months, days int64
	micros              int64
}

var intervalUnits = map[string]intervalUnit{}

func init() {
	for names, u := range map[string]intervalUnit{
		"us usec usecs usecond useconds microsecond microseconds microsecon": {micros: 1},
		"ms msec msecs mseconds msecond millisecond milliseconds millisecon": {micros: 1000},
		"s sec secs second seconds":     {micros: microsPerSecond},
		"m min mins minute minutes":     {micros: microsPerMinute},
		"h hr hrs hour hours":           {micros: microsPerHour},
		"d day days":                    {days: 1},
		"w week weeks":                  {days: 7},
		"mon mons month months":         {months: 1},
		"y yr yrs year years":           {years: 1},
		"dec decs decade decades":       {years: 10},
		"c cent century centuries":      {years: 100},
		"mil mils millennia millennium": {years: 1000},
	} {
		list := strings.Fields(names)
		u.name = list[0]
		for _, name := range list {
			intervalUnits[name] = u
		}
	}
}

// words reads the verbose and the SQL-standard forms: numbers with units, h:m:s, y-m, a final ago.
func (p *intervalParser) words(s string) error {
	type field struct{ number, unit string }
	var fields []field
	ago, glued := false, false // glued: a number ends where a word begins
	for {
		blanks := len(s)
		s = strings.TrimLeft(s, " \t\n\v\f\r,@")
		glued = glued && len(s) == blanks
		if s == "" {
			break
		}
		switch c := s[0]; {
		case isLetter(c):
			n := span(s, isLetter)
			word := s[:n]
			s = s[n:]
			if s != "" && (isDigit(s[0]) || s[0] == '.' || s[0] == '+' || s[0] == '-') && (len(word) > 1 || !isDigit(s[0])) {
				return p.syntax() // PostgreSQL takes the whole for a date, but for h, m, s, d and y before a digit
			}
			if word == "ago" {
				if last := len(fields) - 1; glued || last >= 0 && fields[last].unit == "" && !strings.ContainsAny(fields[last].number[1:], ":-") {
					return p.syntax() // a number before ago needs its unit
				}
				ago = true
				continue
			}
			last := len(fields) - 1
			if last < 0 || fields[last].unit != "" || strings.Contains(fields[last].number, ":") {
				return p.syntax()
			}
			fields[last].unit = word
			glued = false
		default:
			n := 0
			if c == '+' || c == '-' {
				n = 1 + span(s[1:], func(c byte) bool { return c == ' ' })
			}
			digits := span(s[n:], func(c byte) bool { return isDigit(c) || c == '.' || c == ':' || c == '-' })
			if digits == 0 || n > 0 && !isDigit(s[n]) {
				return p.syntax()
			}
			number := strings.ReplaceAll(s[:n], " ", "") + s[n:n+digits]
			s = s[n+digits:]
			fields = append(fields, field{number: number})
			glued = true
			continue
		}
	}
	if len(fields) == 0 {
		return p.syntax()
	}
	// PostgreSQL reads from the right: a number without a unit has that of the field after it, seconds at the end, days
	// before a clock.
	unit := "second"
	for i := len(fields) - 1; i >= 0; i-- {
		f := fields[i]
		body := strings.TrimLeft(f.number, "+-")
		var err error
		switch {
		case strings.Contains(body, ":"):
			if err = p.clock(f.number); err != nil && body != f.number {
				err = p.syntax()
			}
			unit = "day"
		case strings.Contains(body, "-"):
			if f.unit != "" && intervalUnits[f.unit].name == "" {
				return p.syntax()
			}
			err = p.yearMonth(f.number)
			unit = "month"
		default:
			if f.unit != "" {
				unit = f.unit
			}
			err = p.add(f.number, unit)
		}
		if err != nil {
			return err
		}
	}
	if ago {
		if p.micros == math.MinInt64 {
			return p.outOfRange()
		}
		p.years, p.months, p.days, p.micros = -p.years, -p.months, -p.days, -p.micros
	}
	return nil
}

// once refuses a unit that was given before.
func (p *intervalParser) once(unit string) error {
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	if p.seen[unit] {
		return p.syntax()
	}
	p.seen[unit] = true
	return nil
}

// add adds number units.
func (p *intervalParser) add(number, unit string) error {
	u, ok := intervalUnits[unit]
	if !ok {
		return p.syntax()
	}
	if err := p.once(u.name); err != nil {
		return err
	}
	whole, frac, err := p.number(number)
	if err != nil {
		return err
	}
	if u.name == "s" && frac != 0 { // the fraction stands for the smaller units
		for _, smaller := range []string{"ms", "us"} {
			if err := p.once(smaller); err != nil {
				return err
			}
		}
	}
	switch {
	case u.years != 0:
		if err := p.accumulate(&p.years, whole, u.years); err != nil {
			return err
		}
		return p.accumulate(&p.months, int64(math.RoundToEven(frac*float64(u.years)*12)), 1)
	case u.months != 0:
		if err := p.accumulate(&p.months, whole, u.months); err != nil {
			return err
		}
		return p.fractionDays(frac, 30)
	case u.days != 0:
		if err := p.accumulate(&p.days, whole, u.days); err != nil {
			return err
		}
		return p.fractionDays(frac, u.days)
	}
	if err := p.accumulate(&p.micros, whole, u.micros); err != nil {
		return err
	}
	return p.accumulate(&p.micros, int64(math.RoundToEven(frac*float64(u.micros))), 1)
}

// fractionDays adds a fraction of a unit of so many days: whole days, then microseconds.
func (p *intervalParser) fractionDays(frac float64, days int64) error {
	frac *= float64(days)
	if days > 1 {
		whole := math.Trunc(frac)
		if err := p.accumulate(&p.days, int64(whole), 1); err != nil {
			return err
		}
		frac -= whole
	}
	return p.accumulate(&p.micros, int64(math.RoundToEven(frac*microsPerDay)), 1)
}

func (p *intervalParser) accumulate(to *int64, n, unit int64) error {
	product := n * unit
	if n != 0 && (product/n != unit || n == -1 && unit == math.MinInt64) {
		return p.outOfRange()
	}
	sum := *to + product
	if (sum > *to) != (product > 0) && product != 0 {
		return p.outOfRange()
	}
	*to = sum
	return nil
}

// number splits a signed decimal number; the fraction carries the sign.
func (p *intervalParser) number(s string) (whole int64, frac float64, err error) {
	sign := 1.0
	body := s
	if strings.HasPrefix(s, "-") {
		sign = -1
	}
	body = strings.TrimLeft(body, "+-")
	digits, rest := leadingDigits(body)
	if len(s)-len(body) > 1 || digits == "" && !strings.HasPrefix(rest, ".") {
		return 0, 0, p.syntax()
	}
	if digits != "" {
		if whole, err = strconv.ParseInt(strings.TrimPrefix(s[:len(s)-len(rest)], "+"), 10, 64); err != nil {
			return 0, 0, p.outOfRange()
		}
	}
	if rest != "" {
		fraction, rest := leadingDigits(rest[1:])
		if rest != "" || fraction == "" && digits == "" {
			return 0, 0, p.syntax()
		}
		frac, _ = strconv.ParseFloat("0."+fraction+"0", 64)
	}
	return whole, sign * frac, nil
}

// clock reads [-]h:m[:s[.f]].
func (p *intervalParser) clock(s string) error {
	for _, unit := range []string{"h", "m", "s", "ms", "us"} {
		if err := p.once(unit); err != nil {
			return err
		}
	}
	negative := strings.HasPrefix(s, "-")
	parts := strings.Split(strings.TrimLeft(s, "+-"), ":")
	last, frac, point := strings.Cut(parts[len(parts)-1], ".")
	if len(parts) > 3 || len(parts) < 2 || strings.Trim(frac, "0123456789") != "" {
		return p.syntax()
	}
	parts[len(parts)-1] = last
	var n [3]int64
	first := 0
	if point && len(parts) == 2 {
		first = 1 // "m:s.f"
	}
	for i, part := range parts {
		v, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			if strings.Trim(part, "0123456789") == "" && part != "" {
				return p.outOfRange()
			}
			return p.syntax()
		}
		n[first+i] = v
	}
	micros := int64(0)
	if frac != "" {
		micros = fractionMicros(frac)
	}
	if n[1] > 59 || n[2] > 60 || n[2] == 60 && micros > 0 {
		return p.outOfRange()
	}
	sum := int64(0)
	for i, unit := range []int64{microsPerHour, microsPerMinute, microsPerSecond} {
		if err := p.accumulate(&sum, n[i], unit); err != nil {
			return err
		}
	}
	if err := p.accumulate(&sum, micros, 1); err != nil {
		return err
	}
	if negative {
		sum = -sum
	}
	return p.accumulate(&p.micros, sum, 1)
}

// yearMonth reads [-]years-months.
func (p *intervalParser) yearMonth(s string) error {
	negative := strings.HasPrefix(s, "-")
	years, months, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-"), "-")
	y, err1 := strconv.ParseInt(years, 10, 32)
	m, err2 := strconv.ParseInt(months, 10, 32)
	if err1 != nil || err2 != nil || m < 0 {
		return p.syntax()
	}
	if m >= 12 {
		return p.outOfRange()
	}
	for _, unit := range []string{"y", "mon"} {
		if err := p.once(unit); err != nil {
			return err
		}
	}
	if negative {
		y, m = -y, -m
	}
	p.years, p.months = y, m
	return nil
}

// iso reads the ISO 8601 form with designators: P1Y2M3W4DT5H6M7S.
func (p *intervalParser) iso(s string) error {
	dates, times, hasTime := strings.Cut(s, "t")
	if s == "" {
		return p.syntax()
	}
	read := func(s string, units map[byte]string) error {
		for s != "" {
			n := span(s, func(c byte) bool { return isDigit(c) || c == '.' || c == '-' || c == '+' })
			if n == 0 || n == len(s) {
				return p.syntax()
			}
			unit, ok := units[s[n]]
			if !ok {
				return p.syntax()
			}
			if err := p.add(s[:n], unit); err != nil {
				return err
			}
			s = s[n+1:]
		}
		return nil
	}
	if err := read(dates, map[byte]string{'y': "y", 'm': "mon", 'w': "w", 'd': "d"}); err != nil {
		return err
	}
	if !hasTime {
		return nil
	}
	return read(times, map[byte]string{'h': "h", 'm': "m", 's': "s"})
}
