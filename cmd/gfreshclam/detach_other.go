//go:build !unix

package main

// canDetach: services are run by the system here.
const canDetach = false

func isDetached() bool { return false }

func (a *app) detach() int { return codeInit }

func ready() {}
