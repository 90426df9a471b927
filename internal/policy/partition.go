package policy

import (
	"strings"

	"accord/internal/policy/document"
)

// ScansNetworks reports whether a valid Security Hub policy configures the scanning of
// networks, which is a feature of the partition aws alone. [AWS: Security Hub policy
// syntax]
func ScansNetworks(content string) bool {
	node, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return false
	}
	for _, name := range []string{"securityhub", "features", "network_scanning"} {
		if node = memberIgnoringCase(node, name); node == nil {
			return false
		}
	}
	return true
}

func memberIgnoringCase(n *document.Node, name string) *document.Node {
	for _, m := range n.Members {
		if strings.EqualFold(m.Name, name) {
			return m.Value
		}
	}
	return nil
}
