package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"accord/internal/seed"
)

// The kinds of things, in the order of a report.
const (
	organizationKind  = "organization"
	policyTypeKind    = "policy type"
	rootKind          = "root"
	unitKind          = "unit"
	accountKind       = "account"
	policyKind        = "policy"
	attachmentKind    = "attachment"
	serviceKind       = "trusted service"
	administratorKind = "delegated administrator"
	delegationKind    = "delegation policy"
	handshakeKind     = "handshake"
	answerKind        = "answer"
	creationKind      = "account creation"
	transferKind      = "transfer"
	userKind          = "user"
	groupKind         = "group"
	roleKind          = "role"
	managedKind       = "managed policy"
)

// Fields that are no member of the document.
const (
	// parentField is that of a move.
	parentField = "parent"
	// orderField is the order of the policies of a target.
	orderField = "order of policies"
)

var kinds = []string{
	organizationKind, policyTypeKind, rootKind, unitKind, accountKind, policyKind, attachmentKind, serviceKind,
	administratorKind, delegationKind, handshakeKind, answerKind, creationKind, transferKind,
	userKind, groupKind, roleKind, managedKind,
}

// thing is something that a document describes.
type thing struct {
	kind string
	// id is its ID; empty if the document does not say.
	id string
	// name is what it is called, unique among things of its kind unless the document says
	// twice the same; it matches things without an ID.
	name string
	// of are the things that it is about: it is there as long as they are, and its key has
	// theirs.
	of []*thing
	// written things are of an organization without an ID: a person wrote it, and left out what
	// goes without saying.
	written bool
	// parent is where it is, for units and accounts; nil if the kind has no parent.
	parent *thing
	fields map[string]any
	// about are IDs and words by which a subject of Unread means it.
	about []string
	// listed things are described; others are only referred to.
	listed bool
	// key is the same in both documents for the same thing.
	key string
	// twin is the same thing in the other document; nil if there is none.
	twin *thing
}

// optional are fields that a document need not state: they are compared if both do.
var optional = map[string]bool{
	"created": true, "joined": true, "joinedMethod": true, "requested": true, "expires": true, "completed": true,
	"enabled": true, "handshake": true, "start": true, "end": true, "to": true, "target": true, "source": true, "roleName": true, "email of the request": true,
	"maxSession": true,
}

func newThing(kind, id, name string, of ...*thing) *thing {
	t := &thing{kind: kind, id: id, name: name, of: of, fields: map[string]any{}, about: []string{id}}
	for _, part := range of {
		t.about = append(t.about, part.id)
	}
	return t
}

// text sets a field unless it is empty.
func (t *thing) text(field, value string) *thing {
	if value != "" {
		t.fields[field] = value
	}
	return t
}

// standard sets a field that has a default.
func (t *thing) standard(field, value, standard string) *thing {
	return t.text(field, cmp.Or(value, standard))
}

// document sets a field to a policy document, so that its layout is no difference.
func (t *thing) document(field, content string) *thing {
	var parsed any
	d := json.NewDecoder(strings.NewReader(content))
	d.UseNumber()
	if d.Decode(&parsed) != nil {
		return t.text(field, content)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(parsed) != nil {
		return t.text(field, content)
	}
	return t.text(field, strings.TrimSpace(out.String()))
}

// at sets a field to an instant, in milliseconds, which is what AWS gives; an age counts back
// from the clock of the document.
func (t *thing) at(field string, when *seed.When, clock *time.Time) *thing {
	switch {
	case when == nil:
	case !when.At.IsZero():
		t.fields[field] = written(when.At)
	case clock != nil:
		t.fields[field] = written(clock.Add(-when.Age))
	}
	return t
}

func written(at time.Time) string {
	return at.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)
}

// tagPrefix begins the fields of tags.
const tagPrefix = "tag "

func (t *thing) tags(tags seed.Tags) *thing {
	for _, one := range tags {
		t.fields[tagPrefix+one.Key] = one.Value
	}
	return t
}

// list sets a field to values in their order.
func (t *thing) list(field string, values []string) *thing {
	if len(values) > 0 {
		t.fields[field] = strings.Join(values, ", ")
	}
	return t
}
