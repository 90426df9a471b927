//go:build unix

package machine

import "syscall"

// Descriptors is how many files and connections the process may have open; 0 if that is
// not known. Go raises the soft limit to the hard one at the start.
func Descriptors() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 0
	}
	return int(min(limit.Cur, 1<<30)) //nolint:gosec // it fits
}
