package policies

import (
	"net/url"
	"strings"

	"accord/internal/console/chart"
	"accord/internal/console/visit"
	"accord/internal/whatif/change"
)

// Act does what a form of the page of a policy asks for, or says what that would do.
func Act(v *visit.Visit) (to string, err error) {
	id, form := v.PathValue("policy"), v.PostFormValue("do")
	here, try := "/policies/"+url.PathEscape(id), v.PostFormValue("try") != ""
	switch form {
	case "content":
		if try {
			return "", tryContent(v, id)
		}
		in := map[string]string{"PolicyId": id, "Content": document(v)}
		return v.Link(here + "?saved=content"), visit.At("content", v.Call("UpdatePolicy", in, nil))
	case "describe":
		in := map[string]string{"PolicyId": id, "Name": v.PostFormValue("name"), "Description": v.PostFormValue("description")}
		return v.Link(here), atField(v.Call("UpdatePolicy", in, nil))
	case "tag":
		return v.Link(here), chart.SetTag(v, id, v.PostFormValue("key"), v.PostFormValue("value"))
	case "untag":
		return v.Link(here), chart.RemoveTag(v, id, v.PostFormValue("key"))
	}
	if !tries[form] {
		return "", visit.ErrUnknownForm
	}
	target, err := meant(v, v.PostFormValue("target"))
	if err != nil {
		return "", err
	}
	if try {
		return v.Link(here+"?"+url.Values{"try": {form}, "target": {target}}.Encode()) + "#would", nil
	}
	in := map[string]string{"PolicyId": id}
	switch form {
	case "delete":
		described, _, err := describe(v, id)
		if err != nil {
			return "", err
		}
		return v.Link("/policies?type=" + url.QueryEscape(described.Type)), v.Call("DeletePolicy", in, nil)
	case "detach":
		in["TargetId"] = target
		return v.Link(here), v.Call("DetachPolicy", in, nil)
	}
	in["TargetId"] = target
	return v.Link(here+"?attached="+url.QueryEscape(target)) + "#attached", visit.At("target", v.Call("AttachPolicy", in, nil))
}

// document is the document that was entered. Browsers end its lines with CR LF, which counts
// and was not written.
func document(v *visit.Visit) string {
	return strings.ReplaceAll(v.PostFormValue("content"), "\r\n", "\n")
}

// meant is the ID of the target that a text means.
func meant(v *visit.Visit, text string) (string, error) {
	if text == "" || chart.IsTarget(text) {
		return text, nil
	}
	o, err := chart.Describe(v)
	if err != nil || o == nil {
		return text, err
	}
	root, err := chart.DescribeRoot(v)
	if err != nil || root == nil {
		return text, err
	}
	id, err := chart.FindTarget(v, *o, *root, text)
	return id, visit.At("target", err)
}

// tryContent says what saving the document that was entered would do, at a target where it is
// not attached yet if one is named.
func tryContent(v *visit.Visit, id string) error {
	described, _, err := describe(v, id)
	if err != nil {
		return err
	}
	changes := []change.Change{{Update: id, Document: change.Document(document(v))}}
	return tryEntered(v, described.Type, changes, func(target string) change.Change {
		return change.Change{Attach: id, Target: change.Targets{target}}
	})
}

// tryEntered says what changes would do, and one at the target that the form names. What is
// wrong stands at the field.
func tryEntered(v *visit.Visit, kind string, changes []change.Change, at func(target string) change.Change) error {
	g, err := survey(v)
	if err != nil {
		return err
	}
	if !v.Powers {
		v.Result = &Trial{Hidden: true}
		return nil
	}
	target, err := meant(v, strings.TrimSpace(v.PostFormValue("target")))
	if err != nil {
		return err
	}
	if target != "" {
		changes = g.enabling(find(g.Kinds, kind), append(changes, at(target))...)
	}
	report, err := g.report(v, changes)
	if err != nil {
		if strings.Contains(err.Error(), "the target ") || strings.Contains(err.Error(), "attached to") {
			return visit.At("target", err)
		}
		return visit.At("content", err)
	}
	v.Result = shown(report)
	return nil
}

// atField puts a refusal at the field that it is about.
func atField(err error) error {
	text := ""
	if err != nil {
		text = strings.ToLower(err.Error())
	}
	switch {
	case visit.Is(err, "MalformedPolicyDocumentException"):
		return visit.At("content", err)
	case visit.Is(err, "DuplicatePolicyException"):
		return visit.At("name", err)
	}
	for _, about := range []struct{ word, field string }{
		{"description", "description"}, {"content", "content"}, {"tag", "tags"}, {"name", "name"},
	} {
		if strings.Contains(text, about.word) {
			return visit.At(about.field, err)
		}
	}
	return err
}
