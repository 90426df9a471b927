package chart

import (
	"net/http"
	"strings"

	"accord/internal/console/visit"
)

// mostTargets bounds a list to choose from.
const mostTargets = 300

// mostNamed bounds the accounts that have a text in their name, among which one has it as its name.
const mostNamed = 1000

// Targets are what policies can be attached to, for a list to choose from: the root, the units,
// and accounts as far as the list has place.
func Targets(v *visit.Visit, o Organization, root RootOf) ([]Place, error) {
	all, _, err := places(v, Node{ID: root.ID, Name: root.Name})
	if err != nil {
		return nil, err
	}
	all = all[:min(len(all), mostTargets)]
	accounts, _, err := search(v, o.ID, "", mostTargets-len(all))
	for _, r := range accounts {
		all = append(all, Place{r.ID, r.Name})
	}
	return all, unlessDenied(err)
}

// FindTarget returns the ID of the root, unit or account that a text means: an ID, or a name
// that no other has. A text that looks like an ID is taken for one, whether there is one or not.
func FindTarget(v *visit.Visit, o Organization, root RootOf, text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" || IsTarget(text) {
		return text, nil
	}
	var found []string
	add := func(id, name string) {
		if strings.EqualFold(name, text) {
			found = append(found, id)
		}
	}
	units, _, err := places(v, Node{ID: root.ID, Name: root.Name})
	if err != nil {
		return "", err
	}
	for _, u := range units {
		add(u.ID, u.Name)
		if _, name, inner := cutLast(u.Name, " / "); inner {
			add(u.ID, name)
		}
	}
	accounts, _, err := search(v, o.ID, text, mostNamed)
	for _, r := range accounts {
		if add(r.ID, r.Name); !strings.EqualFold(r.Name, text) {
			add(r.ID, r.Email)
		}
	}
	switch {
	case unlessDenied(err) != nil:
		return "", err
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", &visit.Failure{Status: http.StatusBadRequest, Message: "Several have this name: " + strings.Join(found[:min(len(found), 5)], ", ") + ". Give the ID."}
	}
	return "", &visit.Failure{Status: http.StatusBadRequest, Message: "No root, unit or account has this ID or name."}
}

// IsTarget reports whether a text is written like the ID of a root, a unit or an account.
func IsTarget(text string) bool {
	digits := strings.Trim(text, "0123456789") == ""
	return strings.HasPrefix(text, "r-") || strings.HasPrefix(text, "ou-") || digits && len(text) == len("111111111111")
}

// cutLast cuts a text around the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}
