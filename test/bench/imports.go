//go:build linux

package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"time"

	described "accord/internal/seed"
)

// importTarget is how long an import of 2,000 accounts may take.
const importTarget = 20 * time.Second

// imports brings organizations of two sizes from one server into another: what is read through
// the API, and what is made of it.
func (b *bench) imports() error {
	var rows [][]string
	for _, size := range []struct {
		accounts, units, policies int
		target                    time.Duration
	}{{2000, 400, 200, importTarget}, {10_000, 2000, 1000, 0}} {
		row, err := b.oneImport(size.accounts, size.units, size.policies, size.target)
		if err != nil {
			return err
		}
		rows = append(rows, row)
		b.endAll()
	}
	b.table("an import from another Accord, both in memory on one core", []string{"organization", "read", "read and made", "accounts a second", "drift", "target"}, rows)
	return nil
}

func (b *bench) oneImport(accounts, units, policies int, target time.Duration) ([]string, error) {
	source, err := b.serve("memory")
	if err != nil {
		return nil, err
	}
	here, err := b.serve("memory")
	if err != nil {
		return nil, err
	}
	from, to := <-source.admin, <-here.admin
	text, err := organizationOf(accounts, units, policies).JSON()
	if err != nil {
		return nil, err
	}
	if _, err := adminRequest(from, http.MethodPost, "/seed", text); err != nil {
		return nil, err
	}
	took := func(args ...string) (time.Duration, error) {
		began := time.Now()
		args = append([]string{"import", "--endpoint", "http://" + source.address, "--account", "111111111111", "--admin", to}, args...)
		if said, err := exec.Command(b.binary, args...).CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%v: %w\n%s", args, err, said)
		}
		return time.Since(began), nil
	}
	read, err := took("--out", filepath.Join(b.folder, "import.yaml"))
	if err != nil {
		return nil, err
	}
	whole, err := took()
	if err != nil {
		return nil, err
	}
	drift, err := took("--drift")
	if err != nil {
		return nil, err
	}
	limit := "-"
	if target > 0 {
		limit = b.target(fmt.Sprintf("%d accounts in %v", accounts, target), whole <= target)
	}
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
	return []string{
		fmt.Sprintf("%d accounts, %d units, %d policies", accounts, units, policies),
		seconds(read), seconds(whole), fmt.Sprintf("%.0f", float64(accounts)/whole.Seconds()), seconds(drift), limit,
	}, nil
}

// organizationOf is an organization whose units are in groups, each with a policy, a tag and so
// many accounts.
func organizationOf(accounts, units, policies int) *described.Document {
	const group = 50
	o := described.Organization{
		Management: described.Account{ID: "111111111111", Name: "management"}, PolicyTypes: []string{"SERVICE_CONTROL_POLICY"},
	}
	for i := range policies {
		o.Policies = append(o.Policies, described.Policy{
			Name: fmt.Sprintf("policy %d", i),
			Text: described.Text{Content: fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:Delete%d","Resource":"*"}]}`, i)},
		})
	}
	made := 0
	for top := range units / group {
		parent := described.Unit{Name: fmt.Sprintf("group %d", top)}
		for i := range group - 1 {
			n := top*group + i
			u := described.Unit{
				Name:     fmt.Sprintf("unit %d", i),
				Accounts: []described.Account{{Name: fmt.Sprintf("account %d-{n}", n), Count: accounts / units, Target: described.Target{Tags: described.Tags{{Key: "unit", Value: fmt.Sprint(n)}}}}},
			}
			u.Policies = []described.Ref{described.Ref(o.Policies[n%policies].Name)}
			made += accounts / units
			parent.Units = append(parent.Units, u)
		}
		o.Root.Units = append(o.Root.Units, parent)
	}
	// The rest is in the root, beside the management account.
	o.Root.Accounts = []described.Account{{Name: "rest-{n}", Count: accounts - made - 1}}
	return &described.Document{Version: described.Version, Organizations: []described.Organization{o}}
}
