// Package alz takes ALZip archives (.alz) apart: stored, bzip2 and deflated
// members. Encrypted ones are shown by their headers only.
package alz
