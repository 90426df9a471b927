package journal

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// source is a file that is verified. It is read from one descriptor, so that a rotation
// meanwhile does not matter.
type source struct {
	path string
	file *os.File
	info os.FileInfo
	// lowest are the lowest entries of the chains in it.
	lowest map[string]int64
}

type sources []*source

func (all sources) close() {
	for _, s := range all {
		_ = s.file.Close()
	}
}

// openAll opens files, each once.
func openAll(paths []string) (_ sources, err error) {
	var all sources
	defer func() {
		if err != nil {
			all.close()
		}
	}()
	for _, path := range paths {
		// journal* names the lock too.
		if own, is := strings.CutSuffix(path, ".lock"); is && slices.Contains(paths, own) {
			continue
		}
		// To open a pipe would wait for its other end.
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s: %w", path, errNotRegular)
		}
		if slices.ContainsFunc(all, func(s *source) bool { return os.SameFile(s.info, info) }) {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		all = append(all, &source{path: path, file: f, info: info})
	}
	return all, nil
}

// maxLists bounds how often files are listed again because one was renamed meanwhile.
const maxLists = 100

// openWritten opens the files of a journal that is rotated meanwhile.
func openWritten(path string) (sources, error) {
	for range maxLists {
		files, err := Files(path)
		if err != nil {
			return nil, err
		}
		all, err := openAll(files)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		if again, failed := Files(path); err == nil && failed == nil && slices.Equal(files, again) {
			return all, nil
		}
		all.close()
	}
	return nil, fmt.Errorf("%s: %w", path, errMoving)
}

// inOrder sorts files so that those that a chain has gone through come in its order.
func (all sources) inOrder() (sources, error) {
	for _, s := range all {
		s.lowest = map[string]int64{}
		err := s.eachLine(func(_ int, line []byte) bool {
			if e, _, _, sealed := unseal(line); sealed {
				if lowest, here := s.lowest[e.Chain]; !here || e.Entry < lowest {
					s.lowest[e.Chain] = e.Entry
				}
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	var ordered sources
	for rest := slices.Clone(all); len(rest) > 0; {
		// Where none can be first, entries were moved: that is found in any order.
		next := max(slices.IndexFunc(rest, func(s *source) bool { return s.first(rest) }), 0)
		ordered = append(ordered, rest[next])
		rest = slices.Delete(rest, next, next+1)
	}
	return ordered, nil
}

// first reports whether no other file has earlier entries of a chain of this one.
func (s *source) first(all sources) bool {
	for _, other := range all {
		for chain, entry := range s.lowest {
			if earlier, here := other.lowest[chain]; here && earlier < entry {
				return false
			}
		}
	}
	return true
}

var errLongLine = errors.New("it is not a journal: a line is longer than any record")

// eachLine calls visit with each line and its number, until it returns false.
func (s *source) eachLine(visit func(n int, line []byte) bool) error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReaderSize(s.file, 1<<20)
	if magic, _ := r.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		plain, err := gzip.NewReader(r)
		if err != nil {
			return fmt.Errorf("%s: %w", s.path, err)
		}
		r = bufio.NewReaderSize(plain, 1<<20)
	}
	for n := 1; ; n++ {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s:%d: %w", s.path, n, err)
		}
		if !visit(n, line) {
			return nil
		}
	}
}

// readLine reads up to a line break, or to the end, which is io.EOF.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		piece, err := r.ReadSlice('\n')
		line = append(line, piece...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
		if len(line) > longestLine {
			return nil, errLongLine
		}
	}
}
