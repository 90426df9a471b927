package sqlite

import (
	"encoding/binary"
	"fmt"
	"io"
)

// checksum is that of a write-ahead log: each frame has the one of the log up to its end.
// [SQLite: WAL file format]
type checksum struct {
	order binary.ByteOrder
	a, b  uint32
}

func (c *checksum) add(content []byte) {
	for ; len(content) >= 8; content = content[8:] {
		c.a += c.order.Uint32(content) + c.b
		c.b += c.order.Uint32(content[4:]) + c.a
	}
}

// is reports whether a checksum is written in a place.
func (c *checksum) is(written []byte) bool {
	return binary.BigEndian.Uint32(written) == c.a && binary.BigEndian.Uint32(written[4:]) == c.b
}

// bigEndian ends the first number of a log whose checksums are of big-endian words.
const bigEndian = 1

// damaged finds the first part of a log with a number of frames that is not what was written:
// SQLite reads it up to there, and takes the rest for one that no process has ended. It returns
// an empty text if all is as it was.
func damaged(log io.Reader, header [logHeader]byte, frames, pageSize int64) (part string, err error) {
	sum := checksum{order: binary.LittleEndian}
	if header[3]&bigEndian != 0 {
		sum.order = binary.BigEndian
	}
	const written = 24
	if sum.add(header[:written]); !sum.is(header[written:]) {
		return "the header", nil
	}
	frame := make([]byte, frameHeader+pageSize)
	for n := range frames {
		if _, err := io.ReadFull(log, frame); err != nil {
			return "", fmt.Errorf("SQLite: frame %d of the write-ahead log: %w", n+1, err)
		}
		sum.add(frame[:8])
		sum.add(frame[frameHeader:])
		if [8]byte(frame[8:]) != [8]byte(header[16:]) || !sum.is(frame[16:]) {
			return fmt.Sprintf("frame %d of %d", n+1, frames), nil
		}
	}
	return "", nil
}
