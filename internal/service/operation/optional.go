package operation

// Deref is an optional string of a request, empty when it was not sent.
func Deref[T ~string](member *T) string {
	if member == nil {
		return ""
	}
	return string(*member)
}
