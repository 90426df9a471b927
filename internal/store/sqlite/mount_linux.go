package sqlite

import (
	"os"
	"strings"
)

// escapes are those of the fields of mountinfo. [Linux: proc]
var escapes = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// mounted reports whether a file is mounted by itself, without its folder.
func mounted(path string) bool {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 4 && escapes.Replace(fields[4]) == path {
			return true
		}
	}
	return false
}
