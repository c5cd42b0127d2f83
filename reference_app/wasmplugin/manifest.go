package wasmplugin

import (
	"fmt"
	"regexp"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// ABI is the version of the ABI that is spoken here.
const ABI = 1

// Manifest is what a publisher says of one version of a plugin.
type Manifest struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	ABI     int    `json:"abi"`
	SHA256  string `json:"sha256"` // of the module, in hex
	// CallMillis is how long a start or a call may take, on the real clock.
	CallMillis int `json:"call_millis"`
	// MemoryMiB is how large its memory may grow, its table included.
	MemoryMiB int `json:"memory_mib"`
}

// What a manifest may ask for.
const (
	MaxModule     = 8 << 20 // bytes
	MaxCallMillis = 2000
	MaxMemoryMiB  = 128
)

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)
	versionForm = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	sumForm     = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// ID names the version: "express@1.0.0".
func (m Manifest) ID() string { return m.Name + "@" + m.Version }

func (m Manifest) limit() time.Duration { return time.Duration(m.CallMillis) * time.Millisecond }

func (m Manifest) memory() uint64 { return uint64(m.MemoryMiB) << 20 }

const shownLimit = 64 // characters, of a name, a version and a checksum

// printable is the manifest as [fulfil.Printable] texts: people are shown what a depot
// says, on a terminal too, before any of it is found to be sound. One that is not does
// not become so by it.
func (m Manifest) printable() Manifest {
	for _, text := range []*string{&m.Name, &m.Version, &m.SHA256} {
		*text = fulfil.Printable(*text, shownLimit)
	}
	return m
}

// validate names the first field at fault.
func (m Manifest) validate() error {
	switch {
	case !nameForm.MatchString(m.Name):
		return fmt.Errorf("name %q is not 1 to 32 lower case letters, digits, - or _", m.Name)
	case !versionForm.MatchString(m.Version):
		return fmt.Errorf("version %q is not of the form 1.2.3", m.Version)
	case !sumForm.MatchString(m.SHA256):
		return fmt.Errorf("sha256 %q is not 64 hex digits", m.SHA256)
	case m.CallMillis < 1 || m.CallMillis > MaxCallMillis:
		return fmt.Errorf("call_millis is 1 to %d, not %d", MaxCallMillis, m.CallMillis)
	case m.MemoryMiB < 1 || m.MemoryMiB > MaxMemoryMiB:
		return fmt.Errorf("memory_mib is 1 to %d, not %d", MaxMemoryMiB, m.MemoryMiB)
	}
	return nil
}
