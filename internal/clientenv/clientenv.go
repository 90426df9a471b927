// Package clientenv has the environment variables by which the AWS CLI, the AWS SDKs
// and Terraform find a server. [AWS: SDKs and Tools Reference Guide, Settings]
package clientenv

import (
	"slices"
	"strings"
)

// Region is the region to sign for. Any other one works, too.
const Region = "us-east-1"

// Secret is the secret access key of every account: the open sandbox checks none of them.
const Secret = "anything"

// Variable is one environment variable.
type Variable struct{ Name, Value string }

// Server is what clients need to know of a server.
type Server struct {
	// Endpoint is the URL of the API, without a trailing slash.
	Endpoint string
	// CABundle is the file of the certificates that clients trust; empty for those
	// of the system.
	CABundle string
}

// Variables are those with which clients call the server as the root user of an
// account, in the order in which they are shown; without an account, those without
// credentials.
func (s Server) Variables(account string) []Variable {
	all := []Variable{
		{"AWS_ENDPOINT_URL_ORGANIZATIONS", s.Endpoint},
		{"AWS_ENDPOINT_URL_STS", s.Endpoint},
		{"AWS_ENDPOINT_URL_IAM", s.Endpoint},
		{"AWS_DEFAULT_REGION", Region},
		{"AWS_REGION", Region},
	}
	if account != "" {
		all = append(all, Variable{"AWS_ACCESS_KEY_ID", account}, Variable{"AWS_SECRET_ACCESS_KEY", Secret})
	}
	if s.CABundle != "" {
		all = append(all, Variable{"AWS_CA_BUNDLE", s.CABundle}, Variable{"NODE_EXTRA_CA_CERTS", s.CABundle})
	}
	return all
}

// conflicting are the variables with which clients use other credentials, and ignored the
// one with which they use the endpoints of AWS.
var conflicting = []string{
	"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", ignored,
}

const ignored = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"

// Conflicting are the variables that may not be set beside those of set, which Variables
// returned: without credentials in it, those of the environment stay.
func Conflicting(set []Variable) []string {
	if slices.ContainsFunc(set, func(v Variable) bool { return v.Name == "AWS_ACCESS_KEY_ID" }) {
		return slices.Clone(conflicting)
	}
	return []string{ignored}
}

// everyService is the endpoint of services without an endpoint of their own.
const everyService = "AWS_ENDPOINT_URL"

// Environ returns the environment of a command whose calls do not reach AWS: that of
// base, as os.Environ returns it, without conflicting variables and with those of set,
// which Variables returned. Calls of services that Accord does not have go to the
// AWS_ENDPOINT_URL of base, and to Accord if that is not set.
func Environ(base []string, set []Variable) []string {
	if !slices.ContainsFunc(base, func(line string) bool {
		return strings.HasPrefix(line, everyService+"=") && line != everyService+"="
	}) {
		set = append(slices.Clone(set), Variable{everyService, set[0].Value})
	}
	unset := Conflicting(set)
	out := slices.DeleteFunc(slices.Clone(base), func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return slices.Contains(unset, name) || slices.ContainsFunc(set, func(v Variable) bool { return v.Name == name })
	})
	for _, v := range set {
		out = append(out, v.Name+"="+v.Value)
	}
	return out
}
