// Sends every datagram that comes to port 7 back to where it came from.
#include <netinet/in.h>
#include <sys/socket.h>

int main(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(7)};
  if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0)
    return 1;
  for (;;) {
    char buffer[65536];
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    ssize_t size = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
    if (size < 0)
      return 2;
    sendto(fd, buffer, size, 0, (struct sockaddr *)&from, length);
  }
}
