package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/test/evidence"
	"accord/test/facts"
)

// pageOf is one page of a list.
type pageOf struct {
	entries []any
	next    string
}

// page reads one page.
func (b *bench) page(operation string, r request) (pageOf, error) {
	a, err := b.call(r.caller, operation, r.body.bytes())
	if err == nil {
		_, err = b.judge(operation, lawful, a)
	}
	if err != nil || a.status != http.StatusOK {
		return pageOf{}, fmt.Errorf("%s: %d %s %w", r.body.bytes(), a.status, a.body, err)
	}
	var got map[string]any
	if err := json.Unmarshal(a.body, &got); err != nil {
		return pageOf{}, err
	}
	next, _ := got["NextToken"].(string)
	entries, _ := got[b.facts.Operations[operation].Page].([]any)
	return pageOf{entries, next}, nil
}

// smallest is a request for the smallest pages that the operation has.
func (b *bench) smallest(operation string, r request) request {
	if _, sizable := r.body["MaxResults"]; sizable {
		r.body = r.body.with(facts.Path{"MaxResults"}, 1)
	}
	return r
}

// tokens are the cases of page tokens. Where a list of the world has more than
// one page there are genuine ones to alter and to lend.
func (b *bench) tokens(t *testing.T, m *maker) []sample {
	t.Helper()
	if m.op.Page == "" {
		return nil
	}
	m.samples = nil
	r := m.requests[0]
	refuse := func(name, caller, value string) {
		m.addRaw(token, name, caller, r.body.with(facts.Path{"NextToken"}, value).bytes(),
			exactly("InvalidInputException", "INVALID_NEXT_TOKEN"))
	}
	first, err := b.page(m.name, b.smallest(m.name, r))
	if err != nil {
		t.Error(err)
		return nil
	}
	other := "ListAccounts"
	if m.name == other {
		other = "ListOrganizationalUnitsForParent"
	}
	foreign, err := b.page(other, b.smallest(other, b.world.lawful()[other][0]))
	if err != nil || foreign.next == "" {
		t.Errorf("%s gave no page token: %v", other, err)
		return nil
	}
	refuse("empty", r.caller, "")
	refuse("invented", r.caller, "AAAA")
	refuse("of another operation", r.caller, foreign.next)
	if first.next == "" {
		return m.samples
	}
	for _, at := range []int{0, len(first.next) / 2, len(first.next) - 1} {
		refuse(fmt.Sprintf("altered at %d", at), r.caller, altered(first.next, at))
	}
	refuse("cut", r.caller, first.next[:len(first.next)-1])
	refuse("longer", r.caller, first.next+"A")
	if lender, ok := b.lender(m.name, r); ok {
		page, err := b.page(m.name, b.smallest(m.name, lender))
		if err != nil || page.next == "" {
			t.Errorf("%s as %s gave no page token: %v", m.name, lender.caller, err)
			return nil
		}
		refuse("of another caller", r.caller, page.next)
	}
	return m.samples
}

// altered is a token with another character at a place.
func altered(token string, at int) string {
	other := "A"
	if token[at] == other[0] {
		other = "B"
	}
	return token[:at] + other + token[at+1:]
}

// lender is another account that may read the same list.
func (b *bench) lender(operation string, r request) (request, bool) {
	r.caller = delegate
	return r, b.facts.Access[operation].Standing == "reader"
}

// alone are the paged operations whose lists never have a second entry.
var alone = map[string]string{
	"ListRoots":   "an organization has one root",
	"ListParents": "everything has one parent",
}

// TestPagesAreTheList: the smallest pages together are the list, each entry once
// and in the same order, and only the last one has no token.
func TestPagesAreTheList(t *testing.T) {
	f, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, f, documented)
	for _, operation := range f.Names() {
		if f.Operations[operation].Page == "" {
			continue
		}
		t.Run(operation, func(t *testing.T) {
			r := b.world.lawful()[operation][0]
			whole, pages := b.walk(t, operation, r), b.walk(t, operation, b.smallest(operation, r))
			if diff := cmp.Diff(entriesOf(whole), entriesOf(pages)); diff != "" {
				t.Errorf("(-whole +pages)\n%s", diff)
			}
			if alone[operation] == "" {
				if len(pages) < 2 {
					t.Fatalf("%d pages: the world has too little to show", len(pages))
				}
				evidence.Note(operation, evidence.Paging)
			} else if len(entriesOf(pages)) != 1 {
				t.Errorf("%d entries, though %s", len(entriesOf(pages)), alone[operation])
			}
		})
	}
}

// walk reads all pages.
func (b *bench) walk(t *testing.T, operation string, r request) []pageOf {
	t.Helper()
	var pages []pageOf
	for len(pages) < 100 {
		page, err := b.page(operation, r)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
		if page.next == "" {
			return pages
		}
		if len(page.entries) == 0 {
			t.Fatal("a page in the middle is empty")
		}
		r.body = r.body.with(facts.Path{"NextToken"}, page.next)
	}
	t.Fatal("the list does not end")
	return nil
}

func entriesOf(pages []pageOf) []any {
	var all []any
	for _, p := range pages {
		all = append(all, p.entries...)
	}
	return all
}
