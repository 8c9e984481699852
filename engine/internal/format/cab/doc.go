// Package cab takes Microsoft cabinets apart: stored, MSZIP, Quantum and LZX
// folders. Block checksums are not verified; a bad MSZIP block is filled up and
// the next one tried, as ClamAV's repair mode does. Of multi-cabinet sets those
// files are read whose data are in this cabinet.
//
// Format: "Microsoft Cabinet Format", Microsoft cabinet SDK.
package cab
