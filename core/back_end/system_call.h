// SystemCall: an I/O as the blocking system call that does it, in plain data that a thread may use.
#pragma once

#include <reprise/core/io.h>

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace reprise::internal {

struct SystemCall {
  IOKind kind = IOKind::read;
  int fd = -1;
  WriteOptions write_options;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::vector<iovec> parts;  // read, write
  std::string path, new_path;

  /// Blocks. Gives the bytes moved, or the negative errno.
  std::int64_t run() const;
};

/// The RWF_ flags of a write.
int write_flags(const WriteOptions& options);

/// A slot for an I/O has room for so many buffers from the beginning, so that most need no more.
inline constexpr std::size_t parts_expected = 4;

/// Replaces `parts` by the memory of the buffers, as far as one system call takes them: the
/// transfer is then a short one.
void set_parts(std::vector<iovec>& parts, std::span<const Buffer> buffers);

}  // namespace reprise::internal
