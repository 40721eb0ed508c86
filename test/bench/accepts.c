/*
 * The server of test/bench/checks.bench.ts, lean enough not to be what is measured: accepts on every
 * address of the machine, begins anew at SIGUSR1, and writes the file `argv[1]` at SIGUSR2:
 * connections accepted, then their lateness in milliseconds at 50 %, at 99 % and at worst.
 *
 * Lateness: how much longer than `argv[2]` seconds the spacing of two connections to one address is.
 * With `argv[3]` "http" each request is answered.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 1000000
static const char reply[] =
    "HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
/* By the last 16 bits of an address: when it was last connected to. */
static double last[65536], late[MOST];
static size_t accepted, spacings;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double at(double part) {
  if (spacings == 0) return -1;
  size_t i = spacings * part;
  return late[i < spacings ? i : spacings - 1];
}

static void write_file(const char *path) {
  char fresh[4096];
  snprintf(fresh, sizeof fresh, "%s.new", path);
  qsort(late, spacings, sizeof *late, ascending);
  FILE *file = fopen(fresh, "w");
  if (!file) fail(fresh);
  fprintf(file, "%zu %.1f %.1f %.1f\n", accepted, at(0.5), at(0.99), at(1));
  if (fclose(file) != 0 || rename(fresh, path) != 0) fail(path);
}

static void note(int fd, double interval) {
  struct sockaddr_in to;
  socklen_t length = sizeof to;
  if (getsockname(fd, (struct sockaddr *)&to, &length) != 0) return;
  double *before = &last[ntohl(to.sin_addr.s_addr) & 0xffff], t = now();
  if (*before > 0 && spacings < MOST) late[spacings++] = t - *before - interval;
  *before = t;
  accepted++;
}

static void watch(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "usage: accepts FILE SECONDS tcp|http\n"), 2;
  double interval = atof(argv[2]) * 1e3;
  int http = strcmp(argv[3], "http") == 0, yes = 1;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGUSR2);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  int told = signalfd(-1, &signals, SFD_CLOEXEC), epoll = epoll_create1(EPOLL_CLOEXEC);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(80)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&any, sizeof any) != 0) fail("bind");
  if (listen(listener, 1024) != 0) fail("listen");
  watch(epoll, told);
  watch(epoll, listener);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, 64, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      struct signalfd_siginfo signal;
      char request[4096];
      if (fd == told) {
        if (read(told, &signal, sizeof signal) != sizeof signal) fail("signalfd");
        if (signal.ssi_signo == SIGUSR2) write_file(argv[1]);
        accepted = spacings = 0;
      } else if (fd == listener) {
        while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
          note(fd, interval);
          if (http) watch(epoll, fd);
          else close(fd);
        }
      } else {
        if (read(fd, request, sizeof request) > 0 && write(fd, reply, sizeof reply - 1) < 0) perror("write");
        close(fd);
      }
    }
  }
}
