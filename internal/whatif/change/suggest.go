package change

import (
	"strings"

	"accord/internal/org"
	"accord/internal/spelling"
	"accord/internal/whatif/model"
)

// suggest is the end of an error about an ID that there is not: targets with that name, or with
// a similar ID.
func suggest(o *model.Organization, text string) string {
	var ids, named []string
	add := func(id, name string) {
		if ids = append(ids, id); strings.EqualFold(name, text) {
			named = append(named, id)
		}
	}
	add(string(o.Root), org.RootName)
	for _, u := range o.Units {
		add(string(u.ID), u.Name)
	}
	for _, account := range o.Accounts {
		add(string(account.ID), account.Name)
	}
	if len(named) > 0 {
		return "; that is the name of " + strings.Join(named[:min(len(named), mostNamed)], ", ")
	}
	return spelling.Suggest(text, ids)
}

// mostNamed bounds how many targets an error names.
const mostNamed = 3
