package files

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"

	"accord/internal/whatif/cloudtrail"
)

// Find are the files of records of a name, of a pattern, or below a folder.
func Find(name string) ([]string, error) {
	found := []string{name}
	if _, err := os.Stat(name); err != nil {
		if found, err = filepath.Glob(name); err != nil || len(found) == 0 {
			return nil, fmt.Errorf("%s: there is no such file", name)
		}
	}
	var files []string
	for _, path := range found {
		before := len(files)
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == digests:
				return fs.SkipDir
			case !entry.IsDir() && (file == path || ofRecords.MatchString(entry.Name())):
				files = append(files, file)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, fmt.Errorf("%s: the folder has no files of records", path)
		}
	}
	return files, nil
}

// ofRecords are the names of files of records below a folder.
var ofRecords = regexp.MustCompile(`\.(json|jsonl|ndjson|log)(\.gz)?$`)

// digests is the folder of a bucket with files by which the others are validated. [AWS:
// CloudTrail digest file structure]
const digests = "CloudTrail-Digest"

// Records are the records of some files, one after the other. An error names its file.
func Records(names []string) iter.Seq2[*cloudtrail.Record, error] {
	return func(yield func(*cloudtrail.Record, error) bool) {
		for _, name := range names {
			if !read(name, yield) {
				return
			}
		}
	}
}

// read yields the records of a file, and reports whether more are wanted.
func read(name string, yield func(*cloudtrail.Record, error) bool) bool {
	file, err := os.Open(name)
	if err != nil {
		yield(nil, err)
		return false
	}
	defer func() { _ = file.Close() }()
	// A file without a byte is one that was not fetched, and not a day without calls.
	buffered := bufio.NewReader(file)
	if _, err := buffered.Peek(1); errors.Is(err, io.EOF) {
		yield(nil, fmt.Errorf("%s: the file is empty", name))
		return false
	}
	for record, err := range cloudtrail.Read(buffered) {
		if err != nil {
			yield(nil, fmt.Errorf("%s: %w", name, err))
			return false
		}
		if !yield(record, nil) {
			return false
		}
	}
	return true
}
