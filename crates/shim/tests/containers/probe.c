/* What a shell cannot try: system calls as a hostile program makes them. Static, for any root. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SESSION (-3)

static int findkey(void) {
	long key = syscall(SYS_keyctl, 10, SESSION, "user", "gantry-secret", 0);
	puts(key > 0 ? "found" : "none");
	return 0;
}

/* Executes a program in a session that holds a key. */
static int withkey(char **program) {
	if (syscall(SYS_keyctl, 1, NULL) < 0 ||
	    syscall(SYS_add_key, "user", "gantry-secret", "x", 1, SESSION) < 0)
		return 77;
	execv(program[0], program);
	return 99;
}

static int trace(pid_t pid) {
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0)
		puts("trace done");
	else
		puts("trace refused");
	return 0;
}

static int open_all(char **paths) {
	for (; *paths; paths++) {
		char *name = strrchr(*paths, '/') + 1;
		int read = open(*paths, O_RDONLY), write = open(*paths, O_WRONLY);
		printf("%s %s\n", name, read < 0 && write < 0 ? "refused" : "opened");
	}
	return 0;
}

int main(int argc, char **argv) {
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && !strcmp(argv[1], "findkey"))
		return findkey();
	if (argc > 2 && !strcmp(argv[1], "withkey"))
		return withkey(argv + 2);
	if (argc > 2 && !strcmp(argv[1], "trace"))
		return trace(atoi(argv[2]));
	if (argc > 2 && !strcmp(argv[1], "open"))
		return open_all(argv + 2);
	return 99;
}
