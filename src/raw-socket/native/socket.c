#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "addon.h"

static void collect(napi_env env, void *data, void *hint) {
  Socket *socket = data;
  Thread *thread = socket->thread;
  (void)env;
  (void)hint;
  shut(socket);
  free(socket);
  release(thread);
}

/* open(domain, type, protocol): an external value, or -errno */
static napi_value open_socket(napi_env env, napi_callback_info info) {
  napi_value result;
  int domain, type, protocol;
  Thread *thread;
  TRY(parse(env, info, "iii", &domain, &type, &protocol));
  TRY(napi_get_instance_data(env, (void **)&thread));
  int fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd < 0) return outcome(env, fd);
  Socket *self = calloc(1, sizeof *self);
  if (!self) return close(fd), number(env, -ENOMEM);
  self->fd = fd;
  self->env = env;
  self->thread = thread;
  self->link = &thread->sockets;
  self->next = thread->sockets;
  if (self->next) self->next->link = &self->next;
  thread->sockets = self;
  thread->references++;
  if (napi_create_external(env, self, collect, NULL, &result) != napi_ok) {
    collect(env, self, NULL);
    return refuse(env);
  }
  return result;
}

/* descriptor(socket, another): -1 once closed; or another one, which the caller must close */
static napi_value descriptor(napi_env env, napi_callback_info info) {
  Socket *self;
  bool another;
  TRY(parse(env, info, "sf", &self, &another));
  return another ? outcome(env, fcntl(self->fd, F_DUPFD_CLOEXEC, 0)) : number(env, self->fd);
}

static napi_value close_socket(napi_env env, napi_callback_info info) {
  Socket *self;
  TRY(parse(env, info, "s", &self));
  shut(self);
  return number(env, 0);
}

/* A function (socket, bytes) that makes one system call. */
#define WITH_BYTES(name, call) \
  static napi_value name(napi_env env, napi_callback_info info) { \
    Socket *self; \
    void *bytes; \
    size_t length; \
    TRY(parse(env, info, "sb", &self, &bytes, &length)); \
    return outcome(env, call); \
  }

WITH_BYTES(bind_socket, bind(self->fd, bytes, length))
WITH_BYTES(connect_socket, connect(self->fd, bytes, length))
/* Of streams: the number of bytes that were written, or read; 0 read is the end. */
WITH_BYTES(write_stream, send(self->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL))
WITH_BYTES(read_stream, recv(self->fd, bytes, length, MSG_DONTWAIT))

/* localAddress(socket, room): the length written to `room` */
static napi_value local_address(napi_env env, napi_callback_info info) {
  Socket *self;
  void *room;
  size_t size;
  TRY(parse(env, info, "sb", &self, &room, &size));
  socklen_t length = size;
  int status = getsockname(self->fd, room, &length);
  return outcome(env, status < 0 ? status : (int64_t)length);
}

/* setOption(socket, level, name, bytes) */
static napi_value set_option(napi_env env, napi_callback_info info) {
  Socket *self;
  int level, name;
  void *value;
  size_t length;
  TRY(parse(env, info, "siib", &self, &level, &name, &value, &length));
  return outcome(env, setsockopt(self->fd, level, name, value, length));
}

/* getOption(socket, level, name, room): the length written to `room` */
static napi_value get_option(napi_env env, napi_callback_info info) {
  Socket *self;
  int level, name;
  void *room;
  size_t size;
  TRY(parse(env, info, "siib", &self, &level, &name, &room, &size));
  socklen_t length = size;
  int status = getsockopt(self->fd, level, name, room, &length);
  return outcome(env, status < 0 ? status : (int64_t)length);
}

