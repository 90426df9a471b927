package ident

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// Source makes random identifiers. It is safe for concurrent use.
type Source struct {
	mu   sync.Mutex
	read io.Reader
	// key is that of a seeded source; nil for cryptographic randomness.
	key *[32]byte
	// given are the IDs that it hands out before it makes any; nil for none.
	given *given
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

// given are IDs that were decided elsewhere.
type given struct {
	mu  sync.Mutex
	ids []string
}

// HandingOut returns a source that hands out given IDs first, each once, to whoever asks for
// an ID of its kind; of several of a kind, the first one first. The rest it makes as s does.
func (s *Source) HandingOut(ids ...string) *Source {
	return &Source{read: s.read, key: s.key, given: &given{ids: ids}}
}

// next returns the next given ID of a kind, which is known by how it begins; accounts are
// digits.
func (s *Source) next(prefix string) (id string, ok bool) {
	if s.given == nil {
		return "", false
	}
	s.given.mu.Lock()
	defer s.given.mu.Unlock()
	for i, id := range s.given.ids {
		if prefix != "" && strings.HasPrefix(id, prefix) || prefix == "" && AccountID(id).Valid() {
			s.given.ids = slices.Delete(slices.Clone(s.given.ids), i, i+1)
			return id, true
		}
	}
	return "", false
}

// make returns the next given ID of a kind, or a prefix and n characters of an alphabet.
func (s *Source) make(prefix, alphabet string, n int) string {
	if id, ok := s.next(prefix); ok {
		return id
	}
	return prefix + s.text(alphabet, n)
}

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
	own := keyed([32]byte(h.Sum(nil)))
	own.given = s.given
	return own
}

// Restart makes a seeded source begin anew, for a cause: what it makes from now on does not
// depend on what was drawn before. The sources that For has returned go on.
func (s *Source) Restart(cause ...string) {
	if s.key == nil {
		return
	}
	anew := s.For(append([]string{"restart"}, cause...)...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = anew.read
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
	if id, ok := s.next(""); ok {
		return AccountID(id)
	}
	return AccountID(s.text(digits[1:], 1) + s.text(digits, 11))
}

// Organization returns a new organization id.
func (s *Source) Organization() OrganizationID {
	return OrganizationID(s.make("o-", alphanumeric, 10))
}

// Root returns a new root id.
func (s *Source) Root() RootID { return RootID(s.make("r-", alphanumeric, 4)) }

// Unit returns a new id of an organizational unit below the root.
func (s *Source) Unit(root RootID) UnitID {
	return UnitID(s.make("ou-"+string(root[len("r-"):])+"-", alphanumeric, 8))
}

// Handshake returns a new handshake id.
func (s *Source) Handshake() HandshakeID { return HandshakeID(s.make("h-", hexDigits, 32)) }

// Creation returns a new id of a CreateAccount request.
func (s *Source) Creation() CreationID { return CreationID(s.make("car-", hexDigits, 32)) }

// Policy returns a new policy id; prefix is "p-", or "p-" and the two characters
// that the recorded service gives to all policies of one type.
func (s *Source) Policy(prefix string) PolicyID {
	if id, ok := s.next("p-"); ok {
		return PolicyID(id)
	}
	return PolicyID(s.make(prefix, alphanumeric, 8))
}

// ResourcePolicy returns a new id of a delegation policy.
func (s *Source) ResourcePolicy() ResourcePolicyID {
	return ResourcePolicyID(s.make("rp-", alphanumeric, 8))
}

// Transfer returns a new id of a responsibility transfer.
func (s *Source) Transfer() TransferID { return TransferID(s.make("rt-", alphanumeric, 8)) }

// Unique returns a new unique id of IAM: the prefix of its kind, such as "AROA", and 17
// characters.
func (s *Source) Unique(prefix string) string { return s.make(prefix, base32Digits, 17) }

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
