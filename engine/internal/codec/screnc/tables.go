package screnc

// The three substitution tables for the characters from space to 7Fh, and the
// order in which they are used. Source: observed by giving clamscan 1.4.6 every
// character at every position.
const (
	first   = ' '
	pattern = "0120121221210212021200122102122100212120200120210212001220012021"
)

var tables = [3]string{
	".GzVBj/&IA42[vrC89pEhqO\tbD#u<~>^@wJa]\"KoN;LPg*}tT+-,0nkf5%!dMRc?{x)(sY3\x7fmUS|:_eFX1ilZH'\\=$y7`Q 6",
	"-uR`q^I\\b})6 |z\x7fkc3+hQfv1dTC<:>~@E,*t'7DyY/o&rj9{?8wgSG4x]0#Z[lHUpi.L!$NP\tVs5aKX;W\"mM%(FJ2A=_OBe",
	"20!)[83=X:5e9\\VsfNEkbYx^}Jmq<`>S@B'Hru17MR\"TjGd- \x7f.L]~loytC&v%$+(#A4\t*D?w;UiacPgQIOFh|6pnz/_KZ,W",
}

// tabs is what a tab stands for in each table.
const tabs = "Wn{"