/* attachFilter(socket, program): SO_ATTACH_FILTER takes a pointer, which JavaScript has not. */
static napi_value attach_filter(napi_env env, napi_callback_info info) {
  Socket *self;
  size_t length;
  struct { /* struct sock_fprog of <linux/filter.h> */
    unsigned short count;
    void *program;
  } filter;
  TRY(parse(env, info, "sb", &self, &filter.program, &length));
  if (length % 8 != 0 || length / 8 > 4096) return number(env, -EINVAL);
  filter.count = length / 8;
  return outcome(env, setsockopt(self->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
}

/* send(socket, [data, to, control, data, ...], first): the number of messages sent */
static napi_value send_batch(napi_env env, napi_callback_info info) {
  napi_value messages, item;
  Socket *self;
  uint32_t length;
  int first;
  TRY(parse(env, info, "svi", &self, &messages, &first));
  TRY(napi_get_array_length(env, messages, &length));
  if (first < 0 || (uint32_t)first > length / 3) return number(env, -EINVAL);

  struct mmsghdr batch[BATCH] = {0};
  struct iovec data[BATCH];
  unsigned count = length / 3 - first;
  if (count > BATCH) count = BATCH;
  for (unsigned i = 0; i < count; i++) {
    struct msghdr *header = &batch[i].msg_hdr;
    size_t size;
    uint32_t at = 3 * (first + i);
    header->msg_iov = &data[i];
    header->msg_iovlen = 1;
    TRY(napi_get_element(env, messages, at, &item));
    TRY(bytes_of(env, item, &data[i].iov_base, &data[i].iov_len));
    TRY(napi_get_element(env, messages, at + 1, &item));
    TRY(bytes_of(env, item, &header->msg_name, &size));
    header->msg_namelen = size;
    TRY(napi_get_element(env, messages, at + 2, &item));
    TRY(bytes_of(env, item, &header->msg_control, &size));
    header->msg_controllen = size;
  }
  int sent;
  do sent = sendmmsg(self->fd, batch, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return outcome(env, sent);
}

/*
 * receive(socket, flags, slab, lengths, nameRoom, controlRoom, dataRoom): the number of messages.
 *
 * The slab is cut into slots of name, control and data. For each message received, `lengths` (an
 * Int32Array) gets four numbers: length of name, of control, of data, and msg_flags.
 */
static napi_value receive_batch(napi_env env, napi_callback_info info) {
  napi_value table;
  Socket *self;
  int flags, name_room, control_room, data_room;
  uint8_t *slab;
  size_t size, cells;
  int32_t *lengths;
  napi_typedarray_type type;
  TRY(parse(env, info, "sibviii", &self, &flags, &slab, &size, &table, &name_room, &control_room,
            &data_room));
  TRY(napi_get_typedarray_info(env, table, &type, &cells, (void **)&lengths, NULL, NULL));
  if (type != napi_int32_array || name_room < 0 || control_room < 0 || data_room < 1) {
    return number(env, -EINVAL);
  }
  size_t slot = (size_t)name_room + control_room + data_room;
  struct mmsghdr batch[BATCH] = {0};
  struct iovec data[BATCH];
  unsigned count = BATCH;
  if (count > cells / 4) count = cells / 4;
  if (count > size / slot) count = size / slot;
  for (unsigned i = 0; i < count; i++) {
    uint8_t *start = slab + i * slot;
    data[i] = (struct iovec){start + name_room + control_room, data_room};
    batch[i].msg_hdr = (struct msghdr){.msg_iov = &data[i], .msg_iovlen = 1,
                                       .msg_name = start, .msg_namelen = name_room,
                                       .msg_control = start + name_room,
                                       .msg_controllen = control_room};
  }
  int received;
  do received = recvmmsg(self->fd, batch, count, flags | MSG_DONTWAIT, NULL);
  while (received < 0 && errno == EINTR);
  for (int i = 0; i < received; i++) {
    lengths[4 * i] = batch[i].msg_hdr.msg_namelen;
    lengths[4 * i + 1] = batch[i].msg_hdr.msg_controllen;
    lengths[4 * i + 2] = batch[i].msg_len;
    lengths[4 * i + 3] = batch[i].msg_hdr.msg_flags;
  }
  return outcome(env, received);
}

const Function socket_functions[] = {
    {"open", open_socket},     {"descriptor", descriptor},  {"close", close_socket},
    {"bind", bind_socket},     {"connect", connect_socket}, {"localAddress", local_address},
    {"setOption", set_option}, {"getOption", get_option},   {"attachFilter", attach_filter},
    {"send", send_batch},      {"receive", receive_batch},
    {"write", write_stream},   {"read", read_stream},       {NULL, NULL},
};
