package telemetry

// Format is how the lines of a log are written.
type Format string

// The formats.
const (
	// Text has NAME=VALUE pairs, as slog.TextHandler writes them.
	Text Format = "text"
	// JSON has an object in each line.
	JSON Format = "json"
	// Terminal is for people: short, and laid out for 100 columns.
	Terminal Format = "terminal"
)
