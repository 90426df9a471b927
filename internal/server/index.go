package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// isVisit reports whether a request comes from a person with a browser or curl, who
// looks what is at the address: a GET of / without a signature or an operation.
func isVisit(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.Path == "/" && r.URL.RawQuery == "" &&
		r.Header.Get("Authorization") == "" && r.Header.Get("X-Amz-Target") == ""
}

// answerVisit says what is at the address.
func answerVisit(w http.ResponseWriter, services []Service) {
	var served []string
	for _, service := range services {
		if len(service.Operations) > 0 {
			served = append(served, service.Name)
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, fmt.Sprintf(`This is Accord. It answers the API of these AWS services: %s.
Point the AWS CLI, an SDK or Terraform here, for instance:

    aws --endpoint-url URL organizations describe-organization
`, strings.Join(served, ", ")))
}
