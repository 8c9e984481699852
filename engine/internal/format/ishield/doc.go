// Package ishield takes the self-extracting programs that InstallShield makes
// around MSI installers apart. What goes in begins at the list of files, behind
// the mark of the format; what comes out are the files under their names,
// inflated. Contents are obscured with a key made of the name.
//
// A damaged file is given as far as it inflates; one that does not inflate at all
// is given as it is stored, with the key taken off.
//
// Format: as known from installers; there is no specification.
package ishield
