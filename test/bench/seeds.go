//go:build linux

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"time"

	seeds "accord/internal/seed"
)

// seedsLinear is what an account of the largest seed may cost, in those of the one of a tenth.
const seedsLinear = 1.3

// seedScales are those of snapshots, and all accounts of the largest one in one unit.
var seedScales = append(slices.Clone(snapshotScales), scale{accounts: 10_000, units: 1, policies: 1})

// seeds measures applying documents to empty stores, and again, which changes nothing.
func (b *bench) seeds() error {
	var documents [][]byte
	for _, s := range seedScales {
		text, err := seedOf(s).JSON()
		if err != nil {
			return err
		}
		documents = append(documents, text)
	}
	for name, store := range map[string]string{"memory": "memory", "SQLite": b.file("seeds")} {
		if err := b.applied(name, store, documents); err != nil {
			return err
		}
	}
	return b.onPostgres(func(urls [2]string) error { return b.applied("PostgreSQL", urls[0], documents) })
}

// seedOf is a seed of a size: units with an attached policy and their share of the accounts.
func seedOf(s scale) *seeds.Document {
	o := seeds.Organization{
		Management: seeds.Account{ID: manager, Name: "Management"},
		Quotas: map[string]int64{
			"accounts-per-organization": 1 << 20, "units-per-organization": 1 << 20, "policies-service-control": 1 << 20,
		},
	}
	for i := range s.policies {
		o.Policies = append(o.Policies, seeds.Policy{Name: fmt.Sprintf("policy-%04d", i), Text: seeds.Text{
			Content: fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::bucket-%d"}]}`, i),
		}})
	}
	for i := range s.units {
		u := seeds.Unit{Name: fmt.Sprintf("Unit %04d", i), Target: seeds.Target{Policies: []seeds.Ref{seeds.Ref(o.Policies[i%s.policies].Name)}}}
		u.Accounts = []seeds.Account{{Name: fmt.Sprintf("account-%04d-{n}", i), Count: s.accounts / s.units}}
		o.Root.Units = append(o.Root.Units, u)
	}
	return &seeds.Document{Version: seeds.Version, Organizations: []seeds.Organization{o}}
}

// applied measures one store with the documents of each scale.
func (b *bench) applied(name, store string, documents [][]byte) error {
	server, err := b.serve(store)
	if err != nil {
		return err
	}
	defer b.endAll()
	admin := <-server.admin
	var rows [][]string
	var perAccount []float64
	for i, s := range seedScales {
		var first, second, cost []float64
		for range max(1, min(*rounds, 3)) {
			if _, err := adminRequest(admin, http.MethodPost, "/reset", nil); err != nil {
				return err
			}
			for _, times := range []*[]float64{&first, &second} {
				before, _ := server.used()
				began := time.Now()
				answer, err := adminRequest(admin, http.MethodPost, "/seed", documents[i])
				if err != nil {
					return err
				}
				took := time.Since(began)
				after, err := server.used()
				if err != nil {
					return err
				}
				if times == &first {
					cost = append(cost, (after - before).Seconds())
				}
				if times == &second && !bytes.Contains(answer, []byte(`"changes":[]`)) {
					return fmt.Errorf("the second time changes %.200s", answer)
				}
				*times = append(*times, took.Seconds())
			}
		}
		// The CPU time changes less with other work of the machine than the clock, but has not that
		// of another process.
		if name == "PostgreSQL" {
			cost = first
		}
		perAccount = append(perAccount, median(cost)/float64(s.accounts))
		rows = append(rows, []string{
			fmt.Sprint(s.accounts), fmt.Sprint(s.units), fmt.Sprint(s.policies), fmt.Sprintf("%.2f s", median(first)), fmt.Sprintf("%.0f µs", 1e6*perAccount[i]),
			fmt.Sprintf("%.2f s", median(second)), "",
		})
	}
	last := len(snapshotScales) - 1
	grown := perAccount[last] / perAccount[last-1]
	rows[last][len(rows[last])-1] = b.target(fmt.Sprintf("%s: a seed is linear: %.2f times a tenth of it", name, grown), grown < seedsLinear)
	b.table("Seeds, "+name, []string{"accounts", "units", "policies", "applied", "each account", "applied again", "target"}, rows)
	return nil
}
