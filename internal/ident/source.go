package ident

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	mathrand "math/rand/v2"
	"sync"
)

// Source makes random identifiers. It is safe for concurrent use.
type Source struct {
	mu   sync.Mutex
	read io.Reader
	// key is that of a seeded source; nil for cryptographic randomness.
	key *[32]byte
}

// NewSource returns a source of cryptographic randomness.
func NewSource() *Source { return &Source{read: rand.Reader} }

// NewSeededSource returns a source that makes the same IDs for the same seed. It is
// for tests: its IDs can be guessed.
func NewSeededSource(seed uint64) *Source {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return keyed(key)
}

func keyed(key [32]byte) *Source { return &Source{read: mathrand.NewChaCha8(key), key: &key} }

// Seeded reports whether the same seed gives the same IDs.
func (s *Source) Seeded() bool { return s.key != nil }

// For returns a source of its own for a cause, such as a request. A seeded one makes the
// same IDs for the same cause, whatever was drawn in between; cryptographic randomness
// is the same for all.
func (s *Source) For(cause ...string) *Source {
	if s.key == nil {
		return s
	}
	h := hmac.New(sha256.New, s.key[:])
	for _, part := range cause {
		// Each part follows its length, so that no two causes have the same bytes.
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return keyed([32]byte(h.Sum(nil)))
}

const (
	digits       = "0123456789"
	hexDigits    = "0123456789abcdef"
	base32Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	alphanumeric = "0123456789abcdefghijklmnopqrstuvwxyz"
)

// Bytes returns n random bytes.
func (s *Source) Bytes(n int) []byte {
	b := make([]byte, n)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.ReadFull(s.read, b); err != nil {
		// An ID that is not random could be one that exists.
		panic("ident: no randomness: " + err.Error())
	}
	return b
}

// text returns n characters of the alphabet, each equally likely.
func (s *Source) text(alphabet string, n int) string {
	out := make([]byte, 0, n)
	limit := byte(256 - 256%len(alphabet))
	for len(out) < n {
		for _, b := range s.Bytes(n - len(out)) {
			if limit == 0 || b < limit {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out)
}

// Account returns twelve digits that do not begin with 0.
func (s *Source) Account() AccountID {
	return AccountID(s.text(digits[1:], 1) + s.text(digits, 11))
}

// Organization returns a new organization id.
func (s *Source) Organization() OrganizationID {
	return OrganizationID("o-" + s.text(alphanumeric, 10))
}

// Root returns a new root id.
func (s *Source) Root() RootID { return RootID("r-" + s.text(alphanumeric, 4)) }

// Unit returns a new id of an organizational unit below the root.
func (s *Source) Unit(root RootID) UnitID {
	return UnitID("ou-" + string(root[len("r-"):]) + "-" + s.text(alphanumeric, 8))
}

// Handshake returns a new handshake id.
func (s *Source) Handshake() HandshakeID { return HandshakeID("h-" + s.text(hexDigits, 32)) }

// Creation returns a new id of a CreateAccount request.
func (s *Source) Creation() CreationID { return CreationID("car-" + s.text(hexDigits, 32)) }

// Policy returns a new policy id; prefix is "p-", or "p-" and the two characters
// that the recorded service gives to all policies of one type.
func (s *Source) Policy(prefix string) PolicyID { return PolicyID(prefix + s.text(alphanumeric, 8)) }

// ResourcePolicy returns a new id of a delegation policy.
func (s *Source) ResourcePolicy() ResourcePolicyID {
	return ResourcePolicyID("rp-" + s.text(alphanumeric, 8))
}

// Transfer returns a new id of a responsibility transfer.
func (s *Source) Transfer() TransferID { return TransferID("rt-" + s.text(alphanumeric, 8)) }

// Unique returns a new unique id of IAM: the prefix of its kind, such as "AROA", and 17
// characters.
func (s *Source) Unique(prefix string) string { return prefix + s.text(base32Digits, 17) }

// UUID returns a random UUID (version 4) as lower-case text.
func (s *Source) UUID() string {
	b := s.Bytes(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	out := make([]byte, 0, 36)
	for i, c := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			out = append(out, '-')
		}
		out = append(out, hexDigits[c>>4], hexDigits[c&0x0f])
	}
	return string(out)
}
