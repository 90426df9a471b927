package export

import "fmt"

// File is what a document became.
type File struct {
	Text []byte
	// Notes say what the format has no words for, a line each.
	Notes []string
}

// note adds a note.
func (f *File) note(format string, args ...any) {
	f.Notes = append(f.Notes, printable(fmt.Sprintf(format, args...)))
}

// Error says why a document cannot be exported as asked.
type Error struct{ Text string }

func (e *Error) Error() string { return e.Text }

// plural counts things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
