/* Calls that Node lacks. Linux applies each to one thread; a thread id of 0 means the caller. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "addon.h"

/* setns(fd, type) */
static napi_value enter_namespace(napi_env env, napi_callback_info info) {
  int fd, type;
  TRY(parse(env, info, "ii", &fd, &type));
  return outcome(env, setns(fd, type));
}

/* setScheduler(tid, policy, priority) */
static napi_value set_scheduler(napi_env env, napi_callback_info info) {
  int tid, policy;
  struct sched_param parameter = {0};
  TRY(parse(env, info, "iii", &tid, &policy, &parameter.sched_priority));
  /* The system call: musl's sched_setscheduler only answers ENOSYS. */
  return outcome(env, syscall(SYS_sched_setscheduler, tid, policy, &parameter));
}

/* setNice(tid, nice) */
static napi_value set_nice(napi_env env, napi_callback_info info) {
  int tid, nice;
  TRY(parse(env, info, "ii", &tid, &nice));
  return outcome(env, setpriority(PRIO_PROCESS, tid, nice));
}

/* setAffinity(tid, mask): CPU n is bit n % 8 of byte n / 8 */
static napi_value set_affinity(napi_env env, napi_callback_info info) {
  int tid;
  uint8_t *mask;
  size_t length;
  cpu_set_t set;
  TRY(parse(env, info, "ib", &tid, (void **)&mask, &length));
  if (length > CPU_SETSIZE / 8) return number(env, -EINVAL);
  CPU_ZERO(&set);
  for (size_t cpu = 0; cpu < 8 * length; cpu++) {
    if (mask[cpu / 8] >> cpu % 8 & 1) CPU_SET(cpu, &set);
  }
  return outcome(env, sched_setaffinity(tid, sizeof set, &set));
}

/* setName(bytes): the kernel keeps 15 of them */
static napi_value set_name(napi_env env, napi_callback_info info) {
  void *bytes;
  size_t length;
  char name[16] = {0};
  TRY(parse(env, info, "b", &bytes, &length));
  memcpy(name, bytes, length < sizeof name ? length : sizeof name - 1);
  return outcome(env, prctl(PR_SET_NAME, name));
}

/* lockMemory(flags): of the whole process; 0 unlocks */
static napi_value lock_memory(napi_env env, napi_callback_info info) {
  int flags;
  TRY(parse(env, info, "i", &flags));
  return outcome(env, flags ? mlockall(flags) : munlockall());
}

static napi_value thread_id(napi_env env, napi_callback_info info) {
  (void)info;
  return number(env, syscall(SYS_gettid));
}

/* lockFile(fd): a write lock of the open file description; -EAGAIN when another one has it */
static napi_value lock_file(napi_env env, napi_callback_info info) {
  int fd;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  TRY(parse(env, info, "i", &fd));
  return outcome(env, fcntl(fd, F_OFD_SETLK, &lock));
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
    {NULL, NULL},
};
