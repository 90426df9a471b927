package inherit

import (
	"fmt"
	"math/bits"
	"strings"
	"time"

	"accord/internal/policy/document"
)

// schedule is a cron expression of a backup rule, in UTC. [recorded]
type schedule struct {
	minutes, hours, months, years cronSet
	days                          dayOfMonth
	weekdays                      dayOfWeek
}

// cronFields is the number of fields that have a meaning: fields after the year
// are ignored. [recorded for a seventh field]
const cronFields = 6

// parseSchedule reads cron(minutes hours day-of-month month day-of-week
// [year]). The violation is "" if the expression is valid.
func parseSchedule(expression string) (s *schedule, violation string) {
	inner, ok := strings.CutPrefix(expression, "cron(")
	if !ok {
		return nil, document.Quote(expression) + " is not a schedule: write cron(minutes hours day-of-month month day-of-week year)"
	}
	if inner, ok = strings.CutSuffix(inner, ")"); !ok {
		return nil, "the schedule does not end with the closing bracket of cron(…)"
	}
	fields := strings.FieldsFunc(strings.ToUpper(inner), func(r rune) bool { return r == ' ' || r == '\t' })
	if len(fields) == cronFields-1 {
		fields = append(fields, "*")
	}
	if len(fields) < cronFields {
		return nil, fmt.Sprintf("the schedule has %d fields; cron takes minutes, hours, day-of-month, month, day-of-week and year", len(fields))
	}
	s = &schedule{}
	for i, f := range []struct {
		field cronField
		set   *cronSet
	}{{minuteField, &s.minutes}, {hourField, &s.hours}, {dayField, nil}, {monthField, &s.months}, {weekdayField, nil}, {yearField, &s.years}} {
		switch {
		case f.set != nil:
			*f.set, violation = f.field.parse(fields[i])
		case fields[i] == "?":
		case f.field.name == dayField.name:
			s.days, violation = parseDays(fields[i])
		default:
			s.weekdays, violation = parseWeekdays(fields[i])
		}
		if violation != "" {
			return nil, violation
		}
	}
	if s.days.given == s.weekdays.given {
		return nil, "exactly one of day-of-month and day-of-week must be ?"
	}
	return s, ""
}

// daysOf returns the days of a month on which the schedule runs; the lowest bit is
// the first day.
func (s *schedule) daysOf(year int, month time.Month) uint32 {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	m := monthShape{length: first.AddDate(0, 1, -1).Day(), first: int(first.Weekday())}
	if s.weekdays.given {
		return s.weekdays.of(m)
	}
	return s.days.of(m)
}

// run returns the first run after the instant; false when there is none before the
// year 2200.
func (s *schedule) run(after time.Time) (time.Time, bool) {
	first := after.UTC().Truncate(time.Minute).Add(time.Minute)
	for year := max(first.Year(), yearField.low); year <= yearField.high; year++ {
		if !s.years.has(year - yearField.low) {
			continue
		}
		for month := time.January; month <= time.December; month++ {
			if !s.months.has(int(month) - monthField.low) {
				continue
			}
			monthEnds := time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC)
			if !monthEnds.After(first) {
				continue
			}
			for days := s.daysOf(year, month); days != 0; days &= days - 1 {
				day := time.Date(year, month, bits.TrailingZeros32(days)+1, 0, 0, 0, 0, time.UTC)
				if found, ok := s.runOn(day, first); ok {
					return found, true
				}
			}
		}
	}
	return time.Time{}, false
}

// runOn returns the first run on a day that is not before the instant.
func (s *schedule) runOn(day, first time.Time) (time.Time, bool) {
	if !day.AddDate(0, 0, 1).After(first) {
		return time.Time{}, false
	}
	for hour := hourField.low; hour <= hourField.high; hour++ {
		if !s.hours.has(hour) {
			continue
		}
		for minute := minuteField.low; minute <= minuteField.high; minute++ {
			at := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
			if s.minutes.has(minute) && !at.Before(first) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// nextTwo returns the two runs after the instant; false when fewer remain.
func (s *schedule) nextTwo(after time.Time) (first, second time.Time, ok bool) {
	if first, ok = s.run(after); !ok {
		return first, second, false
	}
	second, ok = s.run(first)
	return first, second, ok
}

// tooDense returns a message if fewer than two runs remain, or if the next two are
// less than the pause apart; pauseName is the pause in words.
func (s *schedule) tooDense(now time.Time, pause time.Duration, pauseName string) (violation string) {
	first, second, ok := s.nextTwo(now)
	if !ok {
		return "the schedule must have two runs or more after this request; it has fewer"
	}
	if second.Sub(first) < pause {
		const layout = "2006-01-02 15:04"
		return fmt.Sprintf("the next two runs must be at least %s apart; they are %s and %s UTC", pauseName, first.Format(layout), second.Format(layout))
	}
	return ""
}

// forever is the pause of a schedule with fewer than two runs left.
const forever = time.Duration(unbounded)

// pause returns the time between the next two runs.
func (s *schedule) pause(now time.Time) time.Duration {
	first, second, ok := s.nextTwo(now)
	if !ok {
		return forever
	}
	return second.Sub(first)
}
