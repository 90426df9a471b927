package policy

// matches reports whether a pattern with * for any run of characters, even
// none, and ? for exactly one stands for the whole text. Characters are bytes:
// the texts compared here are names in ASCII.
//
// Only the last * is ever tried again, so the work is bounded by the product
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
