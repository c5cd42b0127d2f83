package wasmplugin

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// moduleHeader is how every module of WebAssembly 1 begins.
const moduleHeader = "\x00asm\x01\x00\x00\x00"

// errOddModule: the runtime would refuse it as well, but perhaps not before it has
// allocated what the module claims to hold.
var errOddModule = errors.New("it is not made as a module is")

// section returns what is in a module's section; nil where there is none.
func section(code []byte, id byte) ([]byte, error) {
	code, ok := bytes.CutPrefix(code, []byte(moduleHeader))
	if !ok {
		return nil, errOddModule
	}
	for r := bytes.NewBuffer(code); r.Len() > 0; {
		at, _ := r.ReadByte()
		content, err := sized(r)
		if err != nil {
			return nil, err
		}
		if at == id {
			return content, nil
		}
	}
	return nil, nil
}

// sized reads what has its size before it.
func sized(r *bytes.Buffer) ([]byte, error) {
	size, err := binary.ReadUvarint(r)
	if err != nil || size > uint64(r.Len()) {
		return nil, errOddModule
	}
	return r.Next(int(size)), nil
}
