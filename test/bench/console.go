//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"
)

// consoleTarget is how long a page of the console may take to be answered.
const consoleTarget = 100 * time.Millisecond

// What the server has beside the organization of thousands: invitations, of which each sends a
// mail and plans jobs, and records in the journal.
const (
	consoleInvitations = 10_000
	consoleRecords     = 100_000
)

// console measures how long pages of the console are waited for at thousands of accounts: as the
// first one after a change, which drops all that the store had kept, and again.
func (b *bench) console() error {
	server, err := b.serve("memory", "--journal="+filepath.Join(b.folder, "journal"))
	if err != nil {
		return err
	}
	defer b.endAll()
	admin := <-server.admin
	text, err := seedOf(thousands).JSON()
	if err != nil {
		return err
	}
	if _, err := adminRequest(admin, http.MethodPost, "/seed", text); err != nil {
		return err
	}
	root, unit, account, err := places(admin)
	if err != nil {
		return err
	}
	invite := func(int) loop {
		return func(c *connection, turn int) (int, error) {
			return 1, c.call(manager, "InviteAccountToOrganization", fmt.Sprintf(`{"Target":{"Type":"EMAIL","Id":"guest-%d@example.com"}}`, turn))
		}
	}
	if _, err := driveWhile(server, []loop{invite(0)}, func(turn int) bool { return turn < consoleInvitations }); err != nil {
		return err
	}
	if _, err := loadCalls(server, inTurn([]step{byManager("DescribeOrganization", `{}`)}), consoleRecords); err != nil {
		return err
	}
	as, below := "?as="+manager, "/console/organization"
	var rows [][]string
	for _, page := range []struct{ name, path string }{
		{"Home", "/console/" + as},
		{"the tree, whose root has 2,000 units", below + as},
		{"a branch with 1,000 units", below + "/branches/" + root + as},
		{"a branch with 5 accounts", below + "/branches/" + unit + as},
		{"an account in the tree", below + "/" + account + as},
		{"the tree, with a search that finds nothing", below + as + "&find=nothing"},
		{"the list by name", below + "/accounts" + as},
		{"its page after an account", below + "/accounts" + as + "&after=" + account},
		{"the list by address, backward", below + "/accounts" + as + "&sort=email&order=descending"},
		{"the list below a unit", below + "/accounts" + as + "&below=" + unit},
		{"the list of a text that is rare", below + "/accounts" + as + "&find=0042-3"},
		{"an account, with what binds it", below + "/accounts/" + account + as},
		{"the same, with \"may it …?\"", below + "/accounts/" + account + as + "&action=s3:GetObject"},
		{"Handshakes, of 10,000", "/console/handshakes" + as},
		{"Inbox, of 10,000 messages", "/console/inbox"},
		{"Calls, of 100,000", "/console/calls"},
		{"Time, with 20,000 jobs", "/console/time"},
		{"GET /explain", "/explain?account=" + account + "&action=s3:GetObject"},
	} {
		row, err := b.answered(server, admin, page.name, page.path, unit)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	b.table(fmt.Sprintf("The console at %d accounts, %d units, %d policies", thousands.accounts, thousands.units, thousands.policies),
		[]string{"page", "size", "after a change", "again", "CPU time", "target"}, rows)
	return nil
}

// places finds the root of the only organization, and a unit and an account that are its own.
func places(admin string) (root, unit, account string, err error) {
	var organizations struct {
		Organizations []struct{ ID, Root string }
	}
	var accounts struct {
		Accounts []struct{ ID, Parent string }
	}
	text, err := adminRequest(admin, http.MethodGet, "/organizations", nil)
	if err == nil {
		err = json.Unmarshal(text, &organizations)
	}
	if err != nil || len(organizations.Organizations) != 1 {
		return "", "", "", errors.Join(fmt.Errorf("%d organizations", len(organizations.Organizations)), err)
	}
	o := organizations.Organizations[0]
	text, err = adminRequest(admin, http.MethodGet, "/accounts?organization="+o.ID+"&limit=1000", nil)
	if err == nil {
		err = json.Unmarshal(text, &accounts)
	}
	if err != nil || len(accounts.Accounts) != 1000 {
		return "", "", "", errors.Join(fmt.Errorf("%d accounts", len(accounts.Accounts)), err)
	}
	middle := accounts.Accounts[500]
	return o.Root, middle.Parent, middle.ID, nil
}

// answered measures one page, each time after a change and then again.
func (b *bench) answered(server *process, admin, name, path, unit string) ([]string, error) {
	c, err := dial(server.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.close() }()
	var size int
	var times [2][]float64
	var costs []float64
	for round := range *rounds {
		rename := object("OrganizationalUnitId", unit, "Name", fmt.Sprintf("%s %d", name, round))
		if err := c.call(manager, "UpdateOrganizationalUnit", rename); err != nil {
			return nil, err
		}
		for again := range times {
			before, err := server.used()
			if err != nil {
				return nil, err
			}
			began := time.Now()
			if size, err = download(admin + path); err != nil {
				return nil, err
			}
			times[again] = append(times[again], float64(time.Since(began)))
			after, err := server.used()
			if err != nil {
				return nil, err
			}
			if again == 0 {
				costs = append(costs, float64(after-before))
			}
		}
	}
	show := func(ns []float64) string { return fmt.Sprintf("%.1f ms", median(ns)/1e6) }
	took := time.Duration(median(times[0]))
	return []string{
		name, kilobytes(size), show(times[0]), show(times[1]), show(costs),
		b.target(fmt.Sprintf("%s is answered in %v", name, took), took < consoleTarget),
	}, nil
}

// download reads what is at an address, and returns its size.
func download(address string) (int, error) {
	answer, err := http.Get(address)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d %.300s", address, answer.StatusCode, text)
	}
	return len(text), err
}
