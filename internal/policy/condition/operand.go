package condition

import (
	"encoding/base64"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// OperandType is the type of an operator's operands.
type OperandType int

// The operand types. Text and Boolean take any text: a text that is not true
// counts as false. [recorded]
const (
	Text OperandType = iota
	Boolean
	Number
	Date
	Network
	ARN
	Binary
)

// operandTypes holds the types that are checked when a policy is saved: whether
// a text is valid, and what the diagnostic expects if it is not. [recorded:
// storage of IAM policies rejects malformed operands of these five]
var operandTypes = map[OperandType]struct {
	valid func(string) bool
	want  string
}{
	Number:  {IsNumber, "a number, such as 3600 or 1.5"},
	Date:    {func(text string) bool { _, ok := ParseDate(text); return ok }, "a date, such as 2026-01-31T08:00:00Z or 2026-01-31, or seconds since 1970"},
	Network: {func(text string) bool { _, ok := ParseNetwork(text); return ok }, "an IP address or range, such as 203.0.113.0/24 or 2001:db8::/32"},
	ARN:     {func(text string) bool { _, ok := ParseARN(text); return ok }, "an ARN of six parts, such as arn:aws:iam::*:role/audit-*"},
	Binary:  {isBase64, "base64 text"},
}

// Check returns "" if text is a valid operand of this type, or else what the
// type expects. A text with a policy variable is not checked: its value is
// known only with the request. [AWS: policy variables; recorded]
func (t OperandType) Check(text string) (want string) {
	row, checked := operandTypes[t]
	if !checked || strings.Contains(text, "${") || row.valid(text) {
		return ""
	}
	return row.want
}

var number = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// IsNumber reports whether text is a decimal number. Leading zeros, a sign, a
// point without digits on one side and an exponent are allowed. [recorded]
func IsNumber(text string) bool { return number.MatchString(text) }

var (
	epoch    = regexp.MustCompile(`^[+-]?[0-9]+$`)
	year     = regexp.MustCompile(`^[0-9]{4}$`)
	calendar = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?$`)
)

var dateLayouts = []string{
	"2006-01", "2006-01-02",
	"2006-01-02T15:04", "2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00",
}

// ParseDate reads a date of the W3C subset of ISO 8601, or seconds since 1970.
// Without a zone it is UTC; four digits alone are a year [assumed]. Fractions
// of a millisecond are cut off. [recorded]
func ParseDate(text string) (time.Time, bool) {
	switch {
	case year.MatchString(text):
		t, err := time.Parse("2006", text)
		return t, err == nil
	case epoch.MatchString(text):
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return time.Time{}, false
		}
		return time.Unix(seconds, 0).UTC(), true
	case calendar.MatchString(text):
		for _, layout := range dateLayouts {
			if t, err := time.Parse(layout, text); err == nil {
				return t.UTC().Truncate(time.Millisecond), true
			}
		}
	}
	return time.Time{}, false
}

var prefixLength = regexp.MustCompile(`^\+?[0-9]+$`)

// ParseNetwork reads an IPv4 or IPv6 address with an optional prefix length;
// without one it is the single address. Leading zeros in octets and
// prefix, and a plus sign before the prefix, are tolerated. Host bits are kept
// as written. [recorded]
func ParseNetwork(text string) (netip.Prefix, bool) {
	host, length, ranged := strings.Cut(text, "/")
	address, err := netip.ParseAddr(withoutLeadingZeros(host))
	if err != nil || address.Zone() != "" {
		return netip.Prefix{}, false
	}
	bits := address.BitLen()
	if ranged {
		if !prefixLength.MatchString(length) {
			return netip.Prefix{}, false
		}
		n, err := strconv.Atoi(length)
		if err != nil || n > bits {
			return netip.Prefix{}, false
		}
		bits = n
	}
	return netip.PrefixFrom(address, bits), true
}

// withoutLeadingZeros strips the octets of an IPv4 address, which the parser
// of the standard library would reject; other texts are returned unchanged.
func withoutLeadingZeros(host string) string {
	octets := strings.Split(host, ".")
	if len(octets) != 4 || strings.Contains(host, ":") {
		return host
	}
	for i, octet := range octets {
		if short := strings.TrimLeft(octet, "0"); short != "" {
			octets[i] = short
		} else if octet != "" {
			octets[i] = "0"
		}
	}
	return strings.Join(octets, ".")
}

// ParseARN splits an ARN, or a pattern of ARNs, into its six parts. With fewer
// parts it is not an ARN, even with a wildcard. [recorded]
func ParseARN(text string) (parts [6]string, ok bool) {
	split := strings.SplitN(text, ":", len(parts))
	if len(split) != len(parts) || !(split[0] == "arn" || strings.ContainsAny(split[0], "*?")) {
		return parts, false
	}
	return [6]string(split), true
}

// isBase64 reports whether text is padded base64. The decoder alone would
// skip line breaks.
func isBase64(text string) bool {
	_, err := base64.StdEncoding.Strict().DecodeString(text)
	return err == nil && !strings.ContainsAny(text, "\r\n")
}
