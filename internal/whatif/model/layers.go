package model

import "accord/internal/policy/evaluate"

// LayerNames are the layers of a decision in words.
var LayerNames = map[evaluate.Source]string{
	evaluate.SCP: "service control policy", evaluate.RCP: "resource control policy", evaluate.ResourceBased: "resource-based policy",
	evaluate.IdentityBased: "identity-based policy", evaluate.PermissionsBoundary: "permissions boundary", evaluate.SessionPolicies: "session policy",
}
