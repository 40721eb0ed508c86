#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "addon.h"

/*
 * The sockets of a thread wait in an epoll set of their own, of which libuv watches only the
 * descriptor: to watch a short-lived one through libuv would take five calls instead of two.
 */

/* The most sockets served in one turn of the event loop. */
#define EVENTS 1024
/* Of uv_poll_event, and what JavaScript is told. */
#define READABLE 1
#define WRITABLE 2

/* libuv lets go of the poll handle: a thread that is ending may go on. */
static void on_closed(uv_handle_t *handle) {
  Thread *thread = uv_handle_get_data(handle);
  free(handle);
  napi_remove_async_cleanup_hook(thread->hook);
  release(thread);
}

void close_watch(Thread *thread) {
  if (!thread->poll) {
    napi_remove_async_cleanup_hook(thread->hook);
    return;
  }
  thread->references++;
  uv_close(thread->poll, on_closed);
  close(thread->epoll); /* allowed right after uv_close (libuv docs, uv_poll_t) */
  thread->poll = NULL;
}

/* Counts a socket that keeps the event loop alive, or does so no more. */
static void keep_alive(Socket *self, int step) {
  Thread *thread = self->thread;
  if (self->background || !self->events) return;
  thread->awake += step;
  if (thread->poll) (thread->awake ? uv_ref : uv_unref)(thread->poll);
}

/*
 * Ends the watching. To leave that to close(2) would not do: a child that is being started holds
 * the descriptor until it execs, and the set would tell of a socket that is no more.
 */
static void rest(Socket *self) {
  if (self->events && !self->broken)
    epoll_ctl(self->thread->epoll, EPOLL_CTL_DEL, self->fd, NULL);
  keep_alive(self, -1);
  self->events = 0;
  self->broken = false;
  if (self->callback) napi_delete_reference(self->env, self->callback);
  self->callback = NULL;
}

void shut(Socket *self) {
  Thread *thread = self->thread;
  if (self->fd < 0) return;
  *self->link = self->next;
  if (self->next) self->next->link = self->link;
  for (int i = 0; i < thread->count; i++)
    if (thread->ready[i].data.ptr == self) thread->ready[i].data.ptr = NULL;
  rest(self);
  close(self->fd);
  self->fd = -1;
}

/* What a callback threw becomes an uncaught exception of this thread. */
static void surface(napi_env env) {
  napi_value error;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

/* Tells JavaScript what the socket is ready for. It may close the socket: not touched after. */
static void tell(Socket *self, int events) {
  napi_env env = self->env;
  napi_handle_scope scope;
  napi_value callback, global, ready;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_status called = napi_generic_failure;
  if (napi_get_reference_value(env, self->callback, &callback) == napi_ok &&
      napi_get_global(env, &global) == napi_ok && napi_create_int32(env, events, &ready) == napi_ok)
    called = napi_make_callback(env, NULL, global, callback, 1, &ready, NULL);
  if (called == napi_pending_exception) surface(env);
  napi_close_handle_scope(env, scope);
}

/*
 * One socket's turn. An error (EPOLLERR) is 0, and the socket is not watched until JavaScript asks
 * again: epoll would tell of it for ever.
 */
static void serve(Thread *thread, struct epoll_event *event) {
  Socket *self = event->data.ptr;
  if (!self || !self->events) return;
  int events = event->events;
  if (events & EPOLLHUP) events |= EPOLLIN | EPOLLOUT;
  int ready = (events & EPOLLIN ? READABLE : 0) | (events & EPOLLOUT ? WRITABLE : 0);
  if (events & EPOLLERR) {
    epoll_ctl(thread->epoll, EPOLL_CTL_DEL, self->fd, NULL);
    self->broken = true;
    tell(self, 0);
  } else if (ready & self->events) {
    tell(self, ready & self->events);
  }
}

/* Sockets wait in the epoll set: each has its turn. */
static void on_ready(uv_handle_t *handle, int status, int events) {
  Thread *thread = uv_handle_get_data(handle);
  (void)status, (void)events;
  struct epoll_event ready[EVENTS];
  int count = epoll_wait(thread->epoll, ready, EVENTS, 0);
  thread->ready = ready;
  thread->count = count < 0 ? 0 : count;
  for (int i = 0; i < thread->count; i++) serve(thread, &ready[i]);
  thread->count = 0;
}

/* The thread's epoll set and its handle, made by the first watch: 0, or -errno. */
static int open_watch(Thread *thread) {
  if (thread->poll) return 0;
  uv_handle_t *poll = malloc(uv_handle_size(UV_POLL));
  if (!poll) return -ENOMEM;
  thread->epoll = epoll_create1(EPOLL_CLOEXEC);
  int status = thread->epoll < 0 ? -errno : uv_poll_init(thread->loop, poll, thread->epoll);
  if (status < 0) {
    if (thread->epoll >= 0) close(thread->epoll);
    return free(poll), status;
  }
  uv_handle_set_data(poll, thread);
  uv_unref(poll);
  thread->poll = poll;
  return uv_poll_start(poll, READABLE, on_ready);
}

/* watch(socket, events, callback): starts, changes, or with 0 ends the watching */
static napi_value watch(napi_env env, napi_callback_info info) {
  napi_value callback;
  Socket *self;
  int events;
  TRY(parse(env, info, "siv", &self, &events, &callback));
  if (self->fd < 0) return number(env, -EBADF);
  if (events == 0) return rest(self), number(env, 0);
  Thread *thread = self->thread;
  int status = open_watch(thread);
  if (status < 0) return number(env, status);
  if (events == self->events && !self->broken) return number(env, 0);
  struct epoll_event wanted = {
      .data.ptr = self,
      .events = (events & READABLE ? EPOLLIN : 0) | (events & WRITABLE ? EPOLLOUT : 0),
  };
  bool known = self->events && !self->broken;
  if (epoll_ctl(thread->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, self->fd, &wanted) < 0)
    return outcome(env, -1);
  if (!self->callback) TRY(napi_create_reference(env, callback, 1, &self->callback));
  bool first = !self->events;
  self->events = events;
  self->broken = false;
  if (first) keep_alive(self, 1);
  return number(env, 0);
}

/* background(socket, yes): whether the loop may end while this socket is watched */
static napi_value background(napi_env env, napi_callback_info info) {
  Socket *self;
  bool yes;
  TRY(parse(env, info, "sf", &self, &yes));
  if (yes != self->background) {
    keep_alive(self, -1); /* nothing for one in the background */
    self->background = yes;
    keep_alive(self, 1);
  }
  return number(env, 0);
}

const Function watch_functions[] = {
    {"watch", watch},
    {"background", background},
    {NULL, NULL},
};
