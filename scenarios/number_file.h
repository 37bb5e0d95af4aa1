// NumberFile: a file of 64-bit numbers, read and written one at a time. The smallest machine that
// does its I/O as it should; the canary pairs put their mistakes around it.
//
//   std::uint64_t balance = RETURN_IF_IO(numbers.read(3));
//   RETURN_IF_IO(numbers.write(3, balance + 1));
#pragma once

#include <reprise/core/core.h>

#include <cstdint>

namespace reprise {

/// One call at a time, called until it says Done or Err; then ready for the next one.
class NumberFile {
 public:
  explicit NumberFile(File& file) : file_(file) {}

  /// The number at `index`; 0 beyond the end of the file.
  IOResult<std::uint64_t> read(std::uint64_t index);
  IOResult<Unit> write(std::uint64_t index, std::uint64_t number);
  IOResult<Unit> sync();

  /// Forgets a call that was not driven to its end.
  void reset() { pending_ = {}; }

 private:
  Result<std::uint64_t> take_result();

  File& file_;
  Buffer buffer_;       // of pending_
  Completion pending_;  // Invariant: set from the first entry of a call to its last
};

}  // namespace reprise
