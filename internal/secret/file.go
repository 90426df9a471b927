package secret

import (
	"errors"
	"fmt"
	"io/fs"

	"accord/internal/ident"
	"accord/internal/secretfile"
)

// longestFile bounds a file of keys, in bytes: hundreds of them.
const longestFile = 64 << 10

// ReadFile reads the keys in a file that others cannot read.
func ReadFile(path string) ([]Key, error) {
	text, err := secretfile.Read(path, longestFile)
	if err != nil {
		return nil, err
	}
	keys, err := ParseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// OpenFile reads the keys in a file, and makes it with a new key if there is none.
func OpenFile(path string) (keys []Key, made bool, err error) {
	keys, err = ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = secretfile.Create(path, newKey().Text()+"\n"); err == nil || errors.Is(err, fs.ErrExist) {
			made = err == nil
			keys, err = ReadFile(path)
		}
	}
	return keys, made, err
}

// AddToFile puts a new key before those in a file, and returns it.
func AddToFile(path string) (Key, error) {
	keys, err := ReadFile(path)
	if err != nil {
		return Key{}, err
	}
	added := newKey()
	text := added.Text() + "\n"
	for _, key := range keys {
		text += key.Text() + "\n"
	}
	return added, secretfile.Replace(path, text)
}

// newKey returns a key that no seed decides: it has to be one that nobody guesses.
func newKey() Key { return Key{[Size]byte(ident.NewSource().Bytes(Size))} }
