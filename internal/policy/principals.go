package policy

import "accord/internal/policy/document"

// everyPrincipal accepts only the two spellings of the principal *.
// [recorded]
func (c *checker) everyPrincipal(value *document.Node, at *document.Path) {
	if isEverybody(value) {
		return
	}
	if value.Kind == document.Object && len(value.Members) == 1 && isEverybody(value.Members[0].Value) && value.Members[0].Name == "AWS" {
		return
	}
	c.invalid(value, at, "Principal must be \"*\" or {\"AWS\": \"*\"}; narrow %s with a condition such as aws:PrincipalArn", c.kind)
}

func isEverybody(value *document.Node) bool {
	return value.Kind == document.String && value.Text == "*"
}
