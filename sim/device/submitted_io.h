// SubmittedIO, InFlight, MovedBytes: an I/O of a simulated device, as checks are told of it.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/io.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/plan/identity.h>

#include <cstdint>
#include <span>
#include <string>

namespace reprise {

class Device;

/// A device's number of a file, or of what it has in its place, whatever its name.
using InodeId = std::uint32_t;

/// An I/O of a simulated device, and the operation that submitted it.
struct SubmittedIO {
  Identity identity;  // its name has the kind and the path
  IOKind kind = IOKind::read;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  TaskId task = 0;
  std::uint32_t operation = 0;  // of the task, by number from 1; 0: submitted in no entry

  /// The offset of a write to the end of the file, until it takes effect.
  static constexpr std::uint64_t at_end = UINT64_MAX;
};

/// "64 bytes at offset 512".
inline std::string bytes_in_words(std::uint64_t size, std::uint64_t offset) {
  return std::to_string(size) + " bytes at " +
         (offset == SubmittedIO::at_end ? std::string("the end of the file")
                                        : "offset " + std::to_string(offset));
}

/// An I/O of the device that is in flight now. The device has its buffers.
struct InFlight {
  SubmittedIO io;
  std::uint32_t slot = 0;  // the device's number for it until the flight ends
  InodeId inode = 0;
  std::span<const Buffer> buffers;
};

/// The bytes that an I/O of a device has moved.
struct MovedBytes {
  const Device* device = nullptr;
  InodeId inode = 0;
  std::uint64_t bytes = 0;
  bool is_cut = false;  // fewer than it could have moved
};

}  // namespace reprise
