//go:build unix && !linux

package testdb

import "syscall"

// dieWithParent does nothing: outside Linux a killed test process leaves its servers running.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}
