package main

import "strings"

// exported returns a wire name as an exported Go name: the few names of the
// query protocol that begin in lower case get a capital.
func exported(name string) string {
	return strings.ToUpper(name[:1]) + name[1:]
}

// unexported returns a wire name with its leading run of capitals in lower
// case, but for the one that begins the next word: awsOrganizations…
func unexported(name string) string {
	n := 0
	for n < len(name) && isUpper(name[n]) {
		n++
	}
	if n > 1 && n < len(name) {
		n--
	}
	return strings.ToLower(name[:n]) + name[n:]
}

// camel turns an enum value such as SERVICE_CONTROL_POLICY into
// ServiceControlPolicy, and aws-managed into AwsManaged. A value in mixed case, such as
// LocalManagedPolicy, keeps it.
func camel(value string) string {
	rest := strings.ToLower
	if strings.ToUpper(value) != value {
		rest = func(word string) string { return word }
	}
	var b strings.Builder
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return r == '_' || r == '-' }) {
		b.WriteString(strings.ToUpper(word[:1]) + rest(word[1:]))
	}
	return b.String()
}

// bareName is the name of an exception without the word Exception.
func bareName(exception string) string { return strings.TrimSuffix(exception, "Exception") }

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
