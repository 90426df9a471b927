package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"accord/internal/clock"
)

// duration is the value of a flag that takes a length of time, also in days.
type duration time.Duration

// durationFlag adds such a flag.
func durationFlag(c *cobra.Command, name string, by time.Duration, usage string) *time.Duration {
	value := new(time.Duration)
	*value = by
	c.Flags().Var((*duration)(value), name, usage)
	return value
}

func (d *duration) String() string { return time.Duration(*d).String() }

func (d *duration) Set(text string) error {
	parsed, err := clock.ParseDuration(text)
	if err != nil || parsed < 0 {
		return fmt.Errorf("a duration such as 500ms, 2s or 15d is expected")
	}
	*d = duration(parsed)
	return nil
}

func (d *duration) Type() string { return "duration" }
