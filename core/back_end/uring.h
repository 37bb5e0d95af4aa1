// The back end for Linux's io_uring. Reads, writes and syncs go to the ring, many in one system
// call; what changes names or room goes to a thread, as the kernel itself would do it.
#pragma once

#include <reprise/core/back_end/back_end.h>
#include <reprise/core/result.h>

#include <memory>

namespace reprise {

struct UringOptions {
  /// What one system call may hand over, rounded up to a power of two. More may be in flight.
  unsigned entries = 256;
  /// For truncate, allocate, punch_hole, remove, rename and sync_folder. At least 1.
  unsigned threads = 1;
};

/// Whether this library was built with liburing. Without it make_uring_io() gives
/// IOError::not_implemented.
bool is_uring_built_in();

/// IOError::not_permitted or IOError::not_implemented where the system does not allow io_uring
/// (sandboxes, `kernel.io_uring_disabled`) or is older than Linux 5.11; IOError::no_memory beyond
/// the limit of locked memory. Make a POSIX back end then.
Result<std::unique_ptr<BackEnd>> make_uring_io(UringOptions options = {});

}  // namespace reprise
