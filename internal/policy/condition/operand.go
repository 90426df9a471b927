package condition

import (
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
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

// ParseNetwork reads an IPv4 or IPv6 address with an optional prefix length;
// without one it is the single address. Leading zeros in octets and
// prefix, and a plus sign before the prefix, are tolerated. Host bits are kept
// as written. [recorded]
func ParseNetwork(text string) (netip.Prefix, bool) {
	host, length, ranged := strings.Cut(text, "/")
	address, ok := parseAddress(host)
	if !ok {
		return netip.Prefix{}, false
	}
	bits := address.BitLen()
	if ranged {
		length = strings.TrimPrefix(length, "+")
		n, err := strconv.Atoi(length)
		if err != nil || digits(length) != len(length) || n > bits {
			return netip.Prefix{}, false
		}
		bits = n
	}
	return netip.PrefixFrom(address, bits), true
}

// parseAddress reads an address without a zone.
func parseAddress(host string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(host)
	if err != nil {
		address, err = netip.ParseAddr(withoutLeadingZeros(host))
	}
	return address, err == nil && address.Zone() == ""
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
	parts, n := SplitARN(text)
	return parts, n == len(parts) && (parts[0] == "arn" || strings.ContainsAny(parts[0], "*?"))
}

// SplitARN splits a text at its first five colons, and returns how many of the parts
// there are.
func SplitARN[T ~string](text T) (parts [6]T, n int) {
	for ; n < len(parts)-1; n++ {
		colon := strings.IndexByte(string(text), ':')
		if colon < 0 {
			break
		}
		parts[n], text = text[:colon], text[colon+1:]
	}
	parts[n] = text
	return parts, n + 1
}

// isBase64 reports whether text is padded base64. The decoder alone would
// skip line breaks.
func isBase64(text string) bool {
	_, err := base64.StdEncoding.Strict().DecodeString(text)
	return err == nil && !strings.ContainsAny(text, "\r\n")
}
