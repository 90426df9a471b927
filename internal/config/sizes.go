package config

import (
	"strconv"
	"strings"
	"time"

	"accord/internal/clock"
)

// parseSize reads a number of bytes; "off" is 0.
func parseSize(text string) (int64, bool) {
	if text == "off" {
		return 0, true
	}
	factor := int64(1)
	for unit, bytes := range map[string]int64{"KB": 1e3, "MB": 1e6, "GB": 1e9} {
		if number, has := strings.CutSuffix(text, unit); has {
			text, factor = number, bytes
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n * factor, err == nil && n > 0 && n <= 1e15/factor
}

// parseAge reads a duration that is not 0; "off" is 0.
func parseAge(text string) (time.Duration, bool) {
	if text == "off" {
		return 0, true
	}
	d, err := clock.ParseDuration(text)
	return d, err == nil && d > 0
}
