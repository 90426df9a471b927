package backup

import (
	"archive/zip"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A backup is a ZIP file of two entries: the data, which is a SQLite file or what
// pg_dump --format=custom writes, and the marker.
const (
	format      = 1
	dataEntry   = "data"
	markerEntry = "marker.json"
)

// write writes a backup of the data, and completes the marker.
func write(out io.Writer, m *Marker, data io.Reader) error {
	archive := zip.NewWriter(out)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	entry, err := archive.Create(dataEntry)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if m.Bytes, err = io.Copy(io.MultiWriter(entry, sum), data); err != nil {
		return err
	}
	m.Format, m.SHA256 = format, hex.EncodeToString(sum.Sum(nil))
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if entry, err = archive.Create(markerEntry); err != nil {
		return err
	}
	_, err = entry.Write(text)
	return errors.Join(err, archive.Close())
}

// file is a backup that is open for reading.
type file struct {
	*zip.ReadCloser
	marker Marker
}

// open reads the marker of a backup.
func open(path string) (*file, error) {
	archive, err := zip.OpenReader(path)
	if errors.Is(err, zip.ErrFormat) {
		return nil, fmt.Errorf("%s is not a whole backup: accord backup writes such a file", path)
	}
	if err != nil {
		return nil, err
	}
	f := &file{ReadCloser: archive}
	text, err := f.entry(markerEntry, func(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, 1<<20)) })
	if err == nil {
		err = json.Unmarshal(text, &f.marker)
	}
	if err == nil && f.marker.Format != format {
		err = fmt.Errorf("its form has version %d, this program reads version %d", f.marker.Format, format)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s is not a backup: %w", path, err), archive.Close())
	}
	return f, nil
}

// entry reads an entry.
func (f *file) entry(name string, read func(io.Reader) ([]byte, error)) ([]byte, error) {
	r, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	text, err := read(r)
	return text, errors.Join(err, r.Close())
}

// verify reads the data and compares its checksum.
func (f *file) verify() error {
	sum := sha256.New()
	var size int64
	_, err := f.entry(dataEntry, func(r io.Reader) (_ []byte, err error) {
		size, err = io.Copy(sum, io.LimitReader(r, f.marker.Bytes+1))
		return nil, err
	})
	if err == nil && (size != f.marker.Bytes || hex.EncodeToString(sum.Sum(nil)) != f.marker.SHA256) {
		err = errors.New("its data do not have the checksum of its marker")
	}
	if err != nil {
		return fmt.Errorf("the backup is damaged: %w", err)
	}
	return nil
}
