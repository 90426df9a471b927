package jobs

import (
	"fmt"
	"strings"
)

// Outcome is what a job has done, in words for the log: "invitation", "expired".
type Outcome struct{ Object, Verb string }

// counts are the numbers of outcomes, in the order in which they first appeared.
type counts struct {
	order []Outcome
	times map[Outcome]int
}

func (c *counts) add(o Outcome) {
	if c.times[o]++; c.times[o] == 1 {
		c.order = append(c.order, o)
	}
}

func (c *counts) String() string {
	var parts []string
	for _, o := range c.order {
		plural := "s"
		if c.times[o] == 1 {
			plural = ""
		}
		parts = append(parts, fmt.Sprintf("%d %s%s %s", c.times[o], o.Object, plural, o.Verb))
	}
	return strings.Join(parts, ", ")
}
