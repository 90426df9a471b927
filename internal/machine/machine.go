// Package machine finds what the process may use of its machine, descriptors and memory,
// and gives memory back that it no longer uses.
package machine

// The bounds of connections. 600 of the API keep the program below 450 MB, whatever they
// send, and near 100 MB if they send little.
const (
	mostConnections      = 600
	mostAdminConnections = 64
	// reserved are the descriptors of the admin API, the store, the journal and the log.
	reserved = 256
)

// Connections is how many connections of the API may be open at once, so that
// descriptors are left for everything else; 0 descriptors are not known.
func Connections(descriptors int) int {
	if descriptors == 0 {
		return mostConnections
	}
	return min(mostConnections, Available(descriptors))
}

// Available is how many of the descriptors are left for connections of the API.
func Available(descriptors int) int {
	return descriptors - min(reserved, descriptors/2)
}

// AdminConnections is how many connections of the admin API may be open at once.
func AdminConnections(descriptors int) int {
	if descriptors == 0 {
		return mostAdminConnections
	}
	return min(mostAdminConnections, max(1, descriptors/8))
}
