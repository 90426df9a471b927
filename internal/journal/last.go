package journal

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"

	"accord/internal/ident"
)

// maxLookedBack bounds how much of the end of a journal is read for the last message.
const maxLookedBack = 256 << 20

// Delivered is a message that was delivered: where it is in its chain, and its sequence.
type Delivered struct {
	Chain    string
	Entry    int64
	Sequence int64
	Timeline ident.Timeline
}

// LastDelivered is the last message in the file or in those before it; false for none.
func (j *Journal) LastDelivered() (last Delivered, found bool, err error) {
	files, err := Files(j.path)
	if err != nil {
		return last, false, err
	}
	left := int64(maxLookedBack)
	for _, path := range slices.Backward(files) {
		err := backward(path, &left, func(line []byte) bool {
			e, _, _, sealed := unseal(line)
			if found = sealed && e.Sequence > 0; found {
				last = Delivered{e.Chain, e.Entry, e.Sequence, e.timeline()}
			}
			return !found
		})
		if found || left <= 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return last, found, err
		}
	}
	return last, false, nil
}

// backward calls visit with each line of a file from the last one on, until it returns
// false or nothing is left of what may be read.
func backward(path string, left *int64, visit func(line []byte) bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	block := int64(1 << 20)
	for end := info.Size(); end > 0 && *left > 0; {
		start := max(end-block, 0)
		text, err := between(f, start, end)
		if err != nil {
			return err
		}
		*left -= int64(len(text))
		whole := 0
		if start > 0 {
			if whole = bytes.IndexByte(text, '\n') + 1; whole == 0 || whole == len(text) {
				// One line is longer than the block.
				block *= 2
				continue
			}
		}
		all := bytes.Split(text[whole:], []byte{'\n'})
		for _, line := range slices.Backward(all) {
			if !visit(line) {
				return nil
			}
		}
		end = start + int64(whole)
	}
	return nil
}
