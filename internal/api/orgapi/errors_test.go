package orgapi_test

import (
	"bufio"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// declared reads testdata/errors.txt: operation → exception → reasons.
func declared(t *testing.T) map[string]map[string][]string {
	t.Helper()
	file, err := os.Open("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table := make(map[string]map[string][]string)
	var operation string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		words := strings.Fields(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] != '\t':
			operation = line
			table[operation] = make(map[string][]string)
		default:
			table[operation][words[0]] = words[1:]
		}
	}
	return table
}

func TestOperationsDeclareTheirExceptions(t *testing.T) {
	table := declared(t)
	if len(table) != len(orgapi.Operations) {
		t.Errorf("%d operations in the table, %d in the model", len(table), len(orgapi.Operations))
	}
	for name, exceptions := range table {
		var want []string
		for exception := range exceptions {
			want = append(want, exception)
		}
		slices.Sort(want)
		got := slices.Sorted(slices.Values(orgapi.Operations[name].Errors))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-table +model):\n%s", name, diff)
		}
	}
}

func TestEveryReasonOfTheTablesHasAnException(t *testing.T) {
	enums := map[string]func(string) bool{
		"AccessDeniedForDependencyException":    func(r string) bool { return orgapi.AccessDeniedForDependencyExceptionReason(r).Valid() },
		"ConstraintViolationException":          func(r string) bool { return orgapi.ConstraintViolationExceptionReason(r).Valid() },
		"HandshakeConstraintViolationException": func(r string) bool { return orgapi.HandshakeConstraintViolationExceptionReason(r).Valid() },
		"InvalidInputException":                 func(r string) bool { return orgapi.InvalidInputExceptionReason(r).Valid() },
	}
	for operation, exceptions := range declared(t) {
		for exception, reasons := range exceptions {
			for _, reason := range reasons {
				if known := enums[exception]; known == nil || !known(reason) {
					t.Errorf("%s: %s has no reason %s", operation, exception, reason)
					continue
				}
				err := orgapi.Exception(exception, reason)
				if err.Reason != reason || err.Message == "" {
					t.Errorf("%s %s: made %+v", exception, reason, err)
				}
			}
		}
	}
}

func TestExceptionsAreMadeWithNameStatusAndText(t *testing.T) {
	seen := make(map[string]bool)
	for _, op := range orgapi.Operations {
		for _, name := range op.Errors {
			seen[name] = true
		}
	}
	for name := range seen {
		err := orgapi.Exception(name, "")
		if err == nil {
			t.Errorf("no constructor for %s", name)
			continue
		}
		status := http.StatusBadRequest
		if name == "ServiceException" {
			status = http.StatusInternalServerError
		}
		if err.Type != name || err.Status != status {
			t.Errorf("%s: made %s with status %d", name, err.Type, err.Status)
		}
	}
	if len(seen) < 49 {
		t.Errorf("only %d exceptions are declared by operations", len(seen))
	}
	if err := orgapi.Exception("NoSuchException", ""); err != nil {
		t.Errorf("an unknown name made %v", err)
	}
}

// Public clients (retry loops of infrastructure tools) compare these texts word
// for word.
func TestTextsThatClientsMatchAreVerbatim(t *testing.T) {
	const (
		conflict   = "AWS Organizations can't complete your request because it conflicts with another attempt to modify the same entity. Try again later."
		inProgress = "AWS Organizations can't complete your request because another request is already in progress. Try again later."
		finalizing = "AWS Organizations could not finalize the creation of your organization. Try again later. If this persists, contact AWS customer support."
	)
	for want, err := range map[string]*api.Error{
		"Your account is not a member of an organization.":                                orgapi.ErrAWSOrganizationsNotInUse(),
		"You don't have permissions to access this resource.":                             orgapi.ErrAccessDenied(),
		"You have sent too many requests in too short a period of time. Try again later.": orgapi.ErrTooManyRequests(),
		inProgress: orgapi.ErrTooManyRequests().Saying(orgapi.TextTooManyRequestsInProgress),
		conflict:   orgapi.ErrConcurrentModification(),
		finalizing: orgapi.ErrFinalizingOrganization(),
		// Without a period in the one, with it in the other.
		"You have exceeded the allowed number of AWS accounts":     orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAccountNumberLimitExceeded),
		"You have exceeded the allowed number of AWS accounts.":    orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonAccountNumberLimitExceeded),
		"This operation requires a wait period.  Try again later.": orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonWaitPeriodActive),
	} {
		if err.Message != want {
			t.Errorf("%s %s says %q, want %q", err.Type, err.Reason, err.Message, want)
		}
	}
}

func TestUnimplementedAnswersEveryOperation(t *testing.T) {
	for name, op := range orgapi.Operations {
		_, err := op.Invoke(t.Context(), orgapi.Unimplemented{}, op.NewRequest())
		refusal, ok := err.(*api.Error)
		if !ok || refusal.Status != http.StatusNotImplemented || !strings.Contains(refusal.Message, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
