package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"accord/internal/clone"
)

// form is an output of the AWS CLI, told by the member that it has.
type form struct {
	// member is that of the output.
	member string
	// subject matches the ID, in the name of the file, of what was asked about. The output
	// does not say it.
	subject *regexp.Regexp
	// needed: without the subject the output cannot be used.
	needed bool
	// operation is the one whose output it is; asked is the one if there is a subject.
	operation, asked string
	// add puts the output where it belongs; nil if lists and ones are enough.
	add func(f *Folder, o output) error
}

// output is one output of the AWS CLI.
type output struct {
	file    string
	member  string
	text    json.RawMessage
	subject string
}

// The IDs in names of files.
const (
	rootID           = `r-[0-9a-z]{4,32}`
	unitID           = `ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}`
	accountID        = `[0-9]{12}`
	policyID         = `p-[0-9a-zA-Z_]{8,128}`
	resourcePolicyID = `rp-[0-9a-zA-Z_]{4,128}`
)

var (
	ofParent   = id(rootID, unitID)
	ofTarget   = id(rootID, unitID, accountID)
	ofChild    = id(unitID, accountID)
	ofAccount  = id(accountID)
	ofPolicy   = id(policyID)
	ofResource = id(rootID, unitID, accountID, policyID, resourcePolicyID)
	ofChildren = regexp.MustCompile(`ACCOUNT|ORGANIZATIONAL_UNIT`)
	ofType     = regexp.MustCompile(`([A-Z][A-Z0-9_]*_POLICY(?:_EC2)?)`)
)

func id(patterns ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^0-9A-Za-z])(` + strings.Join(patterns, "|") + `)(?:[^0-9A-Za-z_]|$)`)
}

// forms are the outputs of the commands that list and describe.
var forms = []form{
	{member: "Organization", operation: "DescribeOrganization"},
	{member: "Roots", operation: "ListRoots"},
	{member: "Accounts", subject: ofParent, operation: "ListAccounts", asked: "ListAccountsForParent", add: (*Folder).accountsOf},
	{member: "Account", add: (*Folder).oneAccount},
	{member: "OrganizationalUnits", subject: ofParent, needed: true, asked: "ListOrganizationalUnitsForParent", add: (*Folder).unitsOf},
	{member: "OrganizationalUnit", add: (*Folder).oneUnit},
	{member: "Parents", subject: ofChild, needed: true, add: (*Folder).parents},
	{member: "Children", subject: ofParent, needed: true, add: (*Folder).childrenOf},
	{member: "Policies", subject: ofTarget, operation: "ListPolicies", asked: "ListPoliciesForTarget", add: (*Folder).policiesOf},
	{member: "Policy", add: (*Folder).onePolicy},
	{member: "Targets", subject: ofPolicy, needed: true, asked: "ListTargetsForPolicy"},
	{member: "Tags", subject: ofResource, needed: true, asked: "ListTagsForResource"},
	{member: "ResourcePolicy", operation: "DescribeResourcePolicy"},
	{member: "DelegatedAdministrators", operation: "ListDelegatedAdministrators"},
	{member: "DelegatedServices", subject: ofAccount, needed: true, asked: "ListDelegatedServicesForAccount"},
	{member: "EnabledServicePrincipals", operation: "ListAWSServiceAccessForOrganization"},
	{member: "Handshakes", operation: "ListHandshakesForOrganization"},
	{member: "CreateAccountStatuses", operation: "ListCreateAccountStatus"},
	{member: "ResponsibilityTransfers", add: (*Folder).transfers},
	// Nothing is made of these.
	{member: "EffectivePolicy", add: ignore}, {member: "Handshake", add: ignore}, {member: "CreateAccountStatus", add: ignore},
	{member: "UserId", add: ignore}, {member: "EffectivePolicyValidationErrors", add: ignore}, {member: "ResponsibilityTransfer", add: ignore},
}

func ignore(*Folder, output) error { return nil }

// addOutputs adds the outputs in the text of a file, one after another.
func (f *Folder) addOutputs(name string, text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	for n := 0; ; n++ {
		var members map[string]json.RawMessage
		err := d.Decode(&members)
		switch {
		case errors.Is(err, io.EOF) && n == 0:
			return errors.New("the file is empty; did the command fail?")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("line %d: it is not a JSON object: %w", lineOf(text, d.InputOffset(), err), err)
		}
		if err := f.addOutput(name, members); err != nil {
			return err
		}
	}
}

// lineOf is the line of an error in a text.
func lineOf(text []byte, at int64, err error) int {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.Is(err, io.ErrUnexpectedEOF):
		at = int64(len(bytes.TrimSpace(text)))
	}
	return 1 + bytes.Count(text[:min(at, int64(len(text)))], []byte("\n"))
}

func (f *Folder) addOutput(name string, members map[string]json.RawMessage) error {
	for _, form := range forms {
		text, has := members[form.member]
		if !has {
			continue
		}
		o := output{file: name, member: form.member, text: text}
		operation := form.operation
		if form.subject != nil {
			if found := form.subject.FindStringSubmatch(strings.TrimSuffix(name, ".json")); found != nil {
				o.subject, operation = found[1], form.asked
			} else if form.needed {
				return fmt.Errorf("the output has %s, and does not say of what: put the ID that was asked about into the name of the file", form.member)
			}
		}
		if operation != "" {
			if err := f.keep(operation, o); err != nil {
				return err
			}
		}
		if form.add != nil {
			return form.add(f, o)
		}
		return nil
	}
	return errors.New("it is neither a saved call nor the output of a list- or describe- command of aws organizations")
}

// keep keeps an output for the answer to a call. Lists of several files become one.
func (f *Folder) keep(operation string, o output) error {
	key := operation + " " + o.subject
	if !strings.HasPrefix(operation, "List") {
		f.ones[key] = o.text
		return nil
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(o.text, &entries); err != nil {
		return fmt.Errorf("%s is not a list: %w", o.member, err)
	}
	f.lists[key] = append(f.lists[key], entries...)
	if f.lists[key] == nil {
		f.lists[key] = []json.RawMessage{}
	}
	return nil
}

// decode decodes an output into what is asked of it.
func (o output) decode(into any) error {
	if err := json.Unmarshal(o.text, into); err != nil {
		return fmt.Errorf("%s: %w", o.member, err)
	}
	return nil
}

// place notes where a unit or an account is, if it says so.
func (f *Folder) place(text json.RawMessage, kind *things, parent string) error {
	var p placed
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	if p.Id == "" {
		return errors.New("an entry has no Id")
	}
	kind.add(p.Id, text)
	if parent == "" {
		parent = clone.ParentIn(append(p.Paths, p.Path)...)
	}
	if parent != "" {
		f.parent[p.Id] = parent
	}
	return nil
}

func (f *Folder) accountsOf(o output) error { return f.placeAll(o, &f.accounts) }
func (f *Folder) unitsOf(o output) error    { return f.placeAll(o, &f.units) }

func (f *Folder) placeAll(o output, kind *things) error {
	var all []json.RawMessage
	if err := o.decode(&all); err != nil {
		return err
	}
	for _, one := range all {
		if err := f.place(one, kind, o.subject); err != nil {
			return fmt.Errorf("%s: %w", o.member, err)
		}
	}
	return nil
}

// oneAccount adds an account that was described. The account of a caller is only a text.
func (f *Folder) oneAccount(o output) error {
	if bytes.HasPrefix(bytes.TrimSpace(o.text), []byte(`"`)) {
		f.ones["GetCallerIdentity "] = o.text
		return nil
	}
	return f.place(o.text, &f.accounts, "")
}

