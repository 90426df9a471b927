package quota

import (
	"fmt"
	"slices"
	"strings"
)

// perService are the numbers of delegated administrators that services take, by the
// part of their principal before ".amazonaws.com"; the first row is that of every
// service without a row of its own.
//
// [AWS: the page of each service on Organizations: guardduty, auditmanager,
// inspector2, securitylake, license-manager, selfservicereporting.managedservices,
// cloudtrail, servicecatalog; assumed: the other rows]
var perService = []struct {
	number   int64
	services []string
}{
	{5, nil},
	{1, []string{
		"guardduty", "securityhub", "macie", "detective", "inspector2", "auditmanager", "fms", "securitylake",
		"license-manager", "license-manager.member-account", "license-manager-linux-subscriptions",
		"selfservicereporting.managedservices",
	}},
	{3, []string{"cloudtrail"}},
	{50, []string{"servicecatalog"}},
}

func delegatedAdministrators(_ *Set, facts Facts) int64 {
	service := strings.TrimSuffix(facts.Service, ".amazonaws.com")
	for _, row := range perService {
		if slices.Contains(row.services, service) {
			return row.number
		}
	}
	return perService[0].number
}

func describeAdministrators() string {
	var text strings.Builder
	for _, row := range perService[1:] {
		fmt.Fprintf(&text, "%d for %s; ", row.number, strings.Join(row.services, ", "))
	}
	fmt.Fprintf(&text, "%d for every other service", perService[0].number)
	return text.String()
}
