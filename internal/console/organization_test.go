package console_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"accord/internal/app"
)

// root finds the root of an organization on a page.
var root = regexp.MustCompile(`data-node="(r-[a-z0-9]+)"`)

// TestTheTreeGrowsAndChanges by forms: units and accounts are made, moved and renamed, and
// what the API refuses stands at its field.
func TestTheTreeGrowsAndChanges(t *testing.T) {
	b := open(t, app.Options{}, "behavior", "create-account=synchronous")
	contains(t, b.page("/console/"), "No organization yet")
	b.follow("/console/", "do", "organization", "account", alice, "features", "ALL")
	page := b.page("/console/organization?as=" + alice)
	found := root.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page shows no root: %s", page)
	}
	top := "/console/organization/" + found[1] + "?as=" + alice
	unit := b.follow(top, "do", "create-unit", "name", "Research")
	contains(t, b.page(unit), "Research", `aria-current="true"`, "Nothing below")
	refused := b.submit(top, "do", "create-unit", "name", "Research")
	contains(t, refused.body, "DuplicateOrganizationalUnitException", `aria-invalid="true"`, `value="Research"`)
	inner := b.follow(unit, "do", "create-unit", "name", "Laboratory")
	b.follow(inner, "do", "rename", "name", "Library")
	contains(t, b.page(inner), "Library", "Research")

	b.follow(top, "do", "create-account", "name", "Carol", "email", "carol@example.com")
	id := ""
	for _, a := range b.must(alice, "ListAccounts", `{}`)["Accounts"].([]any) {
		if a := a.(map[string]any); a["Name"] == "Carol" {
			id = a["Id"].(string)
		}
	}
	contains(t, b.page(top), `data-node="`+id+`"`)
	carol := "/console/organization/" + id + "?as=" + alice
	to := strings.TrimSuffix(strings.TrimPrefix(inner, "/console/organization/"), "?as="+alice)
	wrong := b.submit(carol, "do", "move", "parent", found[1], "to", "ou-"+found[1][2:]+"-nowhere1")
	contains(t, wrong.body, "DestinationParentNotFoundException", `aria-invalid="true"`)
	b.follow(carol, "do", "move", "parent", found[1], "to", to)
	page = b.page(carol)
	if strings.Index(page, "Library") > strings.Index(page, ">Carol<") {
		t.Error("the account is not below the unit")
	}
	contains(t, b.page(top+"&find=CAROL@"), "carol@example.com")
	b.follow(carol, "do", "remove", "parent", to)
	b.follow(inner, "do", "delete", "parent", found[1])
	contains(t, b.page(unit), "Nothing below")
}

// TestABranchIsAPartOfThePage: without a frame, for a tree that grows.
func TestABranchIsAPartOfThePage(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	found := root.FindStringSubmatch(b.page("/console/organization?as=" + alice))
	part := b.page("/console/organization/branches/" + found[1] + "?as=" + alice)
	contains(t, part, "<li", alice)
	if strings.Contains(part, "<html") {
		t.Errorf("a part has a frame: %s", part)
	}
	for _, node := range []string{alice, "r-0000", "ou-0000-00000000", "x"} {
		if a := b.get("/console/organization/branches/" + node + "?as=" + alice); a.status != http.StatusNotFound {
			t.Errorf("the branch of %s: %d", node, a.status)
		}
	}
}

// TestAMemberSeesNoTree, and is told who does.
func TestAMemberSeesNoTree(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	sent := b.must(alice, "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "`+bob+`"}}`)
	id, _ := sent["Handshake"].(map[string]any)["Id"].(string)
	b.must(bob, "AcceptHandshake", `{"HandshakeId": "`+id+`"}`)
	contains(t, b.page("/console/organization?as="+bob), "Act as the management account")
	contains(t, b.page("/console/organization?as="+alice), bob)
}

// more finds the address of the next part of a branch.
var more = regexp.MustCompile(`data-more="([^"]+)"`)

// TestALargeBranchIsReadInParts, each account once; the link beside it is the list.
func TestALargeBranchIsReadInParts(t *testing.T) {
	const accounts = 130
	b := open(t, app.Options{}, "behavior", "create-account=synchronous", "quota", "accounts-per-organization=200", "quota", "accounts-registered=200")
	b.must(alice, "CreateOrganization", `{}`)
	for i := range accounts - 1 {
		b.must(alice, "CreateAccount", fmt.Sprintf(`{"AccountName": "Member %d", "Email": "member%d@example.com"}`, i, i))
	}
	text, seen, parts := b.page("/console/organization?as="+alice), map[string]bool{}, 1
	contains(t, text, "More accounts", "/console/organization/accounts?below=r-")
	for {
		for _, found := range regexp.MustCompile(`data-node="(\d{12})"`).FindAllStringSubmatch(text, -1) {
			if seen[found[1]] {
				t.Errorf("%s is there twice", found[1])
			}
			seen[found[1]] = true
		}
		next := more.FindStringSubmatch(text)
		if next == nil {
			break
		}
		text, parts = b.page(html.UnescapeString(next[1])), parts+1
	}
	if len(seen) != accounts || parts != 2 {
		t.Errorf("%d accounts in %d parts", len(seen), parts)
	}
	wantPages(t, b, "/console/organization/accounts?as="+alice+"&find=member&sort=id", " or more of 130", accounts-1)
	contains(t, b.page("/console/organization/accounts?as="+alice+"&find=member+7&sort=email"), "11 of 130")
	contains(t, b.page("/console/organization?as="+alice+"&find=member"), "All that match, as a list")
}

// wantPages follows the pages of a list to the end and back: each account is there once, and the way
// back is the same.
func wantPages(t *testing.T, b browser, address, counted string, accounts int) {
	t.Helper()
	var there, back []string
	for _, way := range []struct {
		rel   string
		pages *[]string
	}{{"next", &there}, {"prev", &back}} {
		link := regexp.MustCompile(`rel="` + way.rel + `" href="([^"]+)"`)
		for {
			text := b.page(address)
			contains(t, text, counted)
			var ids []string
			for _, row := range regexp.MustCompile(`<td class="mono">(\d{12})</td>`).FindAllStringSubmatch(text, -1) {
				ids = append(ids, row[1])
			}
			*way.pages = append(*way.pages, strings.Join(ids, " "))
			next := link.FindStringSubmatch(text)
			if next == nil {
				break
			}
			address = html.UnescapeString(next[1])
		}
	}
	slices.Reverse(back)
	if all := strings.Fields(strings.Join(there, " ")); !slices.Equal(there, back) || len(all) != accounts || !slices.IsSorted(all) {
		t.Errorf("%d accounts on %d pages, and back on %d", len(all), len(there), len(back))
	}
}
