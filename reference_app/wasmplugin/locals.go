package wasmplugin

import (
	"bytes"
	"encoding/binary"
	"math"
)

const (
	codeSection  = 10
	firstNumber  = 0x7b // the types of numbers; others are of reference types
	lastNumber   = 0x7f
	localOnStack = 8    // bytes of the interpreter's stack, in each call under way
	deepestCalls = 2000 // that the interpreter allows
	localInCode  = 56   // bytes of what the interpreter makes of the code: an operation for each
	fewLocals    = 500  // of a function, which anyone may have: compilers need some
)

// checkLocals refuses a module whose functions have more local variables than its
// limit of memory bears: the interpreter has room of its own for them, which it does
// not count as the module's memory. It is asked before the module is read in, since
// the runtime then writes down each of them, and a few bytes may claim to be billions.
func checkLocals(m Manifest, code []byte) *Refusal {
	most, all, err := countLocals(code)
	if err != nil {
		return refuse(NotWasm, "%v", err)
	}
	if limit := max(fewLocals, m.memory()/(localOnStack*deepestCalls)); most > limit {
		return refuse(TooLarge, "a function has %d local variables, with %d MiB it may have %d", most, m.MemoryMiB, limit)
	}
	if limit := m.memory() / localInCode; all > limit {
		return refuse(TooLarge, "its functions have %d local variables, with %d MiB they may have %d", all, m.MemoryMiB, limit)
	}
	return nil
}

// countLocals counts the local variables of a module: most that one function has,
// and all.
func countLocals(code []byte) (most, all uint64, err error) {
	content, err := section(code, codeSection)
	if err != nil || content == nil {
		return 0, 0, err
	}
	r := bytes.NewBuffer(content)
	functions, err := binary.ReadUvarint(r)
	if err != nil {
		return 0, 0, errOddModule
	}
	for range functions {
		body, err := sized(r)
		if err != nil {
			return 0, 0, err
		}
		n, err := localsOf(body)
		if err != nil {
			return 0, 0, err
		}
		most, all = max(most, n), all+n
	}
	return most, all, nil
}

// localsOf counts those of a function, which begins with how many groups there are,
// and of each how many it has, of what type.
func localsOf(body []byte) (n uint64, err error) {
	r := bytes.NewBuffer(body)
	groups, err := binary.ReadUvarint(r)
	if err != nil {
		return 0, errOddModule
	}
	for range groups {
		size, err := binary.ReadUvarint(r)
		if err != nil || size > math.MaxUint32 {
			return 0, errOddModule
		}
		if kind, err := r.ReadByte(); err != nil || kind < firstNumber || kind > lastNumber {
			return 0, errOddModule
		}
		n += size
	}
	return n, nil
}
