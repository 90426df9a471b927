package storetest

import (
	"github.com/google/go-cmp/cmp"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

var tags = []testCase{
	{"tags keep the order in which their keys were added", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			return tx.UpsertTags(ours.ID, "x", []org.Tag{pair("b", "1"), pair("a", "2"), pair("B", "3")})
		})
		t.write(func(tx *store.Tx) error {
			return tx.UpsertTags(ours.ID, "x", []org.Tag{pair("A", "4"), pair("a", "5"), pair("0", "6")})
		})
		wants(t, "the tags", []org.Tag{pair("b", "1"), pair("a", "5"), pair("B", "3"), pair("A", "4"), pair("0", "6")}, tagsOf(ours.ID, "x"))
		t.write(func(tx *store.Tx) error { return tx.DeleteTag(ours.ID, "x", "b") })
		t.write(func(tx *store.Tx) error { return tx.UpsertTags(ours.ID, "x", []org.Tag{pair("b", "7")}) })
		t.write(func(tx *store.Tx) error { return tx.UpsertTags(ours.ID, "x", nil) })
		wants(t, "with the first taken off and put on again", []org.Tag{pair("a", "5"), pair("B", "3"), pair("A", "4"), pair("0", "6"), pair("b", "7")}, tagsOf(ours.ID, "x"))
	}},
	{"tags are kept byte by byte", func(t *fixture) {
		var want []org.Tag
		for _, text := range append(hard, unordered...) {
			want = append(want, org.Tag{Key: text, Value: text})
		}
		want = append(want, org.Tag{Key: "empty"})
		t.write(func(tx *store.Tx) error { return tx.UpsertTags(ours.ID, "x", want) })
		wants(t, "the tags", want, tagsOf(ours.ID, "x"))
	}},
	{"tags belong to one resource of one organization", func(t *fixture) {
		put := func(o ident.OrganizationID, item, value string) {
			t.write(func(tx *store.Tx) error { return tx.UpsertTags(o, item, []org.Tag{pair("k", value)}) })
		}
		put(ours.ID, "x", "1")
		put(ours.ID, "y", "2")
		put(theirs.ID, "x", "3")
		t.write(func(tx *store.Tx) error { return tx.DeleteTag(ours.ID, "x", "k") })
		t.write(func(tx *store.Tx) error { return tx.DeleteTag(ours.ID, "x", "k") })
		wants(t, "the item without its tag", []org.Tag{}, tagsOf(ours.ID, "x"))
		t.write(func(tx *store.Tx) error { return tx.DeleteTags(ours.ID, "x") })
		wants(t, "another item", []org.Tag{pair("k", "2")}, tagsOf(ours.ID, "y"))
		wants(t, "a item of the other organization", []org.Tag{pair("k", "3")}, tagsOf(theirs.ID, "x"))
		t.write(func(tx *store.Tx) error { return tx.DeleteTags(theirs.ID, "x") })
		wants(t, "that item without tags", []org.Tag{}, tagsOf(theirs.ID, "x"))
	}},
	{"tags are listed in pages", func(t *fixture) {
		var want []org.Tag
		for _, key := range mixed(unordered) {
			want = append(want, pair(key, "v"))
		}
		// Each batch goes on where the one before it ended.
		for _, batch := range [][]org.Tag{want[:3], want[3:]} {
			t.write(func(tx *store.Tx) error { return tx.UpsertTags(ours.ID, "x", batch) })
		}
		t.write(func(tx *store.Tx) error { return tx.UpsertTags(ours.ID, "y", want) })
		for limit := 1; limit <= len(want)+1; limit++ {
			got, after := []org.Tag{}, page.First
			for {
				part := read(t, func(v *store.View) ([]store.OrderedTag, error) { return v.TagsAfter(ours.ID, "x", after, limit) })
				for _, placed := range part {
					got, after = append(got, placed.Tag), store.AfterTag(placed)
				}
				if len(part) < limit || len(got) > len(want) {
					break
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("in parts of %d (-want +got):\n%s", limit, diff)
			}
		}
	}},
	{"tags are moved to another resource", func(t *fixture) {
		want := []org.Tag{pair("b", "1"), pair("a", "2")}
		t.write(func(tx *store.Tx) error { return tx.UpsertTags(ours.ID, "h-1", want) })
		t.write(func(tx *store.Tx) error { return tx.UpsertTags(theirs.ID, "h-1", []org.Tag{pair("c", "3")}) })
		t.write(func(tx *store.Tx) error { return tx.MoveTags(ours.ID, "h-1", "account") })
		wants(t, "the account", want, tagsOf(ours.ID, "account"))
		wants(t, "where they waited", []org.Tag{}, tagsOf(ours.ID, "h-1"))
		wants(t, "the other organization", []org.Tag{pair("c", "3")}, tagsOf(theirs.ID, "h-1"))
		t.write(func(tx *store.Tx) error { return tx.MoveTags(ours.ID, "h-1", "account") })
	}},
}

func tagsOf(o ident.OrganizationID, item string) func(v *store.View) ([]org.Tag, error) {
	return func(v *store.View) ([]org.Tag, error) { return v.Tags(o, item) }
}

func pair(key, value string) org.Tag { return org.Tag{Key: key, Value: value} }
