/* Calls that Node lacks. Linux applies each to one thread; a thread id of 0 means the caller. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "addon.h"

/* A function of the integers a, b and c, as many as `kinds` has, that makes one system call. */
#define INTEGERS(name, kinds, call) \
  static napi_value name(napi_env env, napi_callback_info info) { \
    int a = 0, b = 0, c = 0; \
    TRY(parse(env, info, kinds, &a, &b, &c)); \
    return outcome(env, call); \
  }

/* setns(fd, type) */
INTEGERS(enter_namespace, "ii", setns(a, b))
/* setScheduler(tid, policy, priority); musl's own sched_setscheduler only answers ENOSYS */
INTEGERS(set_scheduler, "iii",
         syscall(SYS_sched_setscheduler, a, b, &(struct sched_param){.sched_priority = c}))
/* setNice(tid, nice) */
INTEGERS(set_nice, "ii", setpriority(PRIO_PROCESS, a, b))
/* lockMemory(flags): of the whole process; 0 unlocks */
INTEGERS(lock_memory, "i", a ? mlockall(a) : munlockall())
/* limitRealTime(microseconds): of each thread of the process; 0 is none */
INTEGERS(limit_real_time, "i",
         setrlimit(RLIMIT_RTTIME, &(struct rlimit){a ? (rlim_t)a : RLIM_INFINITY, RLIM_INFINITY}))
/* threadId() */
INTEGERS(thread_id, "", syscall(SYS_gettid))
/* handleSignal(number, relayed): ignored, or told as SIGIO (even) or SIGPWR (odd), which Node knows */
static void relay(int number) { kill(getpid(), number % 2 ? SIGPWR : SIGIO); }
INTEGERS(handle_signal, "ii", signal(a, b ? relay : SIG_IGN) == SIG_ERR ? -1 : 0)
/* endProcess(status) */
INTEGERS(end_process, "i", (_exit(a), 0))
/* lockFile(fd): a write lock of the open file description; -EAGAIN when another one has it */
INTEGERS(lock_file, "i", fcntl(a, F_OFD_SETLK, &(struct flock){.l_type = F_WRLCK}))

/* setAffinity(tid, mask): CPU n is bit n % 8 of byte n / 8 */
static napi_value set_affinity(napi_env env, napi_callback_info info) {
  int tid;
  uint8_t *mask;
  size_t length;
  cpu_set_t set;
  TRY(parse(env, info, "ib", &tid, (void **)&mask, &length));
  if (length > CPU_SETSIZE / 8) return number(env, -EINVAL);
  CPU_ZERO(&set);
  for (size_t cpu = 0; cpu < 8 * length; cpu++)
    if (mask[cpu / 8] >> cpu % 8 & 1) CPU_SET(cpu, &set);
  return outcome(env, sched_setaffinity(tid, sizeof set, &set));
}

/* setName(bytes): the kernel keeps 15 of them */
static napi_value set_name(napi_env env, napi_callback_info info) {
  size_t length;
  char name[16] = {0}, *bytes;
  TRY(parse(env, info, "b", (void **)&bytes, &length));
  memcpy(name, bytes, length < sizeof name ? length : sizeof name - 1);
  return outcome(env, prctl(PR_SET_NAME, name));
}

/* errorText(errno): the C library's words */
static napi_value error_text(napi_env env, napi_callback_info info) {
  int code;
  napi_value text;
  TRY(parse(env, info, "i", &code));
  TRY(napi_create_string_utf8(env, strerror(code), NAPI_AUTO_LENGTH, &text));
  return text;
}

const Function thread_functions[] = {
    {"setns", enter_namespace},    {"setScheduler", set_scheduler}, {"setNice", set_nice},
    {"setAffinity", set_affinity}, {"setName", set_name},           {"lockMemory", lock_memory},
    {"threadId", thread_id},       {"errorText", error_text},       {"lockFile", lock_file},
    {"handleSignal", handle_signal}, {"limitRealTime", limit_real_time}, {"endProcess", end_process},
    {NULL, NULL},
};
