// Package states has the pages about the state of a server as a whole: its snapshots, what
// differs between two states, and the way from one state to another.
package states

import (
	"net/http"
	"net/url"

	"accord/internal/console/visit"
	"accord/internal/service/snapshots"
	"accord/internal/snapshot"
)

// list is what the page of all snapshots shows.
type list struct {
	Snapshots []entry
	// Writes says whether the admin API allows changes.
	Writes bool
	// NameForm describes the names of snapshots, and MaxSize is the largest file in MiB.
	NameForm string
	MaxSize  int64
	// Done says what a form has done.
	Done string
}

// Show lists the snapshots.
func Show(v *visit.Visit) (any, error) {
	l := list{NameForm: snapshot.NameForm, MaxSize: snapshot.MaxSize >> 20, Done: done(v)}
	var err error
	if l.Snapshots, err = saved(v); err != nil {
		return nil, err
	}
	l.Writes, err = v.Writes()
	return l, err
}

// saved are all snapshots.
func saved(v *visit.Visit) ([]entry, error) {
	var answer struct {
		Snapshots []entry `json:"snapshots"`
	}
	err := v.Admin(http.MethodGet, "/snapshots", nil, &answer)
	return answer.Snapshots, err
}

// doneWords say what was done, by the parameter of the address that names the snapshot.
var doneWords = []struct{ parameter, words string }{
	{"saved", "The present state is saved as "}, {"added", "The file is added as "}, {"deleted", "Deleted: "},
}

// done says what a form has done, as far as the address says it.
func done(v *visit.Visit) string {
	for _, d := range doneWords {
		if name := v.URL.Query().Get(d.parameter); snapshot.ValidName(name) {
			return d.words + name
		}
	}
	return ""
}

// Act saves the state, or adds a file.
func Act(v *visit.Visit) (string, error) {
	name, replace := v.PostFormValue("name"), v.PostFormValue("replace") == "yes"
	switch v.PostFormValue("do") {
	case "save":
		in := map[string]any{"name": name, "replace": replace, "secrets": v.PostFormValue("secrets") != "no"}
		err := v.Admin(http.MethodPost, "/snapshots", in, nil)
		return v.Link("/snapshots?saved=" + url.QueryEscape(name)), visit.At("name", err)
	case "upload":
		if !snapshot.ValidName(name) {
			return "", &visit.Failure{Status: http.StatusBadRequest, Field: "name", Message: snapshots.ErrName.Error()}
		}
		if v.Upload == nil {
			return "", errNoFile
		}
		target := "/snapshots/" + url.PathEscape(name)
		if replace {
			target += "?replace=true"
		}
		err := v.Send(http.MethodPut, target, v.Upload, nil)
		if visit.Has(err, http.StatusConflict) {
			return "", visit.At("name", err)
		}
		return v.Link("/snapshots?added=" + url.QueryEscape(name)), visit.At("file", err)
	}
	return "", visit.ErrUnknownForm
}

// errNoFile refuses a form without its file.
var errNoFile = &visit.Failure{Status: http.StatusBadRequest, Field: "file", Message: "No file was chosen."}

// fileEnding ends the names of the files of snapshots.
const fileEnding = ".snapshot"

// File is the file of a snapshot.
func File(v *visit.Visit) (any, error) {
	name := v.PathValue("name")
	if !snapshot.ValidName(name) {
		return nil, errNone
	}
	return visit.File{Name: name + fileEnding, Target: "/snapshots/" + url.PathEscape(name) + "/file"}, nil
}

// FileNow is the file of the present state, which is saved nowhere.
func FileNow(v *visit.Visit) (any, error) {
	target := "/snapshot"
	if v.URL.Query().Get("secrets") == "no" {
		target += "?secrets=false"
	}
	return visit.File{Name: "accord-" + v.Server.Now().UTC().Format("20060102-150405") + fileEnding, Target: target}, nil
}

// errNone says that there is no such snapshot.
var errNone = &visit.Failure{Status: http.StatusNotFound, Message: "There is no snapshot of this name."}
