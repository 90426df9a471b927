//go:build linux

package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// target notes whether a figure meets its target, and returns a mark for the table.
func (b *bench) target(what string, met bool) string {
	if met {
		return "met"
	}
	b.missed = append(b.missed, what)
	return "MISSED"
}

// table prints rows under a heading, in the form of Markdown.
func (b *bench) table(title string, heading []string, rows [][]string) {
	fmt.Fprintf(b.out, "\n### %s\n\n| %s |\n|%s\n", title, strings.Join(heading, " | "), strings.Repeat("---|", len(heading)))
	for _, r := range rows {
		fmt.Fprintf(b.out, "| %s |\n", strings.Join(r, " | "))
	}
}

// median is the median of some numbers.
func median(numbers []float64) float64 {
	if len(numbers) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(numbers))
	return sorted[len(sorted)/2]
}

// typical is the measurement of the medians of many.
func typical(all []measurement) (m measurement) {
	pick := func(of func(measurement) float64) float64 {
		numbers := make([]float64, len(all))
		for i := range all {
			numbers[i] = of(all[i])
		}
		return median(numbers)
	}
	m.rate = pick(func(m measurement) float64 { return m.rate })
	m.busy = pick(func(m measurement) float64 { return m.busy })
	m.cost = time.Duration(pick(func(m measurement) float64 { return float64(m.cost) }))
	return m
}

// share is how many calls per CPU-second b has, as a part of those of a: without bound if
// b took no time after a subtraction.
func share(a, b measurement) float64 {
	if b.cost <= 0 {
		return math.Inf(1)
	}
	return float64(a.cost) / float64(b.cost)
}

// readable is a ratio for people. Above 3 it is that of a time near zero, which says no more.
func readable(ratio float64) string {
	if ratio > 3 {
		return "above 3"
	}
	return fmt.Sprintf("%.2f", ratio)
}

func kilobytes(n int) string { return fmt.Sprintf("%.1f kB", float64(n)/1000) }

func microseconds(m measurement) string { return fmt.Sprintf("%.1f µs", float64(m.cost)/1000) }

// show is a measurement for people.
func show(m measurement) string {
	return fmt.Sprintf("%.0f calls/s at %.0f %% of the core, %s each", m.rate, 100*m.busy, microseconds(m))
}
