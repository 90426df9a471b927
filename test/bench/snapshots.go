//go:build linux

package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"accord/accordtest"
)

// snapshotScales are the sizes of which snapshots are measured: costs per account have to
// stay the same.
var snapshotScales = []scale{{100, 20, 10}, {1_000, 200, 100}, thousands}

// The targets of the part snapshots: how long the way back may take after a change, and
// what it may cost for each account in the largest organization, in those of the middle one.
const (
	backOf100, backOf10000 = 20 * time.Millisecond, time.Second
	snapshotsLinear        = 1.5
	// fromTarget is how long a server in a test may take to begin with a state.
	fromTarget = 10 * time.Millisecond
)

// snapshots measures saving the state of a server, and the way back to it.
func (b *bench) snapshots() error {
	var files [][]byte
	for _, s := range snapshotScales {
		server, err := b.serve("memory")
		if err != nil {
			return err
		}
		if _, err := build(server, s); err != nil {
			return err
		}
		file, err := adminRequest(<-server.admin, http.MethodGet, "/snapshot", nil)
		if err != nil {
			return err
		}
		files = append(files, file)
		b.endAll()
	}
	for name, store := range map[string]string{"memory": "memory", "SQLite": b.file("snapshots")} {
		if err := b.waysBack(name, store, files, true); err != nil {
			return err
		}
	}
	if err := b.onPostgres(func(urls [2]string) error { return b.waysBack("PostgreSQL", urls[0], files, false) }); err != nil {
		return err
	}
	return b.begunInTests(files[0])
}

// waysBack measures one store with the states of each scale.
func (b *bench) waysBack(name, store string, files [][]byte, bounded bool) error {
	server, err := b.serve(store)
	if err != nil {
		return err
	}
	defer b.endAll()
	admin := <-server.admin
	c, err := dial(server.address)
	if err != nil {
		return err
	}
	defer func() { _ = c.close() }()
	var rows [][]string
	var perAccount []float64
	for i, s := range snapshotScales {
		m := &wayBack{admin: admin, c: c}
		loaded := m.timed(http.MethodPut, "/snapshot", files[i])
		saved := m.timed(http.MethodPost, "/snapshots", []byte(`{"name":"base","replace":true}`))
		var changed, emptied []float64
		for range *rounds {
			m.change()
			changed = append(changed, m.timed(http.MethodPost, "/reset", []byte(`{"snapshot":"base"}`)))
			m.timed(http.MethodPost, "/reset", nil)
			emptied = append(emptied, m.timed(http.MethodPost, "/reset", []byte(`{"snapshot":"base"}`)))
		}
		if m.err != nil {
			return m.err
		}
		back := median(changed)
		perAccount = append(perAccount, back/float64(s.accounts))
		target := ""
		if most := map[int]time.Duration{100: backOf100, 10_000: backOf10000}[s.accounts]; most > 0 && bounded {
			target = b.target(fmt.Sprintf("%s: back to %d accounts within %s: %.1f ms", name, s.accounts, most, back), back < float64(most)/1e6)
		}
		rows = append(rows, []string{
			fmt.Sprint(s.accounts), kilobytes(len(files[i])), fmt.Sprintf("%.1f ms", loaded), fmt.Sprintf("%.1f ms", saved),
			fmt.Sprintf("%.1f ms", back), fmt.Sprintf("%.1f ms", median(emptied)), target,
		})
	}
	last := len(perAccount) - 1
	grown := perAccount[last] / perAccount[last-1]
	cell := &rows[last][len(rows[last])-1]
	*cell = strings.TrimPrefix(*cell+", "+b.target(fmt.Sprintf("%s: a snapshot is linear: %.2f times a tenth of it", name, grown), grown < snapshotsLinear), ", ")
	b.table("Snapshots, "+name+", with units and policies of a fifth and a tenth of the accounts",
		[]string{"accounts", "file", "file loaded and checked", "saved under a name", "back after a change", "back from nothing", "target"}, rows)
	return nil
}

// wayBack sends requests until one fails.
type wayBack struct {
	admin string
	c     *connection
	err   error
}

// timed is how long a request takes, in milliseconds.
func (w *wayBack) timed(method, path string, body []byte) float64 {
	if w.err != nil {
		return 0
	}
	began := time.Now()
	_, w.err = adminRequest(w.admin, method, path, body)
	return float64(time.Since(began)) / 1e6
}

// change makes a unit.
func (w *wayBack) change() {
	if w.err == nil {
		w.err = w.c.call(manager, "ListRoots", `{}`)
	}
	if w.err == nil {
		w.err = w.c.call(manager, "CreateOrganizationalUnit", naming(w.c.text("Id"), "Changed"))
	}
}

// begunInTests measures servers of accordtest that begin with a state.
func (b *bench) begunInTests(file []byte) error {
	first, err := accordtest.New()
	if err != nil {
		return err
	}
	defer func() { _ = first.Close() }()
	state, err := accordtest.ParseSnapshot(file)
	if err != nil {
		return err
	}
	var empty, begun, restored []float64
	for range 5 * *rounds {
		for _, m := range []struct {
			times   *[]float64
			options []accordtest.Option
		}{{&empty, nil}, {&begun, []accordtest.Option{accordtest.From(state)}}} {
			began := time.Now()
			s, err := accordtest.New(m.options...)
			if err != nil {
				return err
			}
			*m.times = append(*m.times, float64(time.Since(began))/1e6)
			if err := s.Close(); err != nil {
				return err
			}
		}
		began := time.Now()
		first.Restore(state)
		restored = append(restored, float64(time.Since(began))/1e6)
	}
	from := median(begun)
	b.table("Servers in tests, with 100 accounts", []string{"what", "time", "target"}, [][]string{
		{"an empty server", fmt.Sprintf("%.1f ms", median(empty)), ""},
		{"a server from a snapshot", fmt.Sprintf("%.1f ms", from), b.target(fmt.Sprintf("a server from a snapshot within %s: %.1f ms", fromTarget, from), from < float64(fromTarget)/1e6)},
		{"the way back, each transaction twice", fmt.Sprintf("%.1f ms", median(restored)), ""},
	})
	return nil
}
