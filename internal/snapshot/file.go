// Package snapshot has the file of a snapshot: the state of a store at one instant, in a form
// that knows no engine.
//
// A file is a line with the version of the form, a line with the header in JSON, the rows,
// compressed with gzip, and the SHA-256 of all that. It is read as a whole or not at all.
package snapshot

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"

	"accord/internal/store"
	"accord/internal/store/dump"
	"accord/internal/store/schema"
	"accord/internal/strictjson"
)

const (
	// magic begins a file; the version of the form follows, and the end of the line.
	magic = "accord snapshot "
	// version is that of the form that is written.
	version = 1
	// oldestSchema is that of the first program that could have written a snapshot.
	oldestSchema = 7
)

// The bounds of what is read.
const (
	// MaxSize is the largest file, in bytes: some 200,000 accounts.
	MaxSize = 64 << 20
	// maxRows is the largest text of rows, and maxHeader the longest header.
	maxRows   = 1 << 29
	maxHeader = 1 << 20
)

// Snapshot is the state of a store at one instant.
type Snapshot struct {
	Header Header
	Rows   *dump.Dump
	// Digest is the hash of the file, in hexadecimal.
	Digest string

	image image
}

// image is what Image returns, which is made once.
type image struct {
	once    sync.Once
	content []byte
	err     error
}

// Read reads the state that a transaction sees, with the header for its file, of which the
// caller sets what it knows. Without secrets, access keys are left out.
func Read(v *store.View, h Header, secrets bool) (*Snapshot, error) {
	rows, err := dump.Read(v, secrets)
	if err != nil {
		return nil, err
	}
	if h.Schema, err = v.SchemaVersion(); err != nil {
		return nil, err
	}
	h.At, h.Secrets = v.Now(), secrets
	return &Snapshot{Header: h, Rows: rows}, nil
}

// Encode returns the file of a snapshot, and sets its digest. The same state gives the same
// file.
func (s *Snapshot) Encode() ([]byte, error) {
	rows := s.Rows.Append(nil)
	s.Header.Rows, s.Header.Bytes = s.Rows.Counts(), len(rows)
	header, err := json.Marshal(s.Header)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	fmt.Fprintf(&file, "%s%d\n%s\n", magic, version, header)
	compressor, err := gzip.NewWriterLevel(&file, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	_, err = compressor.Write(rows)
	if err = errors.Join(err, compressor.Close()); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(file.Bytes())
	file.Write(sum[:])
	if file.Len() > MaxSize || len(rows) > maxRows {
		return nil, fmt.Errorf("the state is too large for a snapshot: it would have %d bytes, %d uncompressed", file.Len(), len(rows))
	}
	s.Digest = hex.EncodeToString(sum[:])
	return file.Bytes(), nil
}

// Error says why a file cannot be read or loaded as a snapshot.
type Error struct {
	reason string
	// cause is the error of the store; nil for what is wrong without it.
	cause error
}

func (e *Error) Error() string { return e.reason }

func (e *Error) Unwrap() error { return e.cause }

func refuse(format string, args ...any) error { return &Error{reason: fmt.Sprintf(format, args...)} }

// IsFile reports whether a file begins as a snapshot does.
func IsFile(begin []byte) bool { return bytes.HasPrefix(begin, []byte(magic)) }

// Decode reads a file as a whole. Whatever is not a snapshot that this program can load is
// refused with an *Error, which has the place.
func Decode(file []byte) (*Snapshot, error) {
	h, body, digest, err := decodeHead(file)
	if err != nil {
		return nil, err
	}
	text, err := expand(body, h.Bytes)
	if err != nil {
		return nil, refuse("byte %d of the file: the rows cannot be read: %s", len(file)-len(body)-sha256.Size, err)
	}
	rows, err := dump.Parse(text)
	if err != nil {
		return nil, refuse("%s", err)
	}
	counts := rows.Counts()
	for table, n := range h.Rows {
		if got := counts[table]; got != n {
			return nil, refuse("table %.80s: the header says %d rows, and there are %d", table, n, got)
		}
	}
	return &Snapshot{Header: h, Rows: rows, Digest: digest}, nil
}

// DecodeHeader reads the header of a file, after its checksum was compared.
func DecodeHeader(file []byte) (Header, error) {
	h, _, _, err := decodeHead(file)
	return h, err
}

// decodeHead returns the header, the compressed rows and the digest.
func decodeHead(file []byte) (h Header, body []byte, digest string, err error) {
	if len(file) > MaxSize {
		return h, nil, "", refuse("it has %d bytes, more than the %d that a snapshot can have", len(file), MaxSize)
	}
	if !IsFile(file) {
		return h, nil, "", refuse("byte 1 of the file: it is not a snapshot of Accord")
	}
	line, _, found := bytes.Cut(file[:min(len(file), 64)], []byte("\n"))
	form, err := strconv.Atoi(strings.TrimPrefix(string(line), magic))
	switch {
	case !found || err != nil || form < 1:
		return h, nil, "", refuse("byte %d of the file: the version of its form cannot be read", len(magic)+1)
	case form > version:
		return h, nil, "", refuse("it has form %d, this program knows up to %d: use a newer program", form, version)
	}
	begin := len(line) + 1
	if len(file) < begin+sha256.Size {
		return h, nil, "", refuse("byte %d of the file: it ends early", len(file))
	}
	content := file[:len(file)-sha256.Size]
	sum := sha256.Sum256(content)
	if !bytes.Equal(sum[:], file[len(content):]) {
		return h, nil, "", refuse("its content does not match the checksum at byte %d of the file: it is damaged, or its end is missing", len(content)+1)
	}
	head, body, found := bytes.Cut(content[begin:], []byte("\n"))
	if !found || len(head) > maxHeader {
		return h, nil, "", refuse("byte %d of the file: the header has no end", begin+1)
	}
	if err := strictjson.Decode(head, &h); err != nil {
		return h, nil, "", refuse("byte %d of the file: the header cannot be read: %s", begin+1, err)
	}
	if err := schema.RequireKnown(h.Schema); err != nil {
		return h, nil, "", refuse("%s", strings.Replace(err.Error(), ", or restore a backup that was made before", "", 1))
	}
	if h.Schema < oldestSchema {
		return h, nil, "", refuse("byte %d of the file: no program has written a snapshot of schema %d", begin+1, h.Schema)
	}
	return h, body, hex.EncodeToString(sum[:]), nil
}

// expand returns the rows, which have a known length.
func expand(body []byte, length int) (string, error) {
	if length < 0 || length > maxRows {
		return "", fmt.Errorf("the header says %d bytes, more than the %d that a snapshot can have", length, maxRows)
	}
	source := bytes.NewReader(body)
	expanded, err := gzip.NewReader(source)
	if err != nil {
		return "", err
	}
	expanded.Multistream(false)
	var text strings.Builder
	// The memory grows with what there is, whatever the header says.
	n, err := io.Copy(&text, io.LimitReader(expanded, int64(length)+1))
	switch {
	case err != nil:
		return "", err
	case n != int64(length):
		return "", fmt.Errorf("the header says %d bytes, and there are others", length)
	case source.Len() > 0:
		return "", errors.New("something follows them")
	}
	return text.String(), nil
}

// ReadFile reads a file as a whole.
func ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	file, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err == nil && len(file) > MaxSize {
		err = refuse("%s has more than the %d bytes that a snapshot can have", path, MaxSize)
	}
	return file, err
}
