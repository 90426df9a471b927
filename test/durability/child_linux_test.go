package durability_test

import "syscall"

// childAttributes are those of a server: it ends with this process. A group of its own
// keeps an interrupt from the terminal away from it.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
