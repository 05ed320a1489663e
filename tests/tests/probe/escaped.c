/* Stands outside of every container, and says so if it runs all the same. */
#include <stdio.h>

int main(void) {
	puts("escaped");
	return 0;
}
