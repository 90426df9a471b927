package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"accord/internal/console/visit"
)

// fault is an injected fault as the admin API shows it.
type fault struct {
	ID        string `json:"id"`
	Operation string `json:"operation"`
	Account   string `json:"account"`
	Exception string `json:"exception"`
	Next      int    `json:"next"`
	Delay     string `json:"delay"`
	Cut       string `json:"cut"`
	Acted     int    `json:"acted"`
}

// UsedUp reports whether the fault makes no call fail any more.
func (f fault) UsedUp() bool { return f.Next > 0 && f.Acted >= f.Next }

// Words say what happens to a call.
func (f fault) Words() string {
	var parts []string
	if f.Delay != "" && f.Delay != "0s" {
		parts = append(parts, "waits "+f.Delay)
	}
	if f.Exception != "" {
		parts = append(parts, f.Exception)
	}
	if f.Cut != "" {
		parts = append(parts, "connection cut "+f.Cut+" the work")
	}
	if len(parts) == 0 {
		return "fault"
	}
	return strings.Join(parts, ", ")
}

// actOnCalls adds and removes faults.
func actOnCalls(v *visit.Visit) (string, error) {
	to := v.URL.RequestURI()
	switch v.PostFormValue("do") {
	case "fault":
		return to, addFault(v)
	case "remove":
		return to, v.Admin(http.MethodDelete, "/faults/"+url.PathEscape(v.PostFormValue("fault")), nil, nil)
	case "remove-all":
		return to, v.Admin(http.MethodDelete, "/faults", nil, nil)
	}
	return "", visit.ErrUnknownForm
}

// addFault adds the fault of a form. What the admin API refuses stands at the field that it is
// about, as far as its words tell.
func addFault(v *visit.Visit) error {
	asked := map[string]any{}
	for _, name := range []string{"service", "operation", "account", "exception", "delay", "cut"} {
		if value := strings.TrimSpace(v.PostFormValue(name)); value != "" {
			asked[name] = value
		}
	}
	next := strings.TrimSpace(v.PostFormValue("next"))
	if next == "" {
		next = "1"
	}
	n, err := strconv.Atoi(next)
	if err != nil || n < 1 {
		return &visit.Failure{Status: http.StatusBadRequest, Field: "next", Message: strconv.Quote(next) + " is not a number of calls of 1 or more"}
	}
	asked["next"] = n
	err = v.Admin(http.MethodPost, "/faults", asked, nil)
	if f := visit.FailureOf(err); f != nil {
		field := "exception"
		for _, name := range []string{"delay", "account", "operation", "cut"} {
			if strings.Contains(f.Message, name+" ") && !strings.Contains(f.Message, "return") {
				field = name
				break
			}
		}
		return visit.At(field, f)
	}
	return nil
}
