package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/store"
)

// A line is a record with one more member, the last one:
//
//	"journal":{"chain":"…","entry":57,"sequence":12,"hash":"…"}
//
// chain names the chain, which one server writes; entry counts its lines from 1, also
// over files. sequence is the number of the message that was delivered, the same in each
// delivery; a direct record has none. Where the store has gone back to an older state,
// "timeline" and "since" name the history that the sequence is of and after which sequence
// it begins. hash is SHA-256 over the hash of the entry before
// it, as text, and the line up to the hash. The first line of a file says when it was
// written, as "begun", and has the hash before it as "previous", so that it can be checked
// without the file before it.
const (
	beginMember = `,"journal":{`
	beginHash   = `,"hash":"`
	endMember   = `"}}`
	hashDigits  = 2 * sha256.Size
	sealBytes   = len(beginHash) + hashDigits + len(endMember)
)

// entry is the member of a line.
type entry struct {
	Chain    string `json:"chain"`
	Entry    int64  `json:"entry"`
	Sequence int64  `json:"sequence"`
	Previous string `json:"previous"`
	// Timeline and Since say which history the sequence is of; empty and 0 for the first.
	Timeline string `json:"timeline"`
	Since    int64  `json:"since"`
	// Begun is zero but in the first line of a file.
	Begun time.Time `json:"begun"`
	hash  string
}

// mark is what a line says beside its place in the chain.
type mark struct {
	// sequence is 0 for a direct record; it counts in the timeline.
	sequence int64
	timeline ident.Timeline
	// begun is when the file was begun, for its first line.
	begun time.Time
}

func (e entry) position() store.Journal {
	return store.Journal{ID: e.Chain, Entries: e.Entry, Hash: e.hash}
}

func (e entry) timeline() ident.Timeline { return ident.Timeline{ID: e.Timeline, Since: e.Since} }

// errNotObject would be an error of the program: records are objects.
var errNotObject = errors.New("a record is not a JSON object")

// seal appends a record as the next line of a chain, and moves the chain. In valid JSON a
// line break can only be whitespace between tokens, so that a space replaces it.
func seal(b []byte, chain *store.Journal, record string, m mark) ([]byte, error) {
	record = strings.TrimSpace(record)
	if strings.ContainsAny(record, "\r\n") {
		record = strings.NewReplacer("\r", " ", "\n", " ").Replace(record)
	}
	if len(record) <= len("{}") || record[0] != '{' || record[len(record)-1] != '}' {
		return b, errNotObject
	}
	start := len(b)
	b = append(append(b, record[:len(record)-1]...), beginMember...)
	b = append(append(append(b, `"chain":"`...), chain.ID...), `","entry":`...)
	b = strconv.AppendInt(b, chain.Entries+1, 10)
	if m.sequence > 0 {
		b = strconv.AppendInt(append(b, `,"sequence":`...), m.sequence, 10)
		if t := m.timeline; t.ID != "" {
			b = append(append(append(b, `,"timeline":"`...), t.ID...), `","since":`...)
			b = strconv.AppendInt(b, t.Since, 10)
		}
	}
	if !m.begun.IsZero() {
		b = append(m.begun.UTC().AppendFormat(append(b, `,"begun":"`...), time.RFC3339), '"')
		if chain.Entries > 0 {
			b = append(append(append(b, `,"previous":"`...), chain.Hash...), '"')
		}
	}
	chain.Entries++
	chain.Hash = hashOf(chain.Hash, b[start:])
	b = append(append(b, beginHash...), chain.Hash...)
	return append(append(b, endMember...), '\n'), nil
}

// hashOf is the hash of an entry.
func hashOf(previous string, content []byte) string {
	h := sha256.New()
	h.Write([]byte(previous))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

// unseal reads the member of a line, and returns what the hash is over, and the record.
// It reports whether the line has one.
func unseal(line []byte) (e entry, content, record []byte, sealed bool) {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) < sealBytes {
		return e, nil, nil, false
	}
	content, end := line[:len(line)-sealBytes], line[len(line)-sealBytes:]
	at := bytes.LastIndex(content, []byte(beginMember))
	if at < 0 || !bytes.HasPrefix(end, []byte(beginHash)) || !bytes.HasSuffix(end, []byte(endMember)) {
		return e, nil, nil, false
	}
	member := append([]byte{'{'}, content[at+len(beginMember):]...)
	if json.Unmarshal(append(member, '}'), &e) != nil || e.Chain == "" || e.Entry < 1 || e.Sequence < 0 || e.Since < 0 {
		return e, nil, nil, false
	}
	e.hash = string(end[len(beginHash) : len(beginHash)+hashDigits])
	return e, content, content[:at], true
}

// fits says why an entry does not follow the one before it; nil if it does.
func (e entry) fits(previous string, content []byte) error {
	if hashOf(previous, content) != e.hash {
		return fmt.Errorf("entry %d does not have its hash: it was changed, or the one before it", e.Entry)
	}
	return nil
}