func (f *Folder) oneUnit(o output) error { return f.place(o.text, &f.units, "") }

func (f *Folder) parents(o output) error {
	var parents []placed
	if err := o.decode(&parents); err != nil {
		return err
	}
	if len(parents) == 1 {
		f.parent[o.subject] = parents[0].Id
	}
	return nil
}

func (f *Folder) childrenOf(o output) error {
	var children []struct{ Id, Type string }
	if err := o.decode(&children); err != nil {
		return err
	}
	// The command lists children of one type, which an empty list does not tell.
	if found := ofChildren.FindString(o.file); found != "" {
		f.listed[found+" "+o.subject] = true
	}
	for _, child := range children {
		f.parent[child.Id] = o.subject
		f.listed[child.Type+" "+o.subject] = true
	}
	return nil
}

// policiesOf sorts the policies of an organization by their types, which the name of a file
// tells for a list that is empty.
func (f *Folder) policiesOf(o output) error {
	if o.subject != "" {
		return nil
	}
	var all []json.RawMessage
	if err := o.decode(&all); err != nil {
		return err
	}
	if named := ofType.FindString(o.file); named != "" {
		f.types[named] = append([]json.RawMessage{}, f.types[named]...)
	}
	for _, text := range all {
		var p struct{ Type string }
		if err := json.Unmarshal(text, &p); err != nil {
			return fmt.Errorf("%s: %w", o.member, err)
		}
		f.types[p.Type] = append(f.types[p.Type], text)
	}
	return nil
}

func (f *Folder) onePolicy(o output) error {
	var p struct{ PolicySummary placed }
	if err := o.decode(&p); err != nil {
		return err
	}
	o.subject = p.PolicySummary.Id
	return f.keep("DescribePolicy", o)
}

// transfers are those of both directions: what a transfer says of its sides is enough.
func (f *Folder) transfers(o output) error {
	return errors.Join(f.keep("ListInboundResponsibilityTransfers", o), f.keep("ListOutboundResponsibilityTransfers", output{text: json.RawMessage("[]")}))
}
