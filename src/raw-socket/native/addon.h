/*
 * What the files of the addon share.
 *
 * The addon has no state but what hangs on a napi_env, since every worker thread loads it. System
 * calls answer JavaScript with a number: the result, or -errno. Only a wrong argument throws.
 */
#pragma once
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uv-abi.h"

typedef struct Thread Thread;
typedef struct Socket Socket;

/* What one environment, that is one thread of Node, owns. */
struct Thread {
  uv_loop_t *loop;
  napi_async_cleanup_hook_handle hook;
  Socket *sockets;           /* the open ones */
  int epoll;                 /* where the watched ones wait */
  uv_handle_t *poll;         /* of `epoll`; both made by the first watch */
  unsigned awake;            /* watched sockets that keep the event loop alive */
  struct epoll_event *ready; /* those whose turn it is: */
  int count;                 /* so many, 0 between turns */
  unsigned references;       /* the environment's, one per Socket, one of a closing handle */
};

/* One socket; JavaScript holds it as an external value, whose finalizer frees it. */
struct Socket {
  Thread *thread;
  napi_env env;
  Socket *next, **link;
  int fd;            /* -1 once closed, so that every later call answers EBADF */
  int events;        /* watched for; 0 while not watched */
  bool broken;       /* an error was told, and the epoll set has let go of it */
  napi_ref callback; /* strong while watching: a watched socket is never collected */
  bool background;   /* does not keep the loop alive */
};

/* The most messages one call moves; their headers stand on the stack. */
#define BATCH 256

/* Leaves the calling function with an exception when a Node-API call was refused. */
#define TRY(call) \
  do { \
    if ((call) != napi_ok) return refuse(env); \
  } while (0)

napi_value refuse(napi_env env);
/*
 * Reads the arguments as `kinds` says, a letter each, into the pointers that follow:
 *   s Socket **    i int *    f bool *    b void **, size_t * (Uint8Array)    v napi_value *
 */
napi_status parse(napi_env env, napi_callback_info info, const char *kinds, ...);
napi_status bytes_of(napi_env env, napi_value value, void **data, size_t *length);
napi_value number(napi_env env, int64_t value);
napi_value outcome(napi_env env, int64_t value);

/* Closes the descriptor, watched or not. Harmless when repeated. */
void shut(Socket *socket);
/* Ends the watching of an ending thread, whose sockets are shut; then Node may go on. */
void close_watch(Thread *thread);
/* Gives back one reference to the thread's state. */
void release(Thread *thread);

typedef struct {
  const char *name;
  napi_callback call;
} Function;
napi_status export_all(napi_env env, napi_value exports, const Function *functions);

extern const Function socket_functions[], watch_functions[], thread_functions[];
