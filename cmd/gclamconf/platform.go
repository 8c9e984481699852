package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"

	"gclam/internal/cli"
)

// platform prints what the program runs on.
func (c *checker) platform() {
	c.heading("Platform information")
	if u := uname(); u != "" {
		c.printf("uname: %s\n", u)
	}
	arch := machine()
	c.printf("OS: %s, ARCH: %s, CPU: %s\n", systemName(), arch, arch)
	if s := release(); s != "" {
		c.printf("Full OS version: %s\n", s)
	}
	c.printf("\n")
}

// build prints what the program was made with.
func (c *checker) build() {
	c.heading("Build information")
	c.printf("Go: %s (gclam %s)\n", runtime.Version(), cli.Version)
	c.printf("sizeof(void*) = %d\n", strconv.IntSize/8)
	c.printf("Engine flevel: %d, dconf: %d\n", cli.FunctionalityLevel, cli.FunctionalityLevel)
}

// systemName is the system's name as uname gives it.
func systemName() string {
	names := map[string]string{"linux": "Linux", "darwin": "Darwin", "freebsd": "FreeBSD", "openbsd": "OpenBSD", "netbsd": "NetBSD", "windows": "Windows"}
	if n := names[runtime.GOOS]; n != "" {
		return n
	}
	return runtime.GOOS
}

// machine is the processor's name as uname gives it.
func machine() string {
	names := map[string]string{"amd64": "x86_64", "386": "i686", "arm64": "aarch64"}
	if n := names[runtime.GOARCH]; n != "" {
		return n
	}
	return runtime.GOARCH
}

// release is the name of the distribution.
func release() string {
	b, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			if s, err := strconv.Unquote(v); err == nil {
				return s
			}
			return v
		}
	}
	return ""
}
