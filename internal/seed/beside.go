package seed

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// Beside returns what reads the files of a seed in its folder. A seed can be from anywhere:
// a pipe or a device, which need not end, is not read, and the folder is best one that no
// link leads out of.
func Beside(folder fs.FS) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		name = path.Clean(name)
		info, err := fs.Stat(folder, name)
		switch {
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, errors.New("it is not a regular file")
		case info.Size() > MaxSize:
			return nil, fmt.Errorf("the seed and its files have more than %d MiB", MaxSize>>20)
		}
		return fs.ReadFile(folder, name)
	}
}
