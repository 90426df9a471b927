package sqlite

import "syscall"

// networks are the file systems of the network, and those of a process of their own, by
// their magic numbers. [Linux: statfs]
var networks = map[uint32]string{
	0x6969:     "NFS",
	0x517b:     "SMB",
	0xff534d42: "CIFS",
	0xfe534d42: "SMB",
	0x01021997: "9p",
	0x65735546: "FUSE",
	0x00c36400: "Ceph",
	0x5346414f: "AFS",
	0x73757245: "Coda",
	0x0bd00bd0: "Lustre",
}

// networkOf names the file system of a folder if it is one of the network.
func networkOf(folder string) string {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return ""
	}
	return networks[uint32(stat.Type)]
}
