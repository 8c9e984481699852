#include "textflag.h"

// System call prlimit64 and resources: Linux, x86-64 (asm/unistd_64.h, asm-generic/resource.h).
#define SYS_prlimit64 302
#define RLIMIT_DATA 2
#define RLIMIT_AS 9

// RAISE reads the limit of a resource to the stack, keeps the soft value, and sets it
// to the hard one. A failure leaves everything as it was.
#define RAISE(resource, keep, done) \
	XORL	DI, DI \
	MOVL	$resource, SI \
	XORL	DX, DX \
	MOVQ	SP, R10 \
	MOVL	$SYS_prlimit64, AX \
	SYSCALL \
	TESTQ	AX, AX \
	JNE	done \
	MOVQ	0(SP), AX \
	MOVQ	AX, keep(SB) \
	MOVQ	8(SP), AX \
	MOVQ	AX, 0(SP) \
	XORL	DI, DI \
	MOVL	$resource, SI \
	MOVQ	SP, DX \
	XORL	R10, R10 \
	MOVL	$SYS_prlimit64, AX \
	SYSCALL

// The kernel enters here with the arguments on the stack, as it would at the runtime's
// own entry, which finds the stack as it was.
TEXT ·entry(SB),NOSPLIT|NOFRAME,$0
	SUBQ	$16, SP
	RAISE(RLIMIT_AS, ·softAS, data)
data:
	RAISE(RLIMIT_DATA, ·softData, done)
done:
	ADDQ	$16, SP
	JMP	_rt0_amd64_linux(SB)
