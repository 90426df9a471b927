//go:build linux

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// start measures the time from the start of the process to its first answer, and
// its memory.
func (b *bench) start() error {
	fresh, existing := []float64{}, []float64{}
	for i := range 2 * *rounds {
		file := b.file(fmt.Sprintf("start%d", i))
		for _, times := range []*[]float64{&fresh, &existing} {
			took, err := b.firstAnswer(file)
			if err != nil {
				return err
			}
			*times = append(*times, took)
		}
	}
	var rows [][]string
	for name, times := range map[string][]float64{"a new file": fresh, "a file that exists": existing} {
		typical, worst := median(times), slices.Max(times)
		rows = append(rows, []string{
			"first answer on " + name, fmt.Sprintf("%.0f ms, at most %.0f ms in %d starts", typical, worst, len(times)),
			b.target(fmt.Sprintf("first answer on %s within 30 ms: %.0f ms", name, typical), typical < 30),
		})
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	server, err := b.serve(b.file("memory"))
	if err != nil {
		return err
	}
	for _, when := range []string{"after the start", "after reads by all clients"} {
		time.Sleep(3 * time.Second)
		bytes, err := server.resident()
		if err != nil {
			return err
		}
		megabytes := float64(bytes) / 1e6
		rows = append(rows, []string{
			"resident memory, idle " + when, fmt.Sprintf("%.0f MB", megabytes),
			b.target(fmt.Sprintf("resident below 40 MB %s: %.0f MB", when, megabytes), megabytes < 40),
		})
		if err := b.readForAWhile(server); err != nil {
			return err
		}
	}
	b.table("Start and memory", []string{"what", "value", "target"}, rows)
	return nil
}

// firstAnswer is the time to the first answer in milliseconds.
func (b *bench) firstAnswer(store string) (float64, error) {
	began := time.Now()
	server, err := b.serve(store)
	if err != nil {
		return 0, err
	}
	defer b.endAll()
	c, err := dial(server.address)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.close() }()
	// An error is an answer, too.
	var failed *apiError
	if err := c.call(manager, "DescribeOrganization", `{}`); err != nil && !errors.As(err, &failed) {
		return 0, err
	}
	return float64(time.Since(began)) / 1e6, nil
}

func (b *bench) readForAWhile(server *process) error {
	c, err := dial(server.address)
	if err != nil {
		return err
	}
	defer func() { _ = c.close() }()
	var failed *apiError
	if err := c.call(manager, "CreateOrganization", `{}`); err != nil && !errors.As(err, &failed) {
		return err
	}
	_, err = load(server, *clients, 2*time.Second, inTurn([]step{byManager("ListAccounts", pageOf20)}))
	return err
}
