package pages

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"accord/internal/console/visit"
)

// planned is a job as the admin API shows it.
type planned struct {
	At           time.Time `json:"at"`
	Kind         string    `json:"kind"`
	Subject      string    `json:"subject"`
	Organization string    `json:"organization"`
}

// due is what becomes due at one instant: jobs of one kind.
type due struct {
	At           time.Time
	Organization string
	// Subjects are what the jobs are about.
	Subjects []string
	kind     string
}

// plans are the kinds of jobs in the words of those who wait for them: of one, and of several.
var plans = map[string][2]string{
	"handshake expires":                       {"a handshake expires", "%d handshakes expire"},
	"handshake gone":                          {"a handshake can no longer be read", "%d handshakes can no longer be read"},
	"account creation ends":                   {"an account is made", "%d accounts are made"},
	"account creation gone":                   {"a request for an account can no longer be read", "%d requests for accounts can no longer be read"},
	"account closure ends":                    {"an account is closed", "%d accounts are closed"},
	"account gone":                            {"a closed account is gone for good", "%d closed accounts are gone for good"},
	"policy type disabled":                    {"the attachments of a disabled policy type are removed", "the attachments of %d disabled policy types are removed"},
	"transfer ends":                           {"the transfer of a bill ends", "%d transfers of bills end"},
	"transfer gone":                           {"a transfer of a bill can no longer be read", "%d transfers of bills can no longer be read"},
	"effective policies below":                {"effective policies are computed", "effective policies are computed (%d times)"},
	"effective policies of a policy":          {"effective policies are computed", "effective policies are computed (%d times)"},
	"accounts with effective policies judged": {"effective policies are checked", "effective policies are checked (%d times)"},
	"release counter/invitations-sent":        {"an invitation no longer counts toward the quota of a day", "%d invitations no longer count toward the quota of a day"},
	"release counter/creations-begun":         {"a new account no longer counts toward the quota of a day", "%d new accounts no longer count toward the quota of a day"},
	"release counter/closures-begun":          {"a closure no longer counts toward the quota of 30 days", "%d closures no longer count toward the quota of 30 days"},
}

// Words say what becomes due.
func (d due) Words() string {
	words, known := plans[d.kind]
	switch n := len(d.Subjects); {
	case !known && n == 1:
		return d.kind
	case !known:
		return fmt.Sprintf("%s (%d)", d.kind, n)
	case n == 1:
		return words[0]
	default:
		return fmt.Sprintf(words[1], n)
	}
}

// release is the kind of jobs that let a quota count one less; what is counted is before the
// slash of their subjects.
const release = "release counter"

// agenda lists what becomes due next, grouped by instant and kind. The housekeeping of the
// store is left out.
func agenda(v *visit.Visit) ([]due, error) {
	var list struct {
		Jobs []planned `json:"jobs"`
	}
	if err := v.Admin(http.MethodGet, "/jobs?limit=200", nil, &list); err != nil {
		return nil, err
	}
	var all []due
	for _, j := range list.Jobs {
		if j.Organization == "" && j.Subject == "" {
			continue
		}
		kind, subject := j.Kind, j.Subject
		if counter, of, counts := strings.Cut(subject, "/"); kind == release && counts {
			kind, subject = kind+"/"+counter, of
		}
		i := slices.IndexFunc(all, func(d due) bool {
			return d.At.Equal(j.At) && d.kind == kind && d.Organization == j.Organization
		})
		if i < 0 {
			all = append(all, due{At: j.At, Organization: j.Organization, kind: kind})
			i = len(all) - 1
		}
		all[i].Subjects = append(all[i].Subjects, subject)
	}
	return all, nil
}
