package policy

// matches reports whether a pattern matches the whole text: * matches any number
// of characters, ? matches one. Characters are bytes, since the texts are names in
// ASCII.
//
// Backtracking returns only to the last *, so the work is bounded by the product
// of the lengths.
func matches(pattern, text string) bool {
	p, t := 0, 0
	star, resume := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			resume++
			p, t = star+1, resume
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
