#include "addon.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Throws what Node-API held against an argument, unless an exception is on its way already. */
napi_value refuse(napi_env env) {
  const napi_extended_error_info *info = NULL;
  bool pending = false;
  napi_get_last_error_info(env, &info);
  const char *message = info && info->error_message ? info->error_message : "invalid argument";
  if (napi_is_exception_pending(env, &pending) == napi_ok && !pending) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
  }
  return NULL;
}

/* The memory of a Uint8Array; the array must stay reachable while it is used. */
napi_status bytes_of(napi_env env, napi_value value, void **data, size_t *length) {
  napi_typedarray_type type;
  napi_status status = napi_get_typedarray_info(env, value, &type, length, data, NULL, NULL);
  if (status == napi_ok && type != napi_uint8_array) return napi_invalid_arg;
  return status;
}

/* Missing arguments arrive as undefined, which all readers but 'v' refuse. */
napi_status parse(napi_env env, napi_callback_info info, const char *kinds, ...) {
  napi_value values[8];
  size_t count = strlen(kinds);
  napi_status status = napi_get_cb_info(env, info, &count, values, NULL, NULL);
  va_list to;
  va_start(to, kinds);
  for (size_t i = 0; status == napi_ok && kinds[i]; i++) {
    void *target = va_arg(to, void *);
    if (kinds[i] == 's') status = napi_get_value_external(env, values[i], target);
    if (kinds[i] == 'i') status = napi_get_value_int32(env, values[i], target);
    if (kinds[i] == 'f') status = napi_get_value_bool(env, values[i], target);
    if (kinds[i] == 'b') status = bytes_of(env, values[i], target, va_arg(to, size_t *));
    if (kinds[i] == 'v') *(napi_value *)target = values[i];
  }
  va_end(to);
  return status;
}

napi_value number(napi_env env, int64_t value) {
  napi_value result;
  TRY(napi_create_int64(env, value, &result));
  return result;
}

/* The result of a system call that returned `value`. */
napi_value outcome(napi_env env, int64_t value) {
  return number(env, value < 0 ? -errno : value);
}

void release(Thread *thread) {
  if (--thread->references == 0) free(thread);
}

napi_status export_all(napi_env env, napi_value exports, const Function *functions) {
  for (; functions->name; functions++) {
    napi_value function;
    napi_status status =
        napi_create_function(env, functions->name, NAPI_AUTO_LENGTH, functions->call, NULL, &function);
    if (status == napi_ok)
      status = napi_set_named_property(env, exports, functions->name, function);
    if (status != napi_ok) return status;
  }
  return napi_ok;
}

/* Runs when the thread ends, however it ends. */
static void end_thread(napi_async_cleanup_hook_handle hook, void *data) {
  Thread *thread = data;
  (void)hook;
  while (thread->sockets) shut(thread->sockets);
  close_watch(thread);
}

static void forget_thread(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  release(data);
}

NAPI_MODULE_INIT() {
  Thread *thread = calloc(1, sizeof *thread);
  if (!thread) return napi_throw_error(env, "ENOMEM", "out of memory"), NULL;
  thread->references = 1;
  if (napi_get_uv_event_loop(env, (struct uv_loop_s **)&thread->loop) != napi_ok ||
      napi_set_instance_data(env, thread, forget_thread, NULL) != napi_ok) {
    free(thread);
    return refuse(env);
  }
  TRY(napi_add_async_cleanup_hook(env, end_thread, thread, &thread->hook));
  TRY(export_all(env, exports, socket_functions));
  TRY(export_all(env, exports, watch_functions));
  TRY(export_all(env, exports, thread_functions));
  return exports;
}
