package xlm

import "fmt"

// Tokens of formulas (MS-XLS 2.5.198.2). Those from 20h come in three classes,
// which the next two bits tell.
const (
	tokExp     = 0x01
	tokAdd     = 0x03
	tokConcat  = 0x08
	tokRange   = 0x11
	tokMissArg = 0x16
	tokStr     = 0x17
	tokExtend  = 0x18
	tokAttr    = 0x19
	tokErr     = 0x1c
	tokBool    = 0x1d
	tokInt     = 0x1e
	tokNum     = 0x1f
	tokFunc    = 0x21
	tokFuncVar = 0x22
	tokName    = 0x23
	tokRef     = 0x24
	tokArea    = 0x25
	tokMemArea = 0x26
	tokNameX   = 0x39
	tokRef3d   = 0x3a
	tokArea3d  = 0x3b

	classes   = 0x20 // first token with a class
	classMask = 0x60
	classV    = 0x40
	classA    = 0x60
)

// base drops the class of a token.
func base(t byte) byte {
	if t >= classes {
		return t&^classMask | classes
	}
	return t
}

var tokenNames = map[byte]string{
	0x01: "Exp", 0x02: "Tbl", 0x03: "Add", 0x04: "Sub", 0x05: "Mul", 0x06: "Div", 0x07: "Power", 0x08: "Concat",
	0x09: "LT", 0x0a: "LE", 0x0b: "EQ", 0x0c: "GE", 0x0d: "GT", 0x0e: "NE", 0x0f: "Isect", 0x10: "Union",
	0x11: "Range", 0x12: "Uplus", 0x13: "Uminus", 0x14: "Percent", 0x15: "Paren", 0x16: "MissArg", 0x17: "Str",
	0x19: "Attr", 0x1a: "Sheet", 0x1b: "EndSheet", 0x1c: "Err", 0x1d: "Bool", 0x1e: "Int", 0x1f: "Num",
	0x20: "Array", 0x21: "Func", 0x22: "FuncVar", 0x23: "Name", 0x24: "Ref", 0x25: "Area", 0x26: "MemArea",
	0x27: "MemErr", 0x28: "MemNoMem", 0x29: "MemFunc", 0x2a: "RefErr", 0x2b: "AreaErr", 0x2c: "RefN", 0x2d: "AreaN",
	0x2e: "MemAreaN", 0x2f: "MemNoMemN", 0x38: "FuncCE", 0x39: "NameX", 0x3a: "Ref3d", 0x3b: "Area3d",
	0x3c: "RefErr3d", 0x3d: "AreaErr3d",
}

// tokenName returns the name with the class as a letter, or what C prints for a
// string that is not there.
func tokenName(t byte) string {
	name, ok := tokenNames[base(t)]
	if !ok || t >= 0x80 {
		return "(null)"
	}
	switch {
	case t < classes:
	case t&classMask == classV:
		name += "V"
	case t&classMask == classA:
		name += "A"
	}
	return "ptg" + name
}

// tokenSizes gives the bytes of tokens of fixed size, themselves included
// (MS-XLS 2.5.198.25 to 2.5.198.111); others have one.
var tokenSizes = map[byte]int64{
	0x01: 5, 0x02: 5, 0x18: 6, 0x1c: 2, 0x1d: 2, 0x1e: 3, 0x1f: 9, 0x20: 8, 0x21: 3, 0x22: 4, 0x23: 5, 0x24: 5,
	0x25: 9, 0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3, 0x2a: 5, 0x2b: 9, 0x2c: 5, 0x2d: 9, 0x2e: 3, 0x2f: 3, 0x38: 4,
	0x39: 7, 0x3a: 7, 0x3b: 11, 0x3c: 7, 0x3d: 11,
}

// functionName returns the name of a function or command.
func functionName(id uint16) string {
	if n, ok := functionNames[id]; ok {
		return n
	}
	return fmt.Sprintf("FUNCTION.%d", id)
}
