// Package visit is one request of a person to the console, with what the person may do: calls
// of the API as the account that the person chose, and requests of the admin API. Both go
// through the handlers of this process, and otherwise like those of any client.
package visit

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"accord/internal/ident"
)

// Server is what a visit reaches of the server.
type Server struct {
	// API answers calls, as the listener of the API does.
	API http.Handler
	// Admin answers requests of the admin API whose sender has been let in.
	Admin http.Handler
	// Strict says that callers are known by access keys of this server; otherwise the ID of
	// an account is enough.
	Strict bool
	// Sign signs a call of an access key whose secret is given, or, without one, with the
	// secret that the server has. It is called in strict mode.
	Sign func(ctx context.Context, r *http.Request, body []byte, accessKeyID, secret string) error
	// SessionOf makes credentials of an IAM user, by its name. It is called in the open sandbox.
	SessionOf func(ctx context.Context, account ident.AccountID, user string) (Credentials, error)
	// Assumed has the credentials of roles.
	Assumed *Assumed
	// Now is the time of the service.
	Now func() time.Time
}

// Visit is one request of a person.
type Visit struct {
	*http.Request
	Server *Server
	// Key is the access key that the person has shown, and Owner its account; empty in the
	// open sandbox.
	Key   string
	Owner ident.AccountID
	// Powers says whether the person has those of the admin API.
	Powers bool
	// As is the account that the person acts as; empty until one is chosen. Account is what is
	// known of it, once the page has looked.
	As      ident.AccountID
	Account *Account
	// By is the user or the role of the account that the person acts as; empty for its root
	// user. Principals are those to choose from, once the page has looked.
	By         string
	Principals []Identity

	// credentials are those of the user or the role.
	credentials *Credentials
	// Result is what the Act of a page leaves for its Show, where the form changes nothing.
	Result any
	// Upload is the file of the form; nil without one.
	Upload *Upload
}

// Upload is a file that a person sends, which is read while it arrives.
type Upload struct {
	Name string
	io.Reader
}

// Account is an account as the admin API shows it.
type Account struct {
	ID            ident.AccountID      `json:"id"`
	Name          string               `json:"name"`
	Email         string               `json:"email"`
	State         string               `json:"state"`
	EmailVerified bool                 `json:"emailVerified"`
	Organization  ident.OrganizationID `json:"organization"`
	Registered    time.Time            `json:"registered"`
}

// Page is a page of the console.
type Page struct {
	// Path is the pattern of its address below the base.
	Path string
	// Title is its name, and Nav says whether all pages link to it.
	Title string
	Nav   bool
	// Template is the name of its file in web/pages.
	Template string
	// Part is the template of the file that is sent alone, for a part of a page that is there
	// already, or "file" for a File; empty for a whole page.
	Part string
	Need Right
	// Show gathers what the page shows.
	Show func(v *Visit) (any, error)
	// Act does what a form of the page asks for, and returns the address of the page that
	// shows what came of it; nil for a page without forms. A failure shows the form again, and
	// so does an empty address: with Result, and with what was entered.
	Act func(v *Visit) (to string, err error)
	// Fields is how many bytes the fields of a form may have; 0 is what is usual. Upload is how
	// many a file may have, which is the last field of its form; 0 is none.
	Fields, Upload int64
}

// File is what the Show of a page returns that browsers keep instead of showing it.
type File struct {
	Name    string
	Content []byte
	// Target is where the admin API has the content; empty for a file whose content is known.
	Target string
}

// Right is what a page needs.
type Right int

// The rights.
const (
	// Provider pages use the admin API.
	Provider Right = iota
	// Principal pages act as an account.
	Principal
)

// Admits reports whether the person has shown what a page needs.
func (v *Visit) Admits(need Right) bool {
	if need == Provider || !v.Server.Strict {
		return v.Powers
	}
	return v.Key != ""
}

// Base begins the paths of the console.
const Base = "/console"

// Link is the address of a path of the console for the account that the person acts as, which is
// part of every address.
func (v *Visit) Link(to string) string { return v.LinkAs(to, v.As) }

// LinkAs is the address of a path for another account, as its root user. In strict mode the
// account is that of the access key.
func (v *Visit) LinkAs(to string, as ident.AccountID) string {
	if v.Server.Strict || as == "" {
		return Base + to
	}
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	to = Base + to + separator + "as=" + url.QueryEscape(string(as))
	if as == v.As && v.By != "" {
		to += "&by=" + url.QueryEscape(v.By)
	}
	return to
}
