/* Takes hold of every process that comes into sight (ptrace(2)), until it is ended: a line for each,
 * with the capabilities that it has, `more` where those are not this program's own. Its own children
 * are nobody's prey. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long long permitted(const char *pid) {
	char path[64], line[256];
	unsigned long long set = 0;
	snprintf(path, sizeof path, "/proc/%s/status", pid);
	FILE *status = fopen(path, "r");
	if (!status)
		return 0;
	while (fgets(line, sizeof line, status))
		if (sscanf(line, "CapPrm: %llx", &set) == 1)
			break;
	fclose(status);
	return set;
}

int main(void) {
	unsigned long long own = permitted("self");
	pid_t last = getpid();
	puts("ready");
	fflush(stdout);
	for (;;) {
		DIR *processes = opendir("/proc");
		struct dirent *entry;
		while ((entry = readdir(processes))) {
			pid_t pid = isdigit(entry->d_name[0]) ? atoi(entry->d_name) : 0;
			if (pid <= last)
				continue;
			last = pid;
			if (ptrace(PTRACE_SEIZE, pid, 0, 0))
				continue;
			ptrace(PTRACE_INTERRUPT, pid, 0, 0);
			if (waitpid(pid, NULL, __WALL) != pid)
				continue;
			unsigned long long set = permitted(entry->d_name);
			printf("%s %llx\n", set & ~own ? "more" : "same", set);
			fflush(stdout);
			ptrace(PTRACE_DETACH, pid, 0, 0);
		}
		closedir(processes);
	}
}
