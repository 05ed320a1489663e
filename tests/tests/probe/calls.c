/* System calls that Docker's policy keeps from a container, by every way into the kernel: one line
 * each, `name refused` or `name came through`. What the kernel itself does not have is refused. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AF_VSOCK
#define AF_VSOCK 40
#endif

static void tell(const char *way, const char *name, long result) {
	long error = result < 0 && result > -4096 ? -result : result < 0 ? errno : 0;
	int refused = error == EPERM || error == ENOSYS;
	printf("%s %s %s\n", way, name, refused ? "refused" : "came through");
}

static void native(const char *name, long number, long a, long b, long c) {
	tell("native", name, syscall(number, a, b, c, 0, 0));
}

#ifdef __x86_64__
/* The 32-bit entry, which has numbers of its own. */
static void compat(const char *name, long number, long a, long b) {
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(0L), "S"(0L),
			 "D"(0L) : "memory", "r8", "r9", "r10", "r11");
	tell("compat", name, (int)result);
}

/* The x32 numbers of the 64-bit entry. */
static void x32(const char *name, long number, long a) {
	tell("x32", name, syscall(0x40000000 | number, a, 0, 0, 0, 0));
}
#endif

int main(void) {
	native("unshare-user", SYS_unshare, CLONE_NEWUSER, 0, 0);
	native("unshare-mount", SYS_unshare, CLONE_NEWNS, 0, 0);
	native("mount", SYS_mount, (long)"none", (long)"/tmp", (long)"tmpfs");
	native("setns", SYS_setns, 0, 0, 0);
	native("keyctl", SYS_keyctl, 0, -3, 1);
	native("add_key", SYS_add_key, (long)"user", (long)"x", (long)"y");
	native("bpf", SYS_bpf, 0, 0, 0);
	native("perf_event_open", SYS_perf_event_open, 0, 0, 0);
	native("userfaultfd", SYS_userfaultfd, 0, 0, 0);
	native("io_uring_setup", 425, 1, 0, 0);
	native("open_by_handle_at", SYS_open_by_handle_at, 0, 0, 0);
	native("init_module", SYS_init_module, 0, 0, 0);
	native("kexec_load", SYS_kexec_load, 0, 0, 0);
	native("move_mount", 429, 0, 0, 0);
	native("fsopen", 430, (long)"tmpfs", 0, 0);
	native("clone3", 435, 0, 0, 0);
	native("vsock", SYS_socket, AF_VSOCK, SOCK_STREAM, 0);
#ifdef __x86_64__
	compat("unshare-user", 310, CLONE_NEWUSER, 0);
	compat("mount", 21, 0, 0);
	compat("keyctl", 288, 0, -3);
	compat("add_key", 286, 0, 0);
	compat("bpf", 357, 0, 0);
	compat("userfaultfd", 374, 0, 0);
	compat("setns", 346, 0, 0);
	compat("open_by_handle_at", 342, 0, 0);
	compat("clone3", 435, 0, 0);
	x32("unshare-user", SYS_unshare, CLONE_NEWUSER);
	x32("mount", SYS_mount, 0);
	x32("keyctl", SYS_keyctl, 0);
	x32("bpf", SYS_bpf, 0);
	/* The upper half of the number is not looked at by the kernel and must fool no filter. */
	native("high-bits-unshare", SYS_unshare | (1L << 32), CLONE_NEWUSER, 0, 0);
#endif
	/* A call that is allowed, so that a filter which refuses all would be seen. */
	tell("native", "getpid", syscall(SYS_getpid));
	return 0;
}
