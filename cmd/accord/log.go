package main

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"

	"accord/internal/config"
	"accord/internal/telemetry"
)

// logOptions returns how the log is written. By itself it takes the format for people
// where people read it: on a terminal. There it has colors, unless the environment
// declines them. [no-color.org]
func logOptions(c config.Config, stderr io.Writer, environment func(string) string) telemetry.Options {
	file, isFile := stderr.(*os.File)
	terminal := isFile && isatty.IsTerminal(file.Fd())
	o := telemetry.Options{Format: telemetry.Format(c.LogFormat), Level: c.LogLevel}
	if c.LogFormat == config.Auto {
		if o.Format = telemetry.Text; terminal {
			o.Format = telemetry.Terminal
		}
	}
	o.Color = terminal && environment("NO_COLOR") == "" && environment("TERM") != "dumb"
	return o
}
