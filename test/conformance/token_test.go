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
func (b *runner) page(operation string, r request) (pageOf, error) {
	a, err := b.call(r.caller, operation, r.body.bytes())
	if err == nil {
		_, err = b.check(operation, valid, a)
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
func (b *runner) smallest(operation string, r request) request {
	if _, sizable := r.body["MaxResults"]; sizable {
		r.body = r.body.with(facts.Path{"MaxResults"}, 1)
	}
	return r
}

// tokens are the cases of page tokens. Where a list of the fixture has more than one
// page, valid tokens are altered, and used by another caller.
func (b *runner) tokens(t *testing.T, m *maker) []testCase {
	t.Helper()
	if m.op.Page == "" {
		return nil
	}
	m.testCases = nil
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
	foreign, err := b.page(other, b.smallest(other, b.fixture.valid()[other][0]))
	if err != nil || foreign.next == "" {
		t.Errorf("%s gave no page token: %v", other, err)
		return nil
	}
	refuse("empty", r.caller, "")
	refuse("invented", r.caller, "AAAA")
	refuse("of another operation", r.caller, foreign.next)
	if first.next == "" {
		return m.testCases
	}
	for _, at := range []int{0, len(first.next) / 2, len(first.next) - 1} {
		refuse(fmt.Sprintf("altered at %d", at), r.caller, altered(first.next, at))
	}
	refuse("cut", r.caller, first.next[:len(first.next)-1])
	refuse("longer", r.caller, first.next+"A")
	if otherReader, ok := b.otherReader(m.name, r); ok {
		page, err := b.page(m.name, b.smallest(m.name, otherReader))
		if err != nil || page.next == "" {
			t.Errorf("%s as %s gave no page token: %v", m.name, otherReader.caller, err)
			return nil
		}
		refuse("of another caller", r.caller, page.next)
	}
	return m.testCases
}

// altered is a token with another character at a position.
func altered(token string, at int) string {
	other := "A"
	if token[at] == other[0] {
		other = "B"
	}
	return token[:at] + other + token[at+1:]
}

// otherReader is another account that may read the same list.
func (b *runner) otherReader(operation string, r request) (request, bool) {
	r.caller = delegate
	return r, b.facts.Access[operation].Standing == "reader"
}

// singleEntry are the paged operations whose lists never have a second entry.
var singleEntry = map[string]string{
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
	b := newRunner(t, f, documented)
	for _, operation := range f.Names() {
		if f.Operations[operation].Page == "" {
			continue
		}
		t.Run(operation, func(t *testing.T) {
			r := b.fixture.valid()[operation][0]
			whole, pages := b.walk(t, operation, r), b.walk(t, operation, b.smallest(operation, r))
			if diff := cmp.Diff(entriesOf(whole), entriesOf(pages)); diff != "" {
				t.Errorf("(-whole +pages)\n%s", diff)
			}
			if singleEntry[operation] == "" {
				if len(pages) < 2 {
					t.Fatalf("%d pages: the fixture has too few entries", len(pages))
				}
				evidence.Note(operation, evidence.Paging)
			} else if len(entriesOf(pages)) != 1 {
				t.Errorf("%d entries, though %s", len(entriesOf(pages)), singleEntry[operation])
			}
		})
	}
}

// walk reads all pages.
func (b *runner) walk(t *testing.T, operation string, r request) []pageOf {
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
			t.Fatal("a page before the last is empty")
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
