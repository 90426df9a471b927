package page

// MergeNewest merges two lists whose newest entries come first; cursor is the position of an
// entry.
func MergeNewest[T any](a, b []T, cursor func(T) Cursor) []T {
	merged := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if isNewer(cursor(a[0]), cursor(b[0])) {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

func isNewer(a, b Cursor) bool {
	if a.At != b.At {
		return a.At > b.At
	}
	return a.Sequence > b.Sequence
}
