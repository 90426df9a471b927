//go:build !unix

package filelock

import "io/fs"

// Links is 1 where the system does not tell.
func Links(fs.FileInfo) uint64 { return 1 }
