#include "textflag.h"

// System call prlimit64 and resources: Linux, arm64 (asm-generic/unistd.h, asm-generic/resource.h).
#define SYS_prlimit64 261
#define RLIMIT_DATA 2
#define RLIMIT_AS 9

// RAISE: see entry_linux_amd64.s.
#define RAISE(resource, keep, done) \
	MOVD	$0, R0 \
	MOVD	$resource, R1 \
	MOVD	$0, R2 \
	MOVD	RSP, R3 \
	MOVD	$SYS_prlimit64, R8 \
	SVC \
	CBNZ	R0, done \
	MOVD	0(RSP), R4 \
	MOVD	R4, keep(SB) \
	MOVD	8(RSP), R4 \
	MOVD	R4, 0(RSP) \
	MOVD	$0, R0 \
	MOVD	$resource, R1 \
	MOVD	RSP, R2 \
	MOVD	$0, R3 \
	MOVD	$SYS_prlimit64, R8 \
	SVC

TEXT ·entry(SB),NOSPLIT|NOFRAME,$0
	SUB	$16, RSP
	RAISE(RLIMIT_AS, ·softAS, data)
data:
	RAISE(RLIMIT_DATA, ·softData, done)
done:
	ADD	$16, RSP
	B	_rt0_arm64_linux(SB)
