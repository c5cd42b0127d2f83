// Package wasmplugin runs carriers that come as WebAssembly modules, in wazero.
//
// # ABI 1
//
// A module is a reactor: it may export _initialize, which is called once, and
// what it imports is of WASI preview 1 only. It has no reference types, and so one
// table that does not grow. It exports its memory as "memory",
// and
//
//	carrier_abi() i32                          the version of the ABI, 1
//	carrier_buffer(size i32) i32               where size bytes may be written
//	carrier_info() i64                         the text "NAME VERSION"
//	carrier_label(size i32, items i32) i64     the label of a parcel
//
// A text that a module returns is packed: its address in the upper half, its
// length in the lower; it has at most 4 KiB. The host writes an order's identity,
// in UTF-8, where carrier_buffer says, and calls carrier_label with its length and
// the number of pieces. A label is 1 to 64 visible ASCII characters.
//
// # Registration
//
// A version is published with a [Manifest]. [Registry.Sync] takes it in only when
// its manifest is sound, its name free, its checksum right, its ABI and exports
// the ones above, when it starts and labels a sample parcel within its limits,
// and says of itself what its manifest says. Otherwise it is refused, for one of
// [Reasons], and the version before goes on serving. A refused version is not
// tried again, but for a wrong checksum, and a few times for a timeout. The
// checksum tells a damaged module, not a dishonest publisher: who may publish is
// the depot's to guard.
//
// Limits of memory hold for what a module takes while it runs, and for local
// variables of its functions, which are counted before it is read in. How long that
// takes is bounded only by [MaxModule].
//
// Modules are interpreted. To compile one takes ten times as long as to read it
// in, in which a publisher's bad day would keep the orders of a whole replica
// waiting; a label takes microseconds either way.
//
// A module that fails later, in a call, fails that one order: it is started
// again for the next. Where it was too slow, the order comes again once: the machine
// may have been busy. A module has one thread; who does not get it within the time
// of a call comes again, too, and no order is given up for it.
package wasmplugin
