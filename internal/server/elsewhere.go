package server

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"accord/internal/api"
	"accord/internal/protocol"
	"accord/internal/protocol/foreign"
)

// elsewhere is the name, in the log and in metrics, of all services that the server
// does not have: names from requests are not bounded.
const elsewhere = "other"

// foreignService is the service of a call that is signed for one which the server does
// not have.
func foreignService(c *Call) *Service {
	return &Service{Name: elsewhere, Protocol: foreign.For(c.Message, c.Signature.Service)}
}

// notHere is the answer to a call of a service that the server does not have. The name
// is that of the credential scope.
func (p *pipeline) notHere(name string, status int) *api.Error {
	var served []string
	for _, s := range p.config.Services {
		if len(s.Operations) > 0 {
			served = append(served, s.Name)
		}
	}
	return &api.Error{
		Type:   protocol.UnknownOperationException,
		Status: status,
		Message: fmt.Sprintf("This server answers %s, not %s; point %[2]s elsewhere with %[3]s.",
			enumeration(served), shownName(name), endpointVariable(name)),
	}
}

// enumeration joins names as a sentence does.
func enumeration(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// statusElsewhere is the status of such an answer: boto3 and the SDK for Go do not retry
// it, as they do other errors of servers.
const statusElsewhere = http.StatusNotImplemented

// variables are the ends of the names of the variables with the endpoint of a service,
// where they differ from the name in the credential scope; for several services with
// one name, that of the service that is used most. [AWS: service-specific endpoints]
var variables = map[string]string{
	"application-autoscaling": "APPLICATION_AUTO_SCALING",
	"autoscaling":             "AUTO_SCALING",
	"ce":                      "COST_EXPLORER",
	"cloudcontrolapi":         "CLOUDCONTROL",
	"cognito-idp":             "COGNITO_IDENTITY_PROVIDER",
	"config":                  "CONFIG_SERVICE",
	"cur":                     "COST_AND_USAGE_REPORT_SERVICE",
	"ds":                      "DIRECTORY_SERVICE",
	"elasticfilesystem":       "EFS",
	"elasticloadbalancing":    "ELASTIC_LOAD_BALANCING_V2",
	"es":                      "OPENSEARCH",
	"events":                  "EVENTBRIDGE",
	"logs":                    "CLOUDWATCH_LOGS",
	"monitoring":              "CLOUDWATCH",
	"route53":                 "ROUTE_53",
	"secretsmanager":          "SECRETS_MANAGER",
	"servicecatalog":          "SERVICE_CATALOG",
	"servicequotas":           "SERVICE_QUOTAS",
	"sso":                     "SSO_ADMIN",
	"states":                  "SFN",
	"tagging":                 "RESOURCE_GROUPS_TAGGING_API",
}

// endpointVariable is the variable with which SDKs find the endpoint of a service.
func endpointVariable(name string) string {
	derived := strings.ToUpper(strings.ReplaceAll(shownName(name), "-", "_"))
	return "AWS_ENDPOINT_URL_" + cmp.Or(variables[name], derived)
}

// maxName is how many characters of a name are shown.
const maxName = 40

// shownName is the name of a service from a request, without what no name has.
func shownName(name string) string {
	return strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' {
			return c
		}
		return -1
	}, name[:min(len(name), maxName)])
}
