package files

import (
	"encoding/json"
	"time"
)

// Folder is a source that answers from files: from saved calls, or from what the list- and
// describe- commands of the AWS CLI have printed. The names of those files are free; where an
// output does not say what it is about, the name has the ID.
type Folder struct {
	read time.Time
	// calls are saved calls, by the names that their files have.
	calls map[string]*call
	// lists and ones are outputs of the AWS CLI, by the operation and what it asked about.
	lists map[string][]json.RawMessage
	ones  map[string]json.RawMessage
	// types are the policies of the organization, by type.
	types           map[string][]json.RawMessage
	units, accounts things
	parent          map[string]string
	// listed are the types and parents whose children a file lists.
	listed map[string]bool
}

// placed is a unit or an account, as far as it says where it is.
type placed struct {
	Id    string
	Path  string
	Paths []string
}

// things are units or accounts in the order in which they were found.
type things struct {
	ids   []string
	texts map[string]json.RawMessage
}

func (t *things) add(id string, text json.RawMessage) {
	if _, known := t.texts[id]; known {
		return
	}
	if t.texts == nil {
		t.texts = map[string]json.RawMessage{}
	}
	t.ids, t.texts[id] = append(t.ids, id), text
}

// below are those whose parent is known to be one, and whether all parents are known.
func (t *things) below(parent string, parents map[string]string) (found []json.RawMessage, all bool) {
	all, found = len(t.ids) > 0, []json.RawMessage{}
	for _, id := range t.ids {
		if parents[id] == parent {
			found = append(found, t.texts[id])
		}
		all = all && parents[id] != ""
	}
	return found, all
}
