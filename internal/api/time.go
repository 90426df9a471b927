package api

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Time is an instant on the wire: epoch seconds with three decimals, in plain
// notation [recorded]. Finer parts are cut, not rounded.
type Time struct{ time.Time }

// At returns the wire form of an instant.
func At(t time.Time) *Time { return &Time{t} }

// MarshalJSON writes epoch seconds with three decimals.
func (t Time) MarshalJSON() ([]byte, error) {
	return t.AppendJSON(make([]byte, 0, 16)), nil
}

// AppendJSON appends what MarshalJSON writes.
func (t Time) AppendJSON(b []byte) []byte {
	ms := t.UnixMilli()
	if ms < 0 {
		b = append(b, '-')
		ms = -ms
	}
	b = strconv.AppendInt(b, ms/1000, 10)
	ms %= 1000
	return append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}

// AppendEventJSON appends the form of event records, with seconds [AWS: CloudTrail
// examples].
func (t Time) AppendEventJSON(b []byte) []byte {
	return t.UTC().AppendFormat(b, `"Jan 2, 2006 3:04:05 PM"`)
}

// UnmarshalJSON reads epoch seconds in any JSON number form, as clients send
// both 1482952459.257 and 1.482952459257E9.
func (t *Time) UnmarshalJSON(b []byte) error {
	seconds, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("timestamp %.40q is not a number of seconds", b)
	}
	// Beyond the years that time.Time prints, the number is no date at all; nor is
	// what compares with nothing.
	if !(math.Abs(seconds) <= 253402300799) {
		return fmt.Errorf("timestamp %.40q is out of range", b)
	}
	t.Time = time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
	return nil
}
