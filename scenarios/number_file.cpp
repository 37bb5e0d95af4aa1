#include "scenarios/number_file.h"

#include <cstring>
#include <utility>

namespace reprise {

IOResult<std::uint64_t> NumberFile::read(std::uint64_t index) {
  std::uint64_t number = 0;
  if (!pending_) {
    buffer_ = Buffer::allocate(sizeof number);
    pending_ = file_.pread(index * sizeof number, buffer_);
  }
  if (!pending_.finished()) IO_YIELD_ONE(pending_);
  const Result<std::uint64_t> bytes = take_result();
  if (!bytes) return bytes.error();
  if (bytes.value() == sizeof number) std::memcpy(&number, buffer_.data(), sizeof number);
  return number;
}

IOResult<Unit> NumberFile::write(std::uint64_t index, std::uint64_t number) {
  if (!pending_) {
    buffer_ = Buffer::allocate(sizeof number);
    std::memcpy(buffer_.data(), &number, sizeof number);
    pending_ = file_.pwrite(index * sizeof number, buffer_);
  }
  if (!pending_.finished()) IO_YIELD_ONE(pending_);
  const Result<std::uint64_t> bytes = take_result();
  if (!bytes) return bytes.error();
  return Unit{};
}

IOResult<Unit> NumberFile::sync() {
  if (!pending_) pending_ = file_.sync();
  if (!pending_.finished()) IO_YIELD_ONE(pending_);
  const Result<std::uint64_t> bytes = take_result();
  if (!bytes) return bytes.error();
  return Unit{};
}

Result<std::uint64_t> NumberFile::take_result() {
  const Completion finished = std::exchange(pending_, {});
  if (!finished.succeeded()) return finished.get_error();
  return finished.result();
}

}  // namespace reprise
