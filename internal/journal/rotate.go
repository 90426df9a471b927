package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"accord/internal/store"
)

// Rotation says when the file is renamed and a new one begun. The zero value leaves that
// to other programs.
type Rotation struct {
	// Size is the size of a file from which on a new one is begun, in bytes; 0 for none.
	Size int64
	// Age is how long a file is written to; 0 for ever.
	Age time.Duration
	// Keep is how many renamed files are kept; 0 for all.
	Keep int
}

// due reports whether a file is to be renamed.
func (r Rotation) due(size int64, began, now time.Time) bool {
	return size > 0 && (r.Size > 0 && size >= r.Size || r.Age > 0 && now.Sub(began) >= r.Age)
}

// rotated is what the names of renamed files end with: the chain and its last entry, so
// that no name is used twice.
var rotated = regexp.MustCompile(`\.([0-9a-f]{8})-([0-9]{12})$`)

func rotatedName(path string, chain store.Journal) string {
	return fmt.Sprintf("%s.%.8s-%012d", path, chain.ID, chain.Entries)
}

// renamed is a file that was renamed.
type renamed struct {
	path, chain string
	entry       int
	at          time.Time
}

// Files are the files of a journal: those that were renamed, oldest first, and the one
// that is written. Those of one chain are in its order, because times of files change when
// they are copied, and clocks are set back.
func Files(path string) ([]string, error) {
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var all []renamed
	newest := map[string]time.Time{}
	for _, n := range names {
		name := filepath.Join(filepath.Dir(path), n.Name())
		end := rotated.FindStringSubmatch(name)
		if end == nil || strings.TrimSuffix(name, end[0]) != path {
			continue
		}
		info, err := n.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		entry, _ := strconv.Atoi(end[2])
		all = append(all, renamed{name, end[1], entry, info.ModTime()})
		if info.ModTime().After(newest[end[1]]) {
			newest[end[1]] = info.ModTime()
		}
	}
	slices.SortFunc(all, func(a, b renamed) int {
		return cmp.Or(newest[a.chain].Compare(newest[b.chain]), cmp.Compare(a.chain, b.chain), cmp.Compare(a.entry, b.entry))
	})
	var files []string
	for _, f := range all {
		files = append(files, f.path)
	}
	if _, err := os.Stat(path); err == nil {
		files = append(files, path)
	}
	return files, nil
}

// prune removes the oldest of the renamed files.
func prune(path string, keep int, log *slog.Logger) error {
	if keep == 0 {
		return nil
	}
	files, err := Files(path)
	if err != nil {
		return err
	}
	// The last one is the file that is written.
	for len(files) > keep+1 {
		if err := os.Remove(files[0]); err != nil {
			return err
		}
		log.Info("an old file of the journal was removed", "file", files[0])
		files = files[1:]
	}
	return nil
}
