package condition

import (
	"strconv"
	"strings"
	"time"
)

// lastSecond is the greatest distance from 1970 that counts as an instant. [assumed:
// the one of java.time.Instant]
const lastSecond = 31_556_889_864_403_199

// ParseDate reads a date of the W3C subset of ISO 8601, or seconds since 1970.
// Without a zone it is UTC; four digits alone are a year [assumed]. Fractions
// of a millisecond are cut off. [recorded]
func ParseDate(text string) (time.Time, bool) {
	if isInteger(text) && !isYear(text) {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seconds > lastSecond || seconds < -lastSecond {
			return time.Time{}, false
		}
		return time.Unix(seconds, 0).UTC(), true
	}
	r := reader{rest: text}
	year, month, day := r.number(4), 1, 1
	hour, minute, second, nanosecond, zone := 0, 0, 0, 0, time.Duration(0)
	if r.next('-') {
		month = r.number(2)
		if r.next('-') {
			day = r.number(2)
			if r.next('T') {
				hour, minute = r.clock()
				if r.next(':') {
					second = r.number(2)
					if r.next('.') {
						nanosecond = r.milliseconds() * int(time.Millisecond)
					}
				}
				zone = r.zone()
			}
		}
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanosecond, time.UTC)
	// Fields out of range would be carried into the next ones.
	if r.failed || r.rest != "" || t.Month() != time.Month(month) || t.Day() != day || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	return t.Add(-zone), true
}

func isYear(text string) bool { return len(text) == 4 && digits(text) == 4 }

func isInteger(text string) bool {
	unsigned := strings.TrimLeft(text, "+-")
	return unsigned != "" && len(text)-len(unsigned) <= 1 && digits(unsigned) == len(unsigned)
}

// reader reads the fields of a date. After a failure all that it reads is 0.
type reader struct {
	rest   string
	failed bool
}

func (r *reader) next(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// number reads a number of exactly so many digits.
func (r *reader) number(length int) int {
	if len(r.rest) < length || digits(r.rest[:length]) < length {
		r.failed = true
		return 0
	}
	n := 0
	for i := range length {
		n = 10*n + int(r.rest[i]-'0')
	}
	r.rest = r.rest[length:]
	return n
}

func (r *reader) clock() (hour, minute int) {
	hour = r.number(2)
	if !r.next(':') {
		r.failed = true
	}
	return hour, r.number(2)
}

// milliseconds reads the digits after the point of a second, of which three count.
func (r *reader) milliseconds() int {
	length := digits(r.rest)
	if length == 0 {
		r.failed = true
		return 0
	}
	ms := 0
	for i := range 3 {
		if ms *= 10; i < length {
			ms += int(r.rest[i] - '0')
		}
	}
	r.rest = r.rest[length:]
	return ms
}

// zone reads Z, an offset from UTC, or nothing.
func (r *reader) zone() time.Duration {
	sign := 1
	switch {
	case r.rest == "", r.next('Z'):
		return 0
	case r.next('-'):
		sign = -1
	case !r.next('+'):
		r.failed = true
		return 0
	}
	hour, minute := r.clock()
	if hour > 23 || minute > 59 {
		r.failed = true
	}
	return time.Duration(sign*(hour*60+minute)) * time.Minute
}
