package org

import "accord/internal/ident"

// ResourcePolicy is the delegation policy of an organization: it gives single
// actions of the management account to members.
type ResourcePolicy struct {
	ID ident.ResourcePolicyID
	// Content is the document in the form in which it is kept and returned.
	Content string
}
