package condition

import (
	"net/netip"

	"accord/internal/policy/wildcard"
)

// networks are operands that are IP networks. Malformed ones are left out, and so are
// IPv6 networks with host bits, which match nothing. [recorded]
type networks []netip.Prefix

func newNetworks(operands []Template) networks {
	var c networks
	for _, text := range constants(operands) {
		if p, ok := ParseNetwork(text); ok && (p.Addr().Is4() || p == p.Masked()) {
			c = append(c, p.Masked())
		}
	}
	return c
}

func (c networks) compare(value string, _ Request) outcome {
	address, ok := parseAddress(value)
	if !ok {
		return incomparable
	}
	// An IPv4 address in IPv6 counts as IPv4, a network does not. [recorded]
	address = address.Unmap()
	for _, network := range c {
		if network.Contains(address) {
			return equal
		}
	}
	return different
}

// arns are operands that are patterns of ARNs. They are compared in their order, and a
// malformed one that is reached ends the comparison. [recorded]
type arns []arnOperand

type arnOperand struct {
	Template
	// constant is the pattern of a template without variables.
	constant *arnPattern
}

// arnPattern is a pattern of six parts.
type arnPattern struct {
	parts [6]wildcard.Pattern
	valid bool
}

func newARNs(operands []Template) arns {
	c := make(arns, len(operands))
	for i, operand := range operands {
		if c[i].Template = operand; len(operand.variables) == 0 {
			p := parseARNPattern(operand.start)
			c[i] = arnOperand{constant: &p}
		}
	}
	return c
}

func parseARNPattern(p wildcard.Pattern) arnPattern {
	parts, n := SplitARN(p)
	return arnPattern{parts, n == len(parts) && (parts[0] == "arn" || !parts[0].IsLiteral())}
}

func (c arns) compare(value string, r Request) outcome {
	parts, ok := ParseARN(value)
	if !ok || parts[0] != "arn" {
		return incomparable
	}
	for _, operand := range c {
		p := operand.constant
		if p == nil {
			expanded, ok := operand.Expand(r.Context, longest)
			if !ok {
				continue
			}
			parsed := parseARNPattern(expanded)
			p = &parsed
		}
		switch {
		case !p.valid:
			return undecided
		case p.matches(parts):
			return equal
		}
	}
	return different
}

func (p *arnPattern) matches(parts [6]string) bool {
	for i := range parts {
		if !p.parts[i].Match(parts[i]) {
			return false
		}
	}
	return true
}
