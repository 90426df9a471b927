package compare

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"accord/internal/seed"
)

// Documents compares two documents.
func Documents(a, b *seed.Document) *Report {
	before, after := take(a), take(b)
	match(before, after)
	r := &Report{Changes: []Change{}, Counts: map[What]int{}}
	for _, t := range before.things {
		if t.twin != nil {
			r.changes(before, after, t)
		} else if !gone(t.of) && !unknown(b, t, "") && !after.implies(t) {
			r.Changes = append(r.Changes, Change{What: Removed, Kind: t.kind, ID: t.id, Name: t.called(), Before: t.shown()})
		}
	}
	for _, t := range after.things {
		if t.twin == nil && !unknown(a, t, "") && !before.implies(t) {
			r.Changes = append(r.Changes, Change{What: Added, Kind: t.kind, ID: t.id, Name: t.called(), After: t.shown()})
		}
	}
	slices.SortStableFunc(r.Changes, func(x, y Change) int {
		return cmp.Or(slices.Index(kinds, x.Kind)-slices.Index(kinds, y.Kind), strings.Compare(x.Name, y.Name),
			strings.Compare(x.ID, y.ID), strings.Compare(string(x.What), string(y.What)), strings.Compare(x.Field, y.Field))
	})
	for _, c := range r.Changes {
		r.Counts[c.What]++
	}
	for i, d := range []*seed.Document{a, b} {
		for _, u := range d.Unread {
			what := u.Error
			if u.Operation != seed.Unseen {
				what = strings.TrimSpace(u.Operation+" "+u.Subject) + ": " + what
			}
			r.NotCompared = append(r.NotCompared, []string{"the first", "the second"}[i]+" does not know "+what)
		}
	}
	return r
}

// gone reports whether one of the things is not in the second document: what was about it is
// gone with it.
func gone(of []*thing) bool {
	return slices.ContainsFunc(of, func(t *thing) bool { return t.listed && t.twin == nil })
}

// changes adds what is different about a thing.
func (r *Report) changes(before, after *inventory, a *thing) {
	b := a.twin
	add := func(what What, field string, from, to any) {
		if !unknown(before.doc, a, field) && !unknown(after.doc, b, field) {
			r.Changes = append(r.Changes, Change{what, b.kind, cmp.Or(b.id, a.id), b.called(), field, from, to})
		}
	}
	if keyOf(a.parent) != keyOf(b.parent) {
		add(Moved, parentField, place(a.parent), place(b.parent))
	}
	fields := maps.Clone(a.fields)
	maps.Copy(fields, b.fields)
	for field := range fields {
		from, stated := a.fields[field]
		to, states := b.fields[field]
		if same(from, to) || optional[field] && !(stated && states) {
			continue
		}
		add(Changed, field, value(from), value(to))
	}
	if from, to := before.order[a], after.order[b]; reordered(from, to) {
		add(Changed, orderField, names(from), names(to))
	}
}

func keyOf(t *thing) string {
	if t == nil {
		return ""
	}
	return t.key
}

// same reports whether two values of a field are equal.
func same(a, b any) bool {
	x, isThing := a.(*thing)
	y, both := b.(*thing)
	if isThing && both {
		return x.key == y.key || x.id != "" && x.id == y.id
	}
	return a == b
}

// reordered reports whether the second list is in another order than the first one would have
// after its things were taken away and the new ones were added at its end.
func reordered(a, b []*thing) bool {
	keys := func(list []*thing) []string {
		var all []string
		for _, t := range list {
			all = append(all, t.key)
		}
		return all
	}
	before, after := keys(a), keys(b)
	expected := slices.DeleteFunc(slices.Clone(before), func(key string) bool { return !slices.Contains(after, key) })
	for _, key := range after {
		if !slices.Contains(before, key) {
			expected = append(expected, key)
		}
	}
	return !slices.Equal(expected, after)
}

func names(list []*thing) string {
	var all []string
	for _, t := range list {
		all = append(all, t.called())
	}
	return strings.Join(all, ", ")
}

// called is what a person calls a thing.
func (t *thing) called() string {
	switch t.kind {
	case attachmentKind:
		return t.of[0].called() + " at " + place(t.of[1])
	case administratorKind:
		return t.of[0].called() + " for " + t.name
	case answerKind:
		return t.of[1].called()
	case userKind, groupKind, roleKind, managedKind:
		return t.of[0].called() + "/" + t.name
	case unitKind:
		return t.name
	case delegationKind:
		return ""
	}
	if name, is := t.fields["name"].(string); is {
		return name
	}
	return cmp.Or(t.name, t.id)
}

// place is a target as people say it.
func place(t *thing) string {
	switch {
	case t == nil:
		return "no organization"
	case t.kind == rootKind:
		return "Root"
	}
	return t.called()
}

// value is a value of a field, for a report.
func value(v any) any {
	if t, is := v.(*thing); is {
		return cmp.Or(t.id, t.name)
	}
	return v
}

// shown are the fields of a thing, for a report.
func (t *thing) shown() map[string]any {
	all := map[string]any{}
	for field, v := range t.fields {
		all[field] = value(v)
	}
	if t.kind == unitKind || t.kind == accountKind {
		all[parentField] = place(t.parent)
	}
	return all
}
