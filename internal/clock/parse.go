package clock

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// days matches a duration that begins with days.
var days = regexp.MustCompile(`^([-+]?)([0-9]{1,6})d(.*)$`)

// ParseDuration parses a length of time: that of time.ParseDuration, which may begin
// with days of 24 hours, such as 15d, 1d12h or 90m.
func ParseDuration(text string) (time.Duration, error) {
	parts := days.FindStringSubmatch(text)
	if parts == nil {
		return time.ParseDuration(text)
	}
	invalid := fmt.Errorf("%.80q is not a duration", text)
	sign, rest := parts[1], parts[3]
	n, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || n > int64(1<<63-1)/int64(24*time.Hour) {
		return 0, invalid
	}
	total := time.Duration(n) * 24 * time.Hour
	if rest != "" {
		// The rest has no sign of its own.
		below, err := time.ParseDuration(rest)
		if err != nil || rest[0] == '-' || rest[0] == '+' || total+below < total {
			return 0, invalid
		}
		total += below
	}
	if sign == "-" {
		total = -total
	}
	return total, nil
}

// ParseInstant parses an instant of RFC 3339, such as 2026-12-24T12:00:00Z, or a date,
// such as 2026-12-24, which is midnight UTC.
func ParseInstant(text string) (time.Time, error) {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at, nil
	}
	return time.Parse(time.RFC3339Nano, text)
}
