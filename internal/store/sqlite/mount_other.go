//go:build !linux

package sqlite

// mounted is false: only Linux mounts files.
func mounted(string) bool { return false }
