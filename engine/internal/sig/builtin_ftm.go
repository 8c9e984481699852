package sig

import (
	"fmt"

	"gclam/engine/internal/cltype"
)

// builtinMagic is a group of definitions that differ in their bytes only.
type builtinMagic struct {
	typ    cltype.Type
	kind   MagicKind
	offset string   // as in an .ftm line
	hex    []string // bytes or patterns, in loading order
}

// builtinMagics are the definitions that apply while no .ftm is loaded, as far
// as the functionality level 216 has them. Among the fixed ones the last match
// wins, so the order matters where two fit the same bytes: the mail aliases
// file is tar, not script, as in clamscan 1.4.6.
//
// Source: table of clamscan 1.4.6's built-in types (filetypes.md 6).
var builtinMagics = [...]builtinMagic{
	{cltype.SevenZip, MagicFixed, "0", []string{"377abcaf271c"}},
	{cltype.SevenZipSFX, MagicPattern, "*", []string{"377abcaf271c"}},
	{cltype.ALZ, MagicFixed, "0", []string{"414c5a01"}},
	{cltype.APM, MagicPattern, "0", []string{"4552{510}504d0000"}},
	{cltype.ARJ, MagicFixed, "0", []string{"60ea"}},
	{cltype.ARJSFX, MagicPattern, "*", []string{
		"60ea{7}0002", "60ea{7}0102", "60ea{7}0202",
	}},
	{cltype.AutoIt, MagicPattern, "*", []string{"a3484bbe986c4aa9994c530a86d6487d41553321454130(35|36)"}},
	{cltype.BinaryData, MagicFixed, "0", []string{
		"000001b3", "000001ba",
	}},
	{cltype.BinHex, MagicFixed, "0", []string{"28546869732066696c65206d75737420626520636f6e76657274656420776974682042696e48657820342e3029"}},
	{cltype.BZ, MagicFixed, "0", []string{"425a68"}},
	{cltype.CABSFX, MagicPattern, "*", []string{"4d53434600000000"}},
	{cltype.CPIOCRC, MagicFixed, "0", []string{"303730373032"}},
	{cltype.CPIONewc, MagicFixed, "0", []string{"303730373031"}},
	{cltype.CPIOODC, MagicFixed, "0", []string{"303730373037"}},
	{cltype.CPIOOld, MagicFixed, "0", []string{
		"71c7", "c771",
	}},
	{cltype.CryptFF, MagicFixed, "0", []string{"b6b9acaefeffffff"}},
	{cltype.DMG, MagicPattern, "EOF-512", []string{"6b6f6c79"}},
	{cltype.EGG, MagicFixed, "0", []string{"45474741"}},
	{cltype.ELF, MagicFixed, "0", []string{"7f454c46"}},
	{cltype.GIF, MagicFixed, "0", []string{"474946"}},
	{cltype.GPT, MagicFixed, "512", []string{"4546492050415254"}},
	{cltype.Graphics, MagicFixed, "0", []string{
		"424d", "0000000c6a5020200d0a870a",
	}},
	{cltype.GZ, MagicFixed, "0", []string{"1f8b"}},
	{cltype.HTML, MagicPattern, "*", []string{
		"3c4120*(68|48)(72|52)4546", "3c4120*(68|48)(72|52)6566", "3c484541443e", "3c48544d4c3e", "3c486561643e",
		"3c48746d6c3e", "3c494652414d45", "3c494d47", "3c496d67", "3c4f424a454354", "3c4f626a656374", "3c534352495054",
		"3c536372697074", "3c5441424c45", "3c6120*(68|48)(72|52)4546", "3c6120*(68|48)(72|52)6566", "3c686561643e",
		"3c68746d6c3e", "3c696672616d65", "3c696d67", "3c6f626a656374", "3c736372697074", "3c7461626c65",
	}},
	{cltype.HTML, MagicPattern, "0", []string{"3c2540204c414e4755414745203d"}},
	{cltype.HWP3, MagicFixed, "0", []string{"48575020446f63756d656e742046696c652056332e3030201a0102030405"}},
	{cltype.HWPOLE2, MagicFixed, "4", []string{"d0cf11e0a1b11ae1"}},
	{cltype.Ignored, MagicFixed, "0", []string{
		"2e524d46", "494433", "4f676753", "fffb90", "5349502d48495420285349502f48", "53594d430100",
	}},
	{cltype.Ignored, MagicPattern, "0,128", []string{"2f5247420a49440affffffffffffffffffffffffffffffffffffffffffffffff"}},
	{cltype.Ignored, MagicFixed, "0", []string{
		"377f0682002de218", "377f0683002de218", "53514c69746520666f726d6174203300", "d9d505f920a163d7",
	}},
	{cltype.Internal, MagicFixed, "0", []string{"7b0a2020224d61676963223a22434c414d4a534f4e763022"}},
	{cltype.IShieldMSI, MagicPattern, "*", []string{"496e7374616c6c536869656c6400{292}0600000000000000????????????????0000000001"}},
	{cltype.ISO9660, MagicPattern, "*", []string{"014344303031{2043-2443}4344303031"}},
	{cltype.Java, MagicPattern, "0", []string{
		"cafebabe0000002?", "cafebabe0000003?",
	}},
	{cltype.JPEG, MagicFixed, "0", []string{"ffd8ff"}},
	{cltype.LHA, MagicPattern, "2", []string{
		"2d6c68(30|31|32|33|34|35|36|37|64|78)2d", "2d6c7a(73|34|35)2d", "2d706d302d",
	}},
	{cltype.LNK, MagicFixed, "0", []string{"4c0000000114020000000000c000000000000046"}},
	{cltype.MachO, MagicFixed, "0", []string{
		"cefaedfe", "cffaedfe", "feedface", "feedfacf",
	}},
	{cltype.MachOUniBin, MagicPattern, "0", []string{
		"cafebabe0000000?", "cafebabe0000001?",
	}},
	{cltype.Mail, MagicFixed, "0", []string{
		"3e46726f6d20", "446174653a20", "44656c6976657265642d546f3a20", "44656c69766572792d646174653a20",
		"456e76656c6f70652d746f3a20", "466f723a20", "46726f6d20", "46726f6d3a20",
		"48692e20546869732069732074686520716d61696c2d73656e64", "4d6573736167652d49443a20", "4d6573736167652d49643a20",
		"52656365697665643a20", "52657475726e2d506174683a20", "52657475726e2d706174683a20", "5375626a6563743a20",
		"546f3a20", "582d4170706172656e746c792d546f3a20", "582d455653", "582d456e76656c6f70652d46726f6d3a20",
		"582d4f726967696e616c2d546f3a20", "582d5265616c2d546f3a20", "582d53696576653a20", "582d53796d616e7465632d",
		"582d5549444c3a20", "763a0a52656365697665643a20", "763a0d0a52656365697665643a20",
	}},
	{cltype.Mail, MagicPattern, "0,1024", []string{
		"0a(46|66)726f6d3a20{-1024}0a(4d|6d)(49|69)(4d|6d)(45|65)2d(56|76)657273696f6e3a20",
		"0a(46|66)726f6d3a20{-2048}0a(43|63)6f6e74656e742d(54|74)7970653a20",
		"0a(4d|6d)(49|69)(4d|6d)(45|65)2d(56|76)657273696f6e3a20{-2048}0a(43|63)6f6e74656e742d(54|74)7970653a20",
		"0a(4d|6d)6573736167652d(49|69)643a20{-1024}0a(43|63)6f6e74656e742d(54|74)7970653a20",
	}},
	{cltype.Mail, MagicFixed, "0", []string{"52656365697665642d5350463a20"}},
	{cltype.Mail, MagicPattern, "0,2048", []string{"0a(52|72)656365697665643a20{-2048}0a(43|63)6f6e74656e742d(54|74)7970653a20"}},
	{cltype.Mail, MagicPattern, "0,1024", []string{"44656c6976657265642d546f3a{-256}52656365697665643a"}},
	{cltype.MBR, MagicPattern, "510", []string{"55aa"}},
	{cltype.MHTML, MagicPattern, "0", []string{"(4d|6d)(49|69)(4d|6d)(45|65)2d(56|76)657273696f6e3a20{-1024}0a(43|63)6f6e74656e742d(54|74)7970653a20"}},
	{cltype.MHTML, MagicPattern, "*", []string{"0a(4d|6d)(49|69)(4d|6d)(45|65)2d(56|76)657273696f6e3a20{-1024}0a(43|63)6f6e74656e742d(54|74)7970653a20"}},
	{cltype.MSCAB, MagicFixed, "0", []string{"4d53434600000000"}},
	{cltype.MSCHM, MagicFixed, "0", []string{"49545346"}},
	{cltype.MSEXE, MagicFixed, "0", []string{"4d5a"}},
	{cltype.MSEXE, MagicPattern, "*", []string{"4d5a{60-300}50450000"}},
	{cltype.MSOLE2, MagicFixed, "0", []string{"d0cf11e0a1b11ae1"}},
	{cltype.MSSZDD, MagicFixed, "0", []string{"535a4444"}},
	{cltype.NulSft, MagicPattern, "*", []string{"efbeadde4e756c6c736f6674496e7374"}},
	{cltype.OneNote, MagicFixed, "0", []string{"e4525c7b8cd8a74daeb15378d02996d3"}},
	{cltype.PartHFSPlus, MagicPartition, "1024", []string{
		"482b0004", "48580005",
	}},
	{cltype.PDF, MagicFixed, "0", []string{"255044462d"}},
	{cltype.PDF, MagicPattern, "*", []string{
		"255044462d??2e", "257064662d??2e",
	}},
	{cltype.PNG, MagicFixed, "0", []string{"89504e47"}},
	{cltype.Script, MagicFixed, "0", []string{"5b616c69617365735d"}},
	{cltype.POSIXTar, MagicFixed, "257", []string{"7573746172"}},
	{cltype.POSIXTar, MagicFixed, "0", []string{"5b616c69617365735d"}},
	{cltype.PS, MagicFixed, "0", []string{"252150532d41646f62652d"}},
	{cltype.PythonCompiled, MagicFixed, "0", []string{
		"02099900", "03099900", "892e0d0a", "04170d0a", "994e0d0a", "fcc40d0a", "fdc40d0a", "87c60d0a", "88c60d0a",
		"2aeb0d0a", "2beb0d0a", "2ded0d0a", "2eed0d0a", "3bf20d0a", "3cf20d0a", "45f20d0a", "59f20d0a", "63f20d0a",
		"6df20d0a", "6ef20d0a", "77f20d0a", "81f20d0a", "8bf20d0a", "8cf20d0a", "95f20d0a", "9ff20d0a", "a9f20d0a",
		"b3f20d0a", "b4f20d0a", "c7f20d0a", "d1f20d0a", "d2f20d0a", "dbf20d0a", "e5f20d0a", "eff20d0a", "f9f20d0a",
		"03f30d0a", "04f30d0a", "0af30d0a", "b80b0d0a", "c20b0d0a", "cc0b0d0a", "d60b0d0a", "e00b0d0a", "ea0b0d0a",
		"f40b0d0a", "f50b0d0a", "ff0b0d0a", "090c0d0a", "130c0d0a", "1d0c0d0a", "1f0c0d0a", "270c0d0a", "3b0c0d0a",
		"450c0d0a", "4f0c0d0a", "580c0d0a", "620c0d0a", "6c0c0d0a", "760c0d0a", "800c0d0a", "8a0c0d0a", "940c0d0a",
		"9e0c0d0a", "b20c0d0a", "bc0c0d0a", "c60c0d0a", "d00c0d0a", "da0c0d0a", "e40c0d0a", "ee0c0d0a", "f80c0d0a",
		"020d0d0a", "0c0d0d0a", "160d0d0a", "170d0d0a", "200d0d0a", "210d0d0a", "2a0d0d0a", "2b0d0d0a", "2c0d0d0a",
		"2d0d0d0a", "2f0d0d0a", "300d0d0a", "310d0d0a", "320d0d0a", "330d0d0a", "3e0d0d0a", "3f0d0d0a", "f00d0d0a",
		"00010d0a", "50010d0a",
	}},
	{cltype.PythonCompiled, MagicPattern, "0", []string{"??0d0d0a"}},
	{cltype.RAR, MagicFixed, "0", []string{"52617221"}},
	{cltype.RARSFX, MagicPattern, "*", []string{"526172211a0700"}},
	{cltype.RIFF, MagicFixed, "0", []string{
		"52494646", "52494658",
	}},
	{cltype.RTF, MagicFixed, "0", []string{"7b5c7274"}},
	{cltype.ScrEnc, MagicFixed, "0", []string{"23407e5e"}},
	{cltype.SIS, MagicPattern, "8,12", []string{"19040010"}},
	{cltype.SWF, MagicFixed, "0", []string{
		"465753", "435753", "5a5753",
	}},
	{cltype.TIFF, MagicFixed, "0", []string{
		"49492a00", "4d4d",
	}},
	{cltype.TNEF, MagicFixed, "0", []string{"789f3e22"}},
	{cltype.UDF, MagicPattern, "0,32768", []string{"004245413031"}},
	{cltype.UUEncoded, MagicFixed, "0", []string{"626567696e20"}},
	{cltype.XAR, MagicFixed, "0", []string{"78617221"}},
	{cltype.XDP, MagicPattern, "*", []string{"3c7864703a786470"}},
	{cltype.XMLHWP, MagicPattern, "0", []string{"efbbbf3c3f786d6c2076657273696f6e3d22312e3022*3c4857504d4c"}},
	{cltype.XMLWord, MagicPattern, "0", []string{
		"3c3f786d6c2076657273696f6e3d22312e3022{0-1024}3c776f7264446f63756d656e74",
		"3c3f786d6c2076657273696f6e3d22312e3022{0-1024}3c??3a776f7264446f63756d656e74",
		"3c3f786d6c2076657273696f6e3d22312e3022{0-1024}70726f6769643d22576f72642e446f63756d656e74223f3e",
	}},
	{cltype.XMLXL, MagicPattern, "0", []string{
		"3c3f786d6c2076657273696f6e3d22312e3022{0-1024}3c576f726b626f6f6b",
		"3c3f786d6c2076657273696f6e3d22312e3022{0-1024}3c??3a576f726b626f6f6b",
	}},
	{cltype.XZ, MagicFixed, "0", []string{"fd377a585a00"}},
	{cltype.ZIP, MagicFixed, "0", []string{
		"504b0304", "504b3030504b0304", "504b0708504b0304", "504b0303504b0304",
	}},
	{cltype.ZIPSFX, MagicPattern, "*", []string{"504b0304"}},
}

