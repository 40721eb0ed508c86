/*
 * The few functions of libuv that the addon needs, declared by hand.
 *
 * Node exports libuv from its own binary, but a machine that has Node need not have uv.h. The
 * signatures and numbers below are part of libuv 1.x's stable ABI (docs.libuv.org, "Handles" and
 * uv_poll_t); no structure is looked into, and uv_handle_size tells how much memory one needs.
 */
#pragma once
#include <stddef.h>

typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t; /* here always a uv_poll_t */

#define UV_POLL 8 /* of enum uv_handle_type */

typedef void (*uv_close_cb)(uv_handle_t *handle);
typedef void (*uv_poll_cb)(uv_handle_t *handle, int status, int events);

size_t uv_handle_size(int type);
void *uv_handle_get_data(const uv_handle_t *handle);
void uv_handle_set_data(uv_handle_t *handle, void *data);
void uv_close(uv_handle_t *handle, uv_close_cb callback);
void uv_ref(uv_handle_t *handle);
void uv_unref(uv_handle_t *handle);
int uv_poll_init(uv_loop_t *loop, uv_handle_t *handle, int fd);
int uv_poll_start(uv_handle_t *handle, int events, uv_poll_cb callback);
