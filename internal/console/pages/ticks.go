package pages

import (
	"iter"
	"strconv"
	"time"
)

// tick is an instant that the time line names: where it is, in percent, and its name.
type tick struct {
	X, Label string
	// Anchor is the side of the name that is there: at the ends it does not go beyond them.
	Anchor string
}

func tickAt(x float64, label string) tick {
	t := tick{X: percent(x), Label: label, Anchor: "middle"}
	switch {
	case x < 6:
		t.Anchor = "start"
	case x > 94:
		t.Anchor = "end"
	}
	return t
}

// mostTicks is how many names fit beside each other on a telephone.
const mostTicks = 5

// days are the days between two instants that are named: each one, or each seventh, or further
// ones if they were too many.
func days(from, to time.Time) iter.Seq[time.Time] {
	first := from.UTC().Truncate(day).Add(day)
	step := day
	for _, n := range []int{2, 7, 14, 30, 90, 365} {
		if to.Sub(first)/step < mostTicks {
			break
		}
		step = time.Duration(n) * day
	}
	return func(yield func(time.Time) bool) {
		for at := first; at.Before(to) && yield(at); at = at.Add(step) {
		}
	}
}

const day = 24 * time.Hour

// label is the name of a day, with its year if that is not the one of now.
func label(at, now time.Time) string {
	if at.Year() == now.UTC().Year() {
		return at.Format("2 Jan")
	}
	return at.Format("2 Jan 2006")
}

// percent is a number for an attribute.
func percent(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
