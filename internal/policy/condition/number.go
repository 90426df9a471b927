package condition

import (
	"cmp"
	"strconv"
	"strings"
)

// decimal is an exact decimal number of any length.
type decimal struct {
	negative bool
	// whole and fraction are the digits before and after the point. Neither the first of
	// whole nor, if that is empty, the first of fraction is 0.
	whole, fraction string
	// magnitude is the number of digits before the point, counted after the exponent was
	// applied.
	magnitude int
}

// parseDecimal reads a decimal number. Leading zeros, a sign, a point without digits on
// one side and an exponent are allowed. [recorded; assumed: an exponent has 32 bits]
func parseDecimal(text string) (decimal, bool) {
	var n decimal
	switch {
	case strings.HasPrefix(text, "-"):
		n.negative, text = true, text[1:]
	case strings.HasPrefix(text, "+"):
		text = text[1:]
	}
	end := digits(text)
	n.whole, text = text[:end], text[end:]
	if strings.HasPrefix(text, ".") {
		end = digits(text[1:])
		n.fraction, text = text[1:1+end], text[1+end:]
	}
	if n.whole == "" && n.fraction == "" {
		return decimal{}, false
	}
	exponent := int64(0)
	if text != "" {
		var err error
		if text[0] != 'e' && text[0] != 'E' {
			return decimal{}, false
		}
		if exponent, err = strconv.ParseInt(text[1:], 10, 32); err != nil {
			return decimal{}, false
		}
	}
	n.whole = strings.TrimLeft(n.whole, "0")
	n.magnitude = len(n.whole) + int(exponent)
	if n.whole == "" {
		length := len(n.fraction)
		n.fraction = strings.TrimLeft(n.fraction, "0")
		n.magnitude -= length - len(n.fraction)
	}
	if n.whole == "" && n.fraction == "" {
		return decimal{}, true
	}
	return n, true
}

// digits returns the number of digits at the start of a text.
func digits(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// IsNumber reports whether text is a decimal number.
func IsNumber(text string) bool {
	_, ok := parseDecimal(text)
	return ok
}

// compare orders two numbers exactly: there is no rounding. [recorded]
func (n decimal) compare(other decimal) int {
	switch sign := n.sign(); {
	case sign != other.sign():
		return cmp.Compare(sign, other.sign())
	case sign < 0:
		return other.compareDigits(n)
	}
	return n.compareDigits(other)
}

func (n decimal) sign() int {
	switch {
	case n.whole == "" && n.fraction == "":
		return 0
	case n.negative:
		return -1
	}
	return 1
}

func (n decimal) compareDigits(other decimal) int {
	if n.magnitude != other.magnitude {
		return cmp.Compare(n.magnitude, other.magnitude)
	}
	for i := range max(len(n.whole)+len(n.fraction), len(other.whole)+len(other.fraction)) {
		if a, b := n.digit(i), other.digit(i); a != b {
			return cmp.Compare(a, b)
		}
	}
	return 0
}

// digit returns a digit, counted from the first that is not 0; after the last one there
// are zeros.
func (n decimal) digit(i int) byte {
	if i < len(n.whole) {
		return n.whole[i]
	}
	if i -= len(n.whole); i < len(n.fraction) {
		return n.fraction[i]
	}
	return '0'
}
