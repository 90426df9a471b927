package diskspace

import "golang.org/x/sys/windows"

func free(path string) (available uint64, err error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	err = windows.GetDiskFreeSpaceEx(name, &available, nil, nil)
	return available, err
}
