// copier: copies a file. Somebody's C library: a machine that is stepped, with an I/O interface of
// its own that tells it by callbacks when an I/O is done. It does not know who drives it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// `result`: bytes moved, or -errno.
typedef void (*copier_done)(void* arg, int result);

// Both give 0, or -errno if nothing was begun. `done` may run before they return.
struct copier_io {
  int (*read)(void* file, uint64_t offset, void* to, size_t size, copier_done done, void* arg);
  int (*write)(void* file, uint64_t offset, const void* from, size_t size, copier_done done,
               void* arg);
};

enum { COPIER_BLOCK = 64 };

struct copier {
  const struct copier_io* io;
  void *from, *to;
  enum { COPIER_READ, COPIER_READING, COPIER_WRITE, COPIER_WRITING } state;
  uint64_t at;  // bytes copied
  size_t have;  // bytes in the block ...
  size_t gone;  // ... of which so many are written
  int pending;  // an I/O is in flight
  int result;   // of the last one
  unsigned char block[COPIER_BLOCK];
};

void copier_init(struct copier* c, const struct copier_io* io, void* from, void* to);

// 0: the file is copied. EAGAIN: step again when an I/O has called back. Else an errno.
int copier_step(struct copier* c);
// The same with a bug.
int hasty_copier_step(struct copier* c);

#ifdef __cplusplus
}
#endif
