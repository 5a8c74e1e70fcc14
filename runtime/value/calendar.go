package value

import (
	"math"
	"strconv"
	"time"
)

// Days and microseconds count from 2000-01-01 00:00 UTC, as in PostgreSQL's binary format.
const (
	microsPerSecond = 1_000_000
	microsPerMinute = 60 * microsPerSecond
	microsPerHour   = 60 * microsPerMinute
	microsPerDay    = 24 * microsPerHour

	julianEpoch = 2451545 // Julian day of 2000-01-01

	minDate = -julianEpoch             // 4714-11-24 BC
	maxDate = 2147483494 - julianEpoch // first day beyond 5874897-12-31

	minTimestamp = -211813488000000000 // 4714-11-24 00:00:00 BC
	endTimestamp = 9223371331200000000 // 294277-01-01 00:00:00
)

// The infinities of date and of the timestamps.
const (
	DateInfinity           = math.MaxInt32
	DateMinusInfinity      = math.MinInt32
	TimestampInfinity      = math.MaxInt64
	TimestampMinusInfinity = math.MinInt64
)

// daysFromCivil is the number of days from 2000-01-01 of a date of the proleptic Gregorian calendar, where year 0 is 1 BC.
// The count goes by eras of 400 years that begin in March, so that the leap day is a year's last.
func daysFromCivil(y, m, d int64) int64 {
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yearOfEra := y - era*400
	dayOfYear := (153*((m+9)%12)+2)/5 + d - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return era*146097 + dayOfEra - 730425
}

// civilFromDays is the inverse of daysFromCivil.
func civilFromDays(days int64) (y, m, d int64) {
	days += 730425
	era := floorDiv(days, 146097)
	dayOfEra := days - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	d = dayOfYear - (153*shifted+2)/5 + 1
	m = (shifted+2)%12 + 1
	y = yearOfEra + era*400
	if m <= 2 {
		y++
	}
	return y, m, d
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func leapYear(y int64) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func daysInMonth(y, m int64) int64 {
	if m == 2 && leapYear(y) {
		return 29
	}
	return [...]int64{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
}

func appendPadded(dst []byte, n int64, width int) []byte {
	var buf [20]byte
	digits := strconv.AppendInt(buf[:0], n, 10)
	for range width - len(digits) {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// appendDate writes year-month-day and reports whether the year is before Christ, which is written at the end of the value.
func appendDate(dst []byte, days int64) (_ []byte, bc bool) {
	y, m, d := civilFromDays(days)
	if bc = y <= 0; bc {
		y = 1 - y
	}
	dst = append(appendPadded(dst, y, 4), '-')
	dst = append(appendPadded(dst, m, 2), '-')
	return appendPadded(dst, d, 2), bc
}

// appendClock writes hours:minutes:seconds with as many fractional digits as are not zeros at the end.
func appendClock(dst []byte, micros int64) []byte {
	dst = append(appendPadded(dst, micros/microsPerHour, 2), ':')
	dst = append(appendPadded(dst, micros/microsPerMinute%60, 2), ':')
	dst = appendPadded(dst, micros/microsPerSecond%60, 2)
	return appendFraction(dst, micros%microsPerSecond)
}

func appendFraction(dst []byte, micros int64) []byte {
	if micros == 0 {
		return dst
	}
	dst = appendPadded(append(dst, '.'), micros, 6)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// appendDatetime writes a date, timestamp or timestamptz in the ISO style and UTC.
func appendDatetime(dst []byte, k Kind, n int64) []byte {
	if k == Date {
		n = dateToTimestampInfinity(n)
	}
	switch n {
	case TimestampInfinity:
		return append(dst, "infinity"...)
	case TimestampMinusInfinity:
		return append(dst, "-infinity"...)
	}
	var bc bool
	if k == Date {
		dst, bc = appendDate(dst, n)
	} else {
		days := floorDiv(n, microsPerDay)
		dst, bc = appendDate(dst, days)
		dst = appendClock(append(dst, ' '), n-days*microsPerDay)
		if k == Timestamptz {
			dst = append(dst, "+00"...)
		}
	}
	if bc {
		dst = append(dst, " BC"...)
	}
	return dst
}

func dateToTimestampInfinity(n int64) int64 {
	switch n {
	case DateInfinity:
		return TimestampInfinity
	case DateMinusInfinity:
		return TimestampMinusInfinity
	}
	return n
}

// roundFraction rounds microseconds to the fractional digits of a type modifier (stored plus one; 0 for none), half
// away from zero.
func roundFraction(micros int64, mod int) int64 {
	if mod == 0 || mod > 6 {
		return micros
	}
	unit := int64(math.Pow10(7 - mod))
	if micros >= 0 {
		return (micros + unit/2) / unit * unit
	}
	return -((-micros + unit/2) / unit * unit)
}

// unixEpoch is 2000-01-01 in seconds from 1970.
const unixEpoch = 946684800

// FromDate makes a date from the year, month and day of t, in t's own zone.
func FromDate(t time.Time) Value {
	y, m, d := t.Date()
	days := daysFromCivil(int64(y), int64(m), int64(d))
	if days < minDate || days >= maxDate {
		return Bad(errorf(stateDatetimeField, "date out of range: %q", quotable(t.Format("2006-01-02"))))
	}
	return Int(days)
}

// FromTimestamptz makes a timestamptz from an instant, truncating it to microseconds.
func FromTimestamptz(t time.Time) Value {
	seconds := t.Unix() - unixEpoch
	if seconds < minTimestamp/microsPerSecond || seconds >= endTimestamp/microsPerSecond {
		return Bad(errorf(stateDatetimeField, "timestamp out of range: %q", quotable(t.Format(time.RFC3339))))
	}
	return Int(seconds*microsPerSecond + int64(t.Nanosecond())/1000)
}

// FromTimestamp makes a timestamp from what a clock in t's zone shows.
func FromTimestamp(t time.Time) Value {
	_, offset := t.Zone()
	return FromTimestamptz(t.Add(time.Duration(offset) * time.Second))
}

// FromTime makes a time of day from a duration since midnight, truncating it to microseconds.
func FromTime(d time.Duration) Value {
	if d < 0 || d > 24*time.Hour {
		return Bad(errorf(stateDatetimeField, "time out of range: %q", quotable(d.String())))
	}
	return Int(d.Microseconds())
}

// ToDate is midnight UTC of a date. It fails on the infinities, which time.Time cannot hold.
func ToDate(v Value) (time.Time, error) {
	if v.n == DateInfinity || v.n == DateMinusInfinity {
		return time.Time{}, errorf(stateDatetimeField, "date is %s, which time.Time cannot hold", Format(Of(Date), v))
	}
	return time.Unix(v.n*86400+unixEpoch, 0).UTC(), nil
}

// ToTimestamp is the instant of a timestamp or timestamptz, in UTC. It fails on the infinities.
func ToTimestamp(v Value) (time.Time, error) {
	if v.n == TimestampInfinity || v.n == TimestampMinusInfinity {
		return time.Time{}, errorf(stateDatetimeField, "timestamp is %s, which time.Time cannot hold", Format(Of(Timestamp), v))
	}
	seconds := floorDiv(v.n, microsPerSecond)
	return time.Unix(seconds+unixEpoch, (v.n-seconds*microsPerSecond)*1000).UTC(), nil
}

// ToTime is the duration since midnight of a time of day.
func ToTime(v Value) time.Duration { return time.Duration(v.n) * time.Microsecond }
