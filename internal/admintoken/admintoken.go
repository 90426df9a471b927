// Package admintoken has the token of the admin API: a file that the server and its
// clients read, and nobody else can.
package admintoken

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"

	"accord/internal/ident"
	"accord/internal/secretfile"
)

// The length of a token, in bytes. A shorter one could be guessed.
const (
	shortest = 32
	longest  = 1024
)

// Read returns the token in a file that others cannot read: one line. No error shows it.
func Read(path string) (string, error) {
	text, err := secretfile.Read(path, longest+2)
	if err != nil {
		return "", err
	}
	token := strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	if len(token) < shortest || len(token) > longest || strings.Trim(token, visible) != "" {
		return "", fmt.Errorf("%s does not hold a token: one line of %d to %d characters, such as `openssl rand -hex 32` prints", path, shortest, longest)
	}
	return token, nil
}

// visible are the characters of a token, which a header can hold.
const visible = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="

// File is the token that a server asks for. It may be used by many goroutines.
type File struct {
	path string
	hash atomic.Pointer[[sha256.Size]byte]
}

// Open reads the token in a file, and makes the file with a new token if there is none.
func Open(path string) (f *File, made bool, err error) {
	f = &File{path: path}
	err = f.Reload()
	if errors.Is(err, fs.ErrNotExist) {
		made = true
		if err = create(path); err == nil {
			err = f.Reload()
		}
	}
	if err != nil {
		return nil, false, err
	}
	return f, made, nil
}

// create writes a new token. A seed of the server does not decide it: it has to be
// one that nobody guesses.
func create(path string) error {
	return secretfile.Create(path, hex.EncodeToString(ident.NewSource().Bytes(32))+"\n")
}

// Reload reads the file again. If it fails, the token that was read before stays.
func (f *File) Reload() error {
	token, err := Read(f.path)
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(token))
	f.hash.Store(&hash)
	return nil
}

// Mark returns a text that is another one for another token, and from which a token cannot be
// found: what is issued to those who have shown the token ends with it.
func (f *File) Mark() string {
	mark := sha256.Sum256(f.hash.Load()[:])
	return hex.EncodeToString(mark[:8])
}

const scheme = "Bearer "

// Admits reports whether a request has the token. It takes the same time for every
// token.
func (f *File) Admits(r *http.Request) bool {
	sent := r.Header.Get("Authorization")
	if len(sent) < len(scheme) || !strings.EqualFold(sent[:len(scheme)], scheme) {
		return false
	}
	hash := sha256.Sum256([]byte(sent[len(scheme):]))
	return subtle.ConstantTimeCompare(hash[:], f.hash.Load()[:]) == 1
}

// Add adds a token to a request. [RFC 6750]
func Add(r *http.Request, token string) { r.Header.Set("Authorization", scheme+token) }
