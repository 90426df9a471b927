package orgapi

// named is the account that an invitation names by its ID; nil for one by an address.
func (p *HandshakeParty) named() *string {
	if p == nil || p.Type == nil || *p.Type != HandshakePartyTypeAccount {
		return nil
	}
	return p.Id
}
