// Package managed is the table of the managed policies that AWS made, which every
// account has.
//
// Name, path, default version, dates and document of each are what GetPolicyVersion of the
// real service answered in May 2026, as they are published with moto 5.2.1; the guide
// "AWS Managed Policy Reference" has the same. Only the default version of a policy is
// known. The IDs are made from the names. [assumed]
package managed

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // The table.
	"encoding/base32"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"accord/internal/iam"
	"accord/internal/ident"
)

// packed is a line for each policy, in the order of the names without case: name, path,
// version, when it was created and updated, and the document, with tabs between them.
//
//go:embed policies.tsv.gz
var packed []byte

// Policy is a managed policy that AWS made.
type Policy struct {
	iam.ManagedPolicy
	// Document is that of the default version.
	Document string
}

// ARN names the policy in a partition.
func (p *Policy) ARN(partition ident.Partition) string {
	return "arn:" + string(partition) + ":iam::aws:policy" + p.Path + p.Name
}

// table is what is read from packed at the first use.
type table struct {
	all    []Policy
	byID   map[string]*Policy
	byName map[string]*Policy
}

var read = sync.OnceValue(func() *table {
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("managed: " + err.Error())
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		panic("managed: " + err.Error())
	}
	t := &table{byID: map[string]*Policy{}, byName: map[string]*Policy{}}
	for line := range strings.Lines(string(text)) {
		p, err := parse(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		if err != nil {
			panic("managed: " + err.Error())
		}
		t.all = append(t.all, p)
	}
	for i := range t.all {
		p := &t.all[i]
		t.byID[p.ID], t.byName[p.Path+iam.Key(p.Name)] = p, p
	}
	return t
})

func parse(columns []string) (p Policy, err error) {
	if len(columns) != 6 {
		return p, fmt.Errorf("a line with %d columns", len(columns))
	}
	p.Name, p.Path, p.Document = columns[0], columns[1], columns[5]
	p.ID = ID(p.Path, p.Name)
	if p.DefaultVersion, err = strconv.ParseInt(strings.TrimPrefix(columns[2], "v"), 10, 64); err != nil {
		return p, err
	}
	p.LastVersion = p.DefaultVersion
	if p.Created, err = time.Parse(time.RFC3339, columns[3]); err != nil {
		return p, err
	}
	p.Updated, err = time.Parse(time.RFC3339, columns[4])
	return p, err
}

// ID is the unique id of the policy with a path and a name.
func ID(path, name string) string {
	sum := sha256.Sum256([]byte(path + name))
	return "ANPA" + base32.StdEncoding.EncodeToString(sum[:])[:17]
}

// All are all policies in the order of their names without case. They must not be changed.
func All() []Policy { return read().all }

// ByID returns the policy with a unique id; nil if there is none.
func ByID(id string) *Policy { return read().byID[id] }

// ByName returns the policy with a path and a name, whatever its case; nil if there is none.
func ByName(path, name string) *Policy { return read().byName[path+iam.Key(name)] }
