package wasmplugin

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

const (
	tableSection = 4
	tableEntry   = 8 // bytes, in this process
	plainTable   = 0x70
)

// errOddTable: whose size nobody can tell.
var errOddTable = errors.New("its table is of another form than a plain one of functions")

// tableRoom is how much room a module's table takes, in bytes. The runtime
// allocates it beside the module's memory, and has no limit of ours for it: it is
// read from the module, which the runtime has found to be well formed. There is
// one at most, and it does not grow, since that needs reference types.
func tableRoom(code []byte) (uint64, error) {
	content, err := section(code, tableSection)
	if err != nil || content == nil {
		return 0, err
	}
	r := bytes.NewReader(content)
	var form [3]byte // how many tables, of what, and whether with a maximum
	_, _ = io.ReadFull(r, form[:])
	entries, err := binary.ReadUvarint(r)
	switch {
	case form[0] == 0:
		return 0, nil
	case err != nil || form[0] != 1 || form[1] != plainTable:
		return 0, errOddTable
	}
	return entries * tableEntry, nil
}
