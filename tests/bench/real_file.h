// RealFile: a file of 64 MiB without a name, in the system's folder for temporary files, and the
// order in which it is read and written.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace reprise::bench {

inline constexpr std::size_t block_bytes = 4096;
inline constexpr std::uint64_t blocks = 16'384;
inline constexpr std::size_t depth = 32;

class RealFile {
 public:
  RealFile() {
    path_ = (std::filesystem::temp_directory_path() / "reprise-bench-XXXXXX").string();
    fd_ = ::mkstemp(path_.data());
    const std::array<std::byte, block_bytes> zeros{};
    for (std::uint64_t i = 0; i < blocks; ++i) {
      if (::write(fd_, zeros.data(), block_bytes) != static_cast<ssize_t>(block_bytes))
        std::abort();
    }
  }
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;
  ~RealFile() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }

  int fd() const { return fd_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int fd_ = -1;
};

/// Offsets of blocks, the same each time.
class RandomOffsets {
 public:
  std::uint64_t next() {
    state_ = state_ * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
    return (state_ >> 33) % blocks * block_bytes;
  }

 private:
  std::uint64_t state_ = 1;
};

}  // namespace reprise::bench
