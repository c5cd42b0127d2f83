package wasmplugin

import (
	"fmt"

	"github.com/drillbook/drillbook/reference_app"
)

// Reason is why a version is refused: stable, for metrics and logs.
type Reason string

// The reasons.
const (
	BadManifest   Reason = "manifest"       // a field is missing or out of its limits
	NameTaken     Reason = "name-taken"     // a carrier that the service brings along has that name
	VersionReused Reason = "version-reused" // the version is registered, with another module
	WrongABI      Reason = "abi"            // it speaks another version of the ABI
	Oversized     Reason = "oversized"      // the module is larger than [MaxModule]
	BadChecksum   Reason = "checksum"       // the module is not the one of the manifest
	NotWasm       Reason = "not-wasm"       // it does not compile
	BadExports    Reason = "exports"        // an export is missing, or an import is not WASI's
	BadStart      Reason = "start"          // it fails when started
	TooSlow       Reason = "timeout"        // it does not end within its limit
	TooLarge      Reason = "memory"         // it wants more memory than its limit
	WrongIdentity Reason = "identity"       // it says of itself something else than its manifest
	BadLabel      Reason = "label"          // it has no label for a parcel, the sample one when it is registered
)

// Reasons lists them all.
func Reasons() []Reason {
	return []Reason{BadManifest, NameTaken, VersionReused, WrongABI, Oversized, BadChecksum, NotWasm, BadExports, BadStart, TooSlow,
		TooLarge, WrongIdentity, BadLabel}
}

// Refusal says why a version was not registered, or why a call of one that was
// has failed.
type Refusal struct {
	Reason Reason
	Detail string
}

func (r *Refusal) Error() string { return string(r.Reason) + ": " + r.Detail }

const detailLimit = 500 // characters

// refuse makes a refusal. A module has a say in some of its details, so that they
// are kept as [fulfil.Printable].
func refuse(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{reason, fulfil.Printable(fmt.Sprintf(format, args...), detailLimit)}
}
