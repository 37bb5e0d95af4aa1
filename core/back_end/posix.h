// The back end for any POSIX system: each I/O is a blocking system call on a thread of a small
// pool.
#pragma once

#include <reprise/core/back_end/back_end.h>
#include <reprise/core/result.h>

#include <memory>

namespace reprise {

struct PosixOptions {
  /// At most so many system calls at a time; threads start when they are needed. At least 1.
  unsigned threads = 4;
};

/// cancel() reaches an I/O that no thread has begun; any other finishes with its ordinary result.
/// The error is that of the kernel, such as IOError::too_many_files.
Result<std::unique_ptr<BackEnd>> make_posix_io(PosixOptions options = {});

}  // namespace reprise
