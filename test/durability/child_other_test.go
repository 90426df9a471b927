//go:build !linux

package durability_test

import "syscall"

// childAttributes are nothing where a process cannot be bound to its parent.
func childAttributes() *syscall.SysProcAttr { return nil }
