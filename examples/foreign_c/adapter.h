// What Reprise needs to know of copier: its I/O by files of ours, and what its answers mean. The
// copier itself is as it was.
#pragma once

#include <reprise/core/callback_io.h>
#include <reprise/core/io_result.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "machine.h"

/// A `void *file` of copier's.
struct CopierFile {
  reprise::CallbackIO& io;
  reprise::File& file;
};

inline reprise::CallbackIO::Done copier_callback(copier_done done, void* arg) {
  return [=](reprise::Result<std::uint64_t> bytes) {
    done(arg, bytes.ok() ? static_cast<int>(bytes.value()) : -static_cast<int>(bytes.error()));
  };
}

inline int copier_read(void* file, std::uint64_t offset, void* to, std::size_t size,
                       copier_done done, void* arg) {
  auto& from = *static_cast<CopierFile*>(file);
  from.io.read(from.file, offset, {static_cast<std::byte*>(to), size}, copier_callback(done, arg));
  return 0;
}

inline int copier_write(void* file, std::uint64_t offset, const void* from, std::size_t size,
                        copier_done done, void* arg) {
  auto& to = *static_cast<CopierFile*>(file);
  to.io.write(to.file, offset, {static_cast<const std::byte*>(from), size},
              copier_callback(done, arg));
  return 0;
}

inline constexpr copier_io copier_on_reprise{copier_read, copier_write};

/// One entry. `step` is copier_step.
inline reprise::IOResult<reprise::Unit> step_copier(int (*step)(copier*), copier& machine,
                                                    reprise::CallbackIO& io) {
  io.begin_entry();
  const int answer = step(&machine);
  if (answer == EAGAIN) return io.next();
  if (answer != 0) return static_cast<reprise::IOError>(answer);
  return reprise::Unit{};
}
