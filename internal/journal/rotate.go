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
var rotated = regexp.MustCompile(`\.[0-9a-f]{8}-[0-9]{12}$`)

func rotatedName(path string, chain store.Journal) string {
	return fmt.Sprintf("%s.%.8s-%012d", path, chain.ID, chain.Entries)
}

// Files are the files of a journal: those that were renamed, oldest first, and the one
// that is written.
func Files(path string) ([]string, error) {
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	type found struct {
		path string
		at   time.Time
	}
	var all []found
	for _, n := range names {
		name := filepath.Join(filepath.Dir(path), n.Name())
		if rest := rotated.ReplaceAllString(name, ""); rest == name || rest != path {
			continue
		}
		info, err := n.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, found{name, info.ModTime()})
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.path, b.path)) })
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
