package policy

import (
	"strings"

	"accord/internal/policy/document"
)

// CheckNetworkScanning returns a diagnostic of a valid Security Hub policy that configures the
// scanning of networks, which is a feature of the partition aws alone. [AWS: Security Hub
// policy syntax]
func CheckNetworkScanning(content string) *document.Diagnostic {
	node, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return diagnostic
	}
	var at *document.Path
	var last document.Member
	for i, name := range []string{"securityhub", "features", "network_scanning"} {
		if i > 0 {
			at, node = at.Member(last.Name), last.Value
		}
		var found bool
		if last, found = memberIgnoringCase(node, name); !found {
			return nil
		}
	}
	return last.Diagnostic(at, "Security Hub scans networks in the partition aws only")
}

func memberIgnoringCase(n *document.Node, name string) (document.Member, bool) {
	for _, m := range n.Members {
		if strings.EqualFold(m.Name, name) {
			return m, true
		}
	}
	return document.Member{}, false
}
