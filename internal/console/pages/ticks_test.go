package pages

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTheTimeLineNamesFewDays: as many as fit, however long it is, all of them on it.
func TestTheTimeLineNamesFewDays(t *testing.T) {
	from := time.Date(2026, 12, 30, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		long time.Duration
		want string
	}{
		{0, ""},
		{time.Hour, ""},
		{4 * day, "31 Dec, 1 Jan 2027, 2 Jan 2027, 3 Jan 2027"},
		{15 * day, "31 Dec, 7 Jan 2027, 14 Jan 2027"},
		{90 * day, "31 Dec, 30 Jan 2027, 1 Mar 2027"},
		{3 * 365 * day, "31 Dec, 31 Dec 2027, 30 Dec 2028"},
	} {
		var names []string
		for at := range days(from, from.Add(c.long)) {
			names = append(names, label(at, from))
		}
		if got := strings.Join(names, ", "); got != c.want {
			t.Errorf("%v: %s, want %s", c.long, got, c.want)
		}
	}
	anchors := []string{tickAt(0, "").Anchor, tickAt(50, "").Anchor, tickAt(100, "").Anchor}
	if !slices.Equal(anchors, []string{"start", "middle", "end"}) {
		t.Errorf("names at the ends and in the middle begin at %v", anchors)
	}
}
