package pages

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"accord/internal/clientenv"
	"accord/internal/console/visit"
	"accord/internal/ident"
)

// home is what the first page shows.
type home struct {
	Info          info
	Clock         clockState
	Organizations []organization
	Standalone    []visit.Account
	// MoreOrganizations and MoreStandalone say that there are more than are shown.
	MoreOrganizations, MoreStandalone bool
	Happened                          []visit.Happened
	Changed                           []behavior
	// Example is the account of the examples, Variables those of its clients.
	Example   ident.AccountID
	Variables []clientenv.Variable
	// Clients are programs that call the server.
	Clients []snippet
}

// info is what the admin API says of the server.
type info struct {
	Endpoint, CABundle, Store, Auth string
	Journal                         bool
	Writes                          bool `json:"adminWrites"`
}

// clockState is the clock of the service.
type clockState struct {
	Clock string    `json:"clock"`
	Now   time.Time `json:"now"`
}

// Virtual reports whether the clock moves only when it is moved.
func (c clockState) Virtual() bool { return c.Clock == "virtual" }

// organization is an organization as the admin API shows it.
type organization struct {
	ID         ident.OrganizationID `json:"id"`
	Management ident.AccountID      `json:"managementAccount"`
	FeatureSet string               `json:"featureSet"`
	Created    time.Time            `json:"created"`
	// Name is that of the management account, Members how many accounts there are.
	Name    string
	Members int
}

// behavior is a behavior of the server.
type behavior struct{ Name, Value, Default, AWS, Meaning string }

// shownAtHome is how many organizations and standalone accounts are listed.
const shownAtHome = 20

func showHome(v *visit.Visit) (any, error) {
	h := home{}
	var organizations struct {
		Organizations []organization `json:"organizations"`
		Next          string         `json:"next"`
	}
	var behaviors struct {
		Behaviors []behavior `json:"behaviors"`
	}
	for target, out := range map[string]any{
		"/info": &h.Info, "/clock": &h.Clock, "/behaviors": &behaviors, "/organizations?limit=20": &organizations,
	} {
		if err := v.Admin(http.MethodGet, target, nil, out); err != nil {
			return nil, err
		}
	}
	for _, b := range behaviors.Behaviors {
		if b.Value != b.Default {
			h.Changed = append(h.Changed, b)
		}
	}
	h.Organizations, h.MoreOrganizations = organizations.Organizations, organizations.Next != ""
	var err error
	if err = h.readAccounts(v); err != nil {
		return nil, err
	}
	if h.Happened, err = v.Records("limit=15"); err != nil {
		return nil, err
	}
	h.Example = cmp.Or(v.As, h.example())
	account := string(h.Example)
	if v.Server.Strict {
		account = ""
	}
	h.Variables = clientenv.Server{Endpoint: h.Info.Endpoint, CABundle: h.Info.CABundle}.Variables(account)
	h.Clients = clientsOf(h.Info.Endpoint, account, clientenv.Secret)
	return h, nil
}

// readAccounts reads the first standalone accounts, and who manages the organizations and how many
// accounts they have.
func (h *home) readAccounts(v *visit.Visit) (err error) {
	if h.Standalone, h.MoreStandalone, err = v.Standalone(strconv.Itoa(shownAtHome)); err != nil {
		return err
	}
	for i := range h.Organizations {
		o := &h.Organizations[i]
		manager, err := v.AccountByID(o.Management)
		if err != nil {
			return err
		}
		if manager != nil {
			o.Name = manager.Name
		}
		if o.Members, err = v.Members(o.ID); err != nil {
			return err
		}
	}
	return nil
}

// example is an account for examples: one that exists if there is one.
func (h *home) example() ident.AccountID {
	switch {
	case len(h.Organizations) > 0:
		return h.Organizations[0].Management
	case len(h.Standalone) > 0:
		return h.Standalone[0].ID
	}
	return "111111111111"
}

// actAtHome makes an organization, or an account.
func actAtHome(v *visit.Visit) (string, error) {
	id := ident.AccountID(v.PostFormValue("account"))
	switch v.PostFormValue("do") {
	case "organization":
		if err := v.CallAs(id, "CreateOrganization", map[string]string{"FeatureSet": v.PostFormValue("features")}, nil); err != nil {
			return "", err
		}
		return v.LinkAs("/handshakes", id), nil
	case "account":
		made, err := v.Register(id, v.PostFormValue("email"), v.PostFormValue("name"))
		if err != nil {
			return "", err
		}
		return v.LinkAs("/handshakes", made.ID), nil
	}
	return "", visit.ErrUnknownForm
}
