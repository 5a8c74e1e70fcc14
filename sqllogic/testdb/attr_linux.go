package testdb

import "syscall"

// dieWithParent makes the kernel send sig to the process when the thread that started it ends. Process.start keeps that
// thread for as long as the process lives, so the signal means that the whole test process is gone.
func dieWithParent(attr *syscall.SysProcAttr, sig syscall.Signal) { attr.Pdeathsig = sig }
