package clone

import (
	"time"

	"accord/internal/seed"
)

// Latest is the latest instant of what has happened in an organization, and of the reading.
func Latest(d *seed.Document) (latest time.Time) {
	if d.Clock != nil {
		latest = *d.Clock
	}
	see := func(all ...*seed.When) {
		for _, one := range all {
			if one != nil && one.At.After(latest) {
				latest = one.At
			}
		}
	}
	index := seed.NewIndex(d)
	for i := range index.Members {
		see(index.Members[i].Joined)
	}
	for _, o := range d.Organizations {
		for _, s := range o.TrustedServices {
			see(s.Enabled)
		}
		for _, a := range o.DelegatedAdministrators {
			see(a.Enabled)
		}
		for _, h := range o.Handshakes {
			see(h.Requested)
		}
		for _, c := range o.AccountCreations {
			see(c.Requested, c.Completed)
		}
	}
	return latest
}
