package postgres

// concurrencyLimit bounds how many transactions of this server write at the same
// time, and how many share a commit. The bounds follow the failures (AIMD: additive
// increase, multiplicative decrease).
//
// The database detects conflicts by the pages that a serializable transaction reads,
// and in small tables all transactions read the same few pages: concurrent writers
// fail each other and repeat their work. In large tables they rarely meet. A group
// that fails repeats the work of all its members, so that among servers that fail each
// other groups become small.
type concurrencyLimit struct {
	// limit bounds the transactions that run, size the members of a group.
	limit, size int
	// successes counts the transactions since the last conflict or increase of the limit.
	successes int
}

const (
	// maxWriters is the limit at the start, and the highest.
	maxWriters = 16
	// maxGroup is the largest size, and so bounds how long the first member of a group waits
	// for the last.
	maxGroup = 32
	// increaseAfter is how many transactions, for each that may run, succeed in a row
	// before the limit grows by one.
	increaseAfter = 32
)

// adapt takes in how a group of a size ended.
func (l *concurrencyLimit) adapt(size int, err error) {
	switch {
	case err == nil:
		l.size = min(l.size+1, maxGroup)
	case size > 1:
		l.size = max(1, l.size/2)
	}
	switch l.successes++; {
	case isConflict(err):
		l.limit, l.successes = max(1, l.limit/2), 0
	case l.successes >= increaseAfter*l.limit && l.limit < maxWriters:
		l.limit, l.successes = l.limit+1, 0
	}
}
