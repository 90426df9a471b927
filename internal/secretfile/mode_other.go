//go:build !unix

package secretfile

import "io/fs"

// hasModes: access is a matter of lists here, which a mode does not show.
const hasModes = false

func ownedByRoot(fs.FileInfo) bool { return false }
