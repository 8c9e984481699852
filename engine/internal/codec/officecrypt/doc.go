// Package officecrypt decrypts Office documents that are locked with the password
// which Excel tries by itself, VelvetSweatshop (MS-OFFCRYPTO).
//
// In: the EncryptionInfo and EncryptedPackage streams of an OOXML document, or the
// Workbook stream of an Excel 97 document. Out: the content in clear, or nothing if
// the password is another one or the method is not known.
//
// Methods: standard and agile AES for packages; XOR obfuscation, RC4 and RC4 with
// CryptoAPI for workbooks. ClamAV 1.4.6 knows the first and the third. Work is
// linear in the input, plus at most maxSpins hashes. The result has the size of the
// input.
package officecrypt
