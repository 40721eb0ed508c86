#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "addon.h"

/* libuv lets go of a poll handle: the last of an ending thread lets that thread go on ending. */
static void on_closed(uv_handle_t *handle) {
  Thread *thread = uv_handle_get_data(handle);
  free(handle);
  if (--thread->closing == 0 && thread->ending) napi_remove_async_cleanup_hook(thread->hook);
  release(thread);
}

static void forget_callback(Socket *self) {
  if (self->callback) napi_delete_reference(self->env, self->callback);
  self->callback = NULL;
}

void shut(Socket *self) {
  if (self->fd < 0) return;
  *self->link = self->next;
  if (self->next) self->next->link = self->link;
  if (self->poll) {
    Thread *thread = self->thread;
    thread->closing++;
    thread->references++;
    uv_handle_set_data(self->poll, thread);
    uv_close(self->poll, on_closed);
    self->poll = NULL;
  }
  close(self->fd); /* allowed right after uv_close (libuv docs, uv_poll_t) */
  self->fd = -1;
  forget_callback(self);
}

/* What a callback threw becomes an uncaught exception of this thread. */
static void surface(napi_env env) {
  napi_value error;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

/*
 * Tells JavaScript what the socket is ready for; 0 when it has an error (POLLERR), for which libuv
 * has stopped the handle already. The callback may close the socket, so it is not touched after.
 */
static void on_ready(uv_handle_t *handle, int status, int events) {
  Socket *self = uv_handle_get_data(handle);
  napi_env env = self->env;
  napi_handle_scope scope;
  napi_value callback, global, ready;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_status called = napi_generic_failure;
  if (napi_get_reference_value(env, self->callback, &callback) == napi_ok &&
      napi_get_global(env, &global) == napi_ok &&
      napi_create_int32(env, status < 0 ? 0 : events, &ready) == napi_ok) {
    called = napi_make_callback(env, NULL, global, callback, 1, &ready, NULL);
  }
  if (called == napi_pending_exception) surface(env);
  napi_close_handle_scope(env, scope);
}

/* watch(socket, events, callback): starts, changes, or with 0 ends the watching */
static napi_value watch(napi_env env, napi_callback_info info) {
  napi_value callback;
  Socket *self;
  int events;
  TRY(parse(env, info, "siv", &self, &events, &callback));
  if (self->fd < 0) return number(env, -EBADF);
  if (events == 0) {
    if (self->poll) uv_poll_stop(self->poll);
    forget_callback(self);
    return number(env, 0);
  }
  if (!self->poll) {
    uv_handle_t *poll = malloc(uv_handle_size(UV_POLL));
    if (!poll) return number(env, -ENOMEM);
    int status = uv_poll_init(self->thread->loop, poll, self->fd);
    if (status < 0) return free(poll), number(env, status);
    uv_handle_set_data(poll, self);
    if (self->background) uv_unref(poll);
    self->poll = poll;
  }
  if (!self->callback) TRY(napi_create_reference(env, callback, 1, &self->callback));
  return number(env, uv_poll_start(self->poll, events, on_ready));
}

/* background(socket, yes): whether the loop may end while this socket is watched */
static napi_value background(napi_env env, napi_callback_info info) {
  Socket *self;
  bool yes;
  TRY(parse(env, info, "sf", &self, &yes));
  self->background = yes;
  if (self->poll) (yes ? uv_unref : uv_ref)(self->poll);
  return number(env, 0);
}

const Function watch_functions[] = {
    {"watch", watch},
    {"background", background},
    {NULL, NULL},
};
