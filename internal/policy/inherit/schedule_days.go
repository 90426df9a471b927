package inherit

import (
	"fmt"
	"strings"
	"time"

	"accord/internal/policy/document"
)

// dayOfMonth is the third field of a schedule. Sets count from 0: the first
// day, and no day before the last. [recorded]
type dayOfMonth struct {
	given       bool
	on          cronSet // n
	near        cronSet // nW: the weekday nearest to day n, in the same month
	fromEnd     cronSet // L-n
	nearFromEnd cronSet // L-nW
}

// mostFromEnd is the greatest n of L-n. [recorded]
const mostFromEnd = 30

// parseDays reads values, ranges and steps of days, L, L-n, LW, L-nW, nW and
// a-bW, in lists.
func parseDays(text string) (d dayOfMonth, violation string) {
	d.given = true
	for item := range strings.SplitSeq(text, ",") {
		day, near := strings.CutSuffix(item, "W")
		set, nearSet := &d.on, &d.near
		if back, last := strings.CutPrefix(day, "L"); last {
			n, ok := 0, true
			if back != "" {
				n, ok = digits(strings.TrimPrefix(back, "-"))
				ok = ok && back[0] == '-'
			}
			if !ok {
				return d, document.Quote(item) + " is not understood as day-of-month"
			}
			if n > mostFromEnd {
				return d, fmt.Sprintf("day-of-month %s: at most %d days before the last", document.Quote(item), mostFromEnd)
			}
			if set = &d.fromEnd; near {
				set = &d.nearFromEnd
			}
			set.add(n)
			continue
		}
		if near {
			set = nearSet
			if day == "*" || strings.Contains(day, "/") {
				return d, document.Quote(item) + " is not understood as day-of-month; W follows a day or a range of days"
			}
		}
		if violation := dayField.include(set, day); violation != "" {
			return d, violation
		}
	}
	return d, ""
}

// dayOfWeek is the fifth field of a schedule. Sets count from 0 for Sunday.
// [recorded]
type dayOfWeek struct {
	given bool
	on    cronSet    // n
	last  cronSet    // nL: the last of the month
	nth   [5]cronSet // n#k: the k-th of the month
}

// parseWeekdays reads values, ranges and steps of weekdays, L, nL and n#k, in
// lists with at most one of the last three.
func parseWeekdays(text string) (d dayOfWeek, violation string) {
	d.given = true
	special := 0
	for item := range strings.SplitSeq(text, ",") {
		day, last := strings.CutSuffix(item, "L")
		day, ordinal, numbered := strings.Cut(day, "#")
		if last || numbered {
			special++
		}
		switch {
		case last && numbered:
			return d, document.Quote(item) + " is not understood as day-of-week"
		case last && day == "":
			d.on.add(weekdayField.high - weekdayField.low)
		case last || numbered:
			n, violation := weekdayField.value(day, item)
			if violation != "" {
				return d, violation
			}
			if last {
				d.last.add(n - weekdayField.low)
				continue
			}
			k, ok := digits(ordinal)
			if !ok || k < 1 || k > len(d.nth) {
				return d, fmt.Sprintf("day-of-week %s: # is followed by a number from 1 to %d", document.Quote(item), len(d.nth))
			}
			d.nth[k-1].add(n - weekdayField.low)
		default:
			if violation := weekdayField.include(&d.on, day); violation != "" {
				return d, violation
			}
		}
	}
	if special > 1 {
		return d, "day-of-week takes one item with L or # at most"
	}
	return d, ""
}

// monthShape is the length of a month and the weekday of its first day, with
// 0 for Sunday.
type monthShape struct{ length, first int }

func (m monthShape) weekday(day int) int { return (m.first + day - 1) % 7 }

// near is the day from Monday to Friday that is nearest to a day, in the same
// month.
func (m monthShape) near(day int) int {
	switch time.Weekday(m.weekday(day)) {
	case time.Saturday:
		if day == 1 {
			return 3
		}
		return day - 1
	case time.Sunday:
		if day == m.length {
			return day - 2
		}
		return day + 1
	}
	return day
}

func (d *dayOfMonth) of(m monthShape) (days uint32) {
	for day := 1; day <= m.length; day++ {
		bit := uint32(1) << (day - 1)
		if d.on.has(day-1) || d.fromEnd.has(m.length-day) {
			days |= bit
		}
		if d.near.has(day-1) || d.nearFromEnd.has(m.length-day) {
			days |= 1 << (m.near(day) - 1)
		}
	}
	return days
}

func (d *dayOfWeek) of(m monthShape) (days uint32) {
	for day := 1; day <= m.length; day++ {
		weekday := m.weekday(day)
		if d.on.has(weekday) || d.nth[(day-1)/7].has(weekday) || day+7 > m.length && d.last.has(weekday) {
			days |= 1 << (day - 1)
		}
	}
	return days
}
