// Package diskspace reads how much space a file system has left.
package diskspace

import "fmt"

// Free returns how many bytes this process can still write to the file system of a file
// or folder that exists.
func Free(path string) (uint64, error) {
	free, err := free(path)
	if err != nil {
		return 0, fmt.Errorf("the free space at %s: %w", path, err)
	}
	return free, nil
}
