// Package cltype lists the file types of ClamAV: their CL_TYPE names, the order
// among them, and the signature targets they belong to. The names are part of
// the signature language (Container:, HandlerType:, .cdb, .ftm).
//
// Source: the ClamAV documentation of file types and targets; names observed with clamscan 1.4.6.
package cltype

// Type is a file type. The order of the constants from MBR on is significant:
// when several pattern definitions hit, the higher type wins.
type Type uint8

// All types. Error and Other are internal and cannot be named in databases.
const (
	Any Type = iota
	TextASCII
	TextUTF8
	TextUTF16LE
	TextUTF16BE
	BinaryData
	Error
	MSEXE
	ELF
	MachO
	MachOUniBin
	POSIXTar
	OldTar
	CPIOOld
	CPIOODC
	CPIONewc
	CPIOCRC
	GZ
	ZIP
	BZ
	RAR
	ARJ
	MSSZDD
	MSOLE2
	MSCAB
	MSCHM
	SIS
	ScrEnc
	Graphics
	GIF
	PNG
	JPEG
	TIFF
	RIFF
	BinHex
	TNEF
	CryptFF
	PDF
	UUEncoded
	Script
	HTMLUTF16
	RTF
	SevenZip
	SWF
	Java
	XAR
	XZ
	OOXMLWord
	OOXMLPPT
	OOXMLXL
	Internal
	HWP3
	OOXMLHWP
	PS
	EGG
	OneNote
	PythonCompiled
	LHA
	AIModel
	PartAny
	PartHFSPlus
	MBR
	HTML
	Mail
	SFX
	ZIPSFX
	RARSFX
	SevenZipSFX
	CABSFX
	ARJSFX
	EGGSFX
	NulSft
	AutoIt
	IShieldMSI
	ISO9660
	DMG
	GPT
	APM
	XDP
	XMLWord
	XMLXL
	XMLHWP
	HWPOLE2
	MHTML
	LNK
	UDF
	ALZ
	Other
	Ignored
	count
)

var names = [count]string{
	Any: "ANY", TextASCII: "TEXT_ASCII", TextUTF8: "TEXT_UTF8", TextUTF16LE: "TEXT_UTF16LE",
	TextUTF16BE: "TEXT_UTF16BE", BinaryData: "BINARY_DATA", Error: "ERROR", MSEXE: "MSEXE", ELF: "ELF",
	MachO: "MACHO", MachOUniBin: "MACHO_UNIBIN", POSIXTar: "POSIX_TAR", OldTar: "OLD_TAR",
	CPIOOld: "CPIO_OLD", CPIOODC: "CPIO_ODC", CPIONewc: "CPIO_NEWC", CPIOCRC: "CPIO_CRC", GZ: "GZ",
	ZIP: "ZIP", BZ: "BZ", RAR: "RAR", ARJ: "ARJ", MSSZDD: "MSSZDD", MSOLE2: "MSOLE2", MSCAB: "MSCAB",
	MSCHM: "MSCHM", SIS: "SIS", ScrEnc: "SCRENC", Graphics: "GRAPHICS", GIF: "GIF", PNG: "PNG",
	JPEG: "JPEG", TIFF: "TIFF", RIFF: "RIFF", BinHex: "BINHEX", TNEF: "TNEF", CryptFF: "CRYPTFF",
	PDF: "PDF", UUEncoded: "UUENCODED", Script: "SCRIPT", HTMLUTF16: "HTML_UTF16", RTF: "RTF",
	SevenZip: "7Z", SWF: "SWF", Java: "JAVA", XAR: "XAR", XZ: "XZ", OOXMLWord: "OOXML_WORD",
	OOXMLPPT: "OOXML_PPT", OOXMLXL: "OOXML_XL", Internal: "INTERNAL", HWP3: "HWP3",
	OOXMLHWP: "OOXML_HWP", PS: "PS", EGG: "EGG", OneNote: "ONENOTE", PythonCompiled: "PYTHON_COMPILED",
	LHA: "LHA_LZH", AIModel: "AI_MODEL", PartAny: "PART_ANY", PartHFSPlus: "PART_HFSPLUS", MBR: "MBR",
	HTML: "HTML", Mail: "MAIL", SFX: "SFX", ZIPSFX: "ZIPSFX", RARSFX: "RARSFX", SevenZipSFX: "7ZSFX",
	CABSFX: "CABSFX", ARJSFX: "ARJSFX", EGGSFX: "EGGSFX", NulSft: "NULSFT", AutoIt: "AUTOIT",
	IShieldMSI: "ISHIELD_MSI", ISO9660: "ISO9660", DMG: "DMG", GPT: "GPT", APM: "APM", XDP: "XDP",
	XMLWord: "XML_WORD", XMLXL: "XML_XL", XMLHWP: "XML_HWP", HWPOLE2: "HWPOLE2", MHTML: "MHTML",
	LNK: "LNK", UDF: "UDF", ALZ: "ALZ", Other: "OTHER", Ignored: "IGNORED",
}

// String returns the full name, such as "CL_TYPE_ZIP".
func (t Type) String() string { return "CL_TYPE_" + t.Short() }

// Short returns the name without the CL_TYPE_ prefix.
func (t Type) Short() string {
	if t < count {
		return names[t]
	}
	return "ERROR"
}

var byName = func() map[string]Type {
	m := make(map[string]Type, count)
	for t, n := range names {
		if Type(t) != Error && Type(t) != Other {
			m[n] = Type(t)
		}
	}
	return m
}()

// Parse finds a type by its full name, as written in databases.
func Parse(name string) (Type, bool) {
	const prefix = "CL_TYPE_"
	if len(name) <= len(prefix) || name[:len(prefix)] != prefix {
		return 0, false
	}
	return ParseShort(name[len(prefix):])
}

// ParseShort finds a type by its name without the CL_TYPE_ prefix.
func ParseShort(name string) (Type, bool) {
	t, ok := byName[name]
	return t, ok
}

// IsText tells whether t is one of the plain text types.
func (t Type) IsText() bool { return t >= TextASCII && t <= TextUTF16BE }

// Target is a signature target number.
type Target uint8

// The targets.
const (
	TargetAny Target = iota
	TargetPE
	TargetOLE2
	TargetHTML
	TargetMail
	TargetGraphics
	TargetELF
	TargetASCII
	TargetUnused
	TargetMachO
	TargetPDF
	TargetFlash
	TargetJava
	TargetInternal
	TargetOther
	TargetCount
)

// TargetOf returns the target whose signatures are matched against the raw
// bytes of a layer of type t, besides target 0; TargetAny when there is none.
// Targets 3, 7 and 14 are matched against views made for them.
func TargetOf(t Type) Target {
	switch t {
	case MSEXE:
		return TargetPE
	case MSOLE2:
		return TargetOLE2
	case HTML:
		return TargetHTML
	case Mail:
		return TargetMail
	case Graphics, GIF, PNG, JPEG, TIFF:
		return TargetGraphics
	case ELF:
		return TargetELF
	case TextASCII:
		return TargetASCII
	case MachO, MachOUniBin:
		return TargetMachO
	case PDF:
		return TargetPDF
	case SWF:
		return TargetFlash
	case Java:
		return TargetJava
	case Internal:
		return TargetInternal
	case Other, BinaryData, PythonCompiled:
		return TargetOther
	}
	return TargetAny
}
