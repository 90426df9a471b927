//go:build unix

package main

import "syscall"

// asUser lets a process run with the rights of a user alone.
func asUser(id uint32) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}
}
