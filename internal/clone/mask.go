package clone

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"

	"accord/internal/seed"
)

// Mask replaces what tells people: the addresses everywhere, also within texts, and the names
// of accounts. One key makes the same of the same, so that a masked document can be compared
// with another one.
type Mask struct {
	// Key is that of the hash: who does not have it cannot try names out.
	Key []byte
	// Units replaces the names of units too.
	Units bool
}

// maskDigits is how long a hash is: long enough that no two names of an organization meet.
const maskDigits = 12

func (m Mask) hash(kind, text string) string {
	h := hmac.New(sha256.New, m.Key)
	h.Write([]byte(kind + "\x00" + text))
	return hex.EncodeToString(h.Sum(nil))[:maskDigits]
}

// address matches addresses of mail within texts.
var address = regexp.MustCompile(`[\pL\pN.!#$%&'*+/=?^_{|}~-]+@[\pL\pN](?:[\pL\pN.-]*[\pL\pN])?`)

func (m Mask) address(text string) string {
	return "masked-" + m.hash("address", strings.ToLower(text)) + "@example.com"
}

// whole replaces a text that is an address, of whatever form.
func (m Mask) whole(text *string) {
	if strings.Contains(*text, "@") {
		*text = m.address(*text)
	}
}

// text replaces the addresses within a text.
func (m Mask) text(text *string) { *text = address.ReplaceAllStringFunc(*text, m.address) }

// literal matches the texts of JSON.
var literal = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// json replaces the addresses within the texts of a document, whose escapes are part of neither
// an address nor what is beside it. All else keeps its form.
func (m Mask) json(document *string) {
	if !json.Valid([]byte(*document)) {
		m.text(document)
		return
	}
	*document = literal.ReplaceAllStringFunc(*document, func(quoted string) string {
		var text string
		if json.Unmarshal([]byte(quoted), &text) != nil {
			return quoted
		}
		masked := text
		if m.text(&masked); masked == text {
			return quoted
		}
		written, err := json.Marshal(masked)
		if err != nil {
			return quoted
		}
		return string(written)
	})
}

// Apply masks a document.
func (m Mask) Apply(d *seed.Document) {
	names := map[string]string{}
	for i := range d.Accounts {
		m.account(&d.Accounts[i], names)
	}
	for i := range d.Organizations {
		o := &d.Organizations[i]
		m.account(&o.Management, names)
		m.accounts(&o.Root, names)
		for j := range o.AccountCreations {
			c := &o.AccountCreations[j]
			m.name(&c.Name, "account", names)
			m.whole(&c.Email)
		}
		for j := range o.Handshakes {
			m.whole(&o.Handshakes[j].To)
			m.text(&o.Handshakes[j].Notes)
		}
	}
	// Texts come last: a tag may have the name of any account.
	for i := range d.Accounts {
		m.tags(d.Accounts[i].Tags, names)
	}
	for i := range d.Organizations {
		m.texts(&d.Organizations[i], names)
	}
	for i := range d.Transfers {
		m.whole((*string)(&d.Transfers[i].Source))
		m.whole((*string)(&d.Transfers[i].Target))
		m.text(&d.Transfers[i].Name)
	}
	for i := range d.Unread {
		m.text(&d.Unread[i].Error)
	}
}

func (m Mask) name(name *string, kind string, names map[string]string) {
	if *name == "" {
		return
	}
	masked := kind + "-" + m.hash(kind, *name)
	names[*name] = masked
	*name = masked
}

func (m Mask) account(a *seed.Account, names map[string]string) {
	m.name(&a.Name, "account", names)
	m.whole(&a.Email)
}

// accounts masks the accounts below a unit, and the units if asked.
func (m Mask) accounts(u *seed.Unit, names map[string]string) {
	for i := range u.Accounts {
		m.account(&u.Accounts[i], names)
	}
	for i := range u.Units {
		if m.Units {
			m.name(&u.Units[i].Name, "unit", map[string]string{})
		}
		m.text(&u.Units[i].Name)
		m.accounts(&u.Units[i], names)
	}
}

// texts masks tags, descriptions and documents.
func (m Mask) texts(o *seed.Organization, names map[string]string) {
	m.tags(o.Management.Tags, names)
	m.unitTexts(&o.Root, names)
	for i := range o.Policies {
		m.policy(&o.Policies[i], names)
	}
	if o.DelegationPolicy != nil {
		m.policy(o.DelegationPolicy, names)
	}
	for i := range o.Handshakes {
		m.tags(o.Handshakes[i].Tags, names)
	}
}

func (m Mask) policy(p *seed.Policy, names map[string]string) {
	m.text(&p.Name)
	m.text(&p.Description)
	m.json(&p.Content)
	m.tags(p.Tags, names)
}

func (m Mask) unitTexts(u *seed.Unit, names map[string]string) {
	m.tags(u.Tags, names)
	for i := range u.Accounts {
		m.tags(u.Accounts[i].Tags, names)
	}
	for i := range u.Units {
		m.unitTexts(&u.Units[i], names)
	}
}

// tags masks values: those that are the name of an account, and addresses within others and
// within keys.
func (m Mask) tags(tags seed.Tags, names map[string]string) {
	for i := range tags {
		m.text(&tags[i].Key)
		if masked, is := names[tags[i].Value]; is {
			tags[i].Value = masked
			continue
		}
		m.text(&tags[i].Value)
	}
}
