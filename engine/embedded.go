package engine

import (
	"encoding/hex"
	"strings"
)

// The EICAR test file (eicar.org, "The Anti-Malware Testfile") is kept here
// backwards, so that no program of ours is taken for it.
const eicarReversed = `*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X`

// eicar returns the 68 bytes of the test file.
func eicar() []byte {
	b := []byte(eicarReversed)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return b
}

// embeddedFiles is the built-in database: the test file by content, at the start
// of any object, and by hash.
func embeddedFiles() []sourceFile {
	return []sourceFile{
		memoryFile("eicar.ndb", "Eicar-Test-Signature:0:0:"+hex.EncodeToString(eicar())+"\n"),
		memoryFile("eicar.hdb", "44d88612fea8a8f36de82e1278abb02f:68:Win.Test.EICAR_HDB-1\n"),
	}
}

func memoryFile(name, text string) sourceFile {
	return sourceFile{path: "embedded:" + name, name: name, memory: strings.NewReader(text)}
}