// BuiltinMagic hands over the built-in file type definitions. They apply when
// no file type database was loaded: see Loader.HasMagic.
func BuiltinMagic(sink Sink) error {
	for _, group := range &builtinMagics {
		for _, hex := range group.hex {
			m, err := group.magic(hex)
			if err != nil {
				return err
			}
			if err := sink.Magic(m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *builtinMagic) magic(hex string) (*Magic, error) {
	m := &Magic{Kind: g.kind, Name: g.typ.Short(), Required: cltype.Any, Type: g.typ}
	if g.kind != MagicPattern {
		m.Bytes = make([]byte, len(hex)/2)
		at, ok := digits(g.offset)
		if !ok || !decodeHex(m.Bytes, hex) {
			return nil, fmt.Errorf("sig: built-in type %s: bad definition %s:%s", g.typ, g.offset, hex)
		}
		m.At = at
		return m, nil
	}
	var err error
	if m.Offset, err = ParseOffset(g.offset, cltype.TargetAny); err != nil {
		return nil, fmt.Errorf("sig: built-in type %s: %w", g.typ, err)
	}
	o := PatternOptions{Name: m.Name, Virname: m.Name, Logical: true, Offset: m.Offset}
	if m.Pattern, err = ParsePattern(hex, o); err != nil {
		return nil, fmt.Errorf("sig: built-in type %s: %w", g.typ, err)
	}
	return m, nil
}
