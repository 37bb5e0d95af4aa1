
#include <reprise/core/full_transfer.h>

#include <reprise/core/internal/open.h>

#include <utility>

namespace reprise {

namespace {
// A device that asks for more of them is taken for broken.
constexpr std::uint32_t attempts_max = 32;
}  // namespace

IOResult<std::uint64_t> FullTransfer::step(IOKind kind, File& file, std::uint64_t offset,
                                           const Buffer& buffer) {
  if (!under_way()) {
    kind_ = kind;
    file_ = &file;
    offset_ = offset;
    buffer_ = buffer;
  }
  for (;;) {
    if (moved_ == buffer_.size()) break;
    if (!pending_) submit();
    if (!pending_.finished()) return pending_;
    const Completion finished = std::exchange(pending_, {});
    if (!finished.succeeded()) {
      const IOError error = finished.get_error();
      if (is_retryable(error) && ++attempts_ < attempts_max) continue;
      reset();
      return error;
    }
    attempts_ = 0;
    moved_ += finished.result();
    if (finished.result() != 0) continue;
    if (kind_ == IOKind::read) break;  // the file's end
    reset();
    return IOError::io;
  }
  const std::uint64_t moved = moved_;
  reset();
  return moved;
}

void FullTransfer::submit() {
  const Buffer rest = buffer_.slice(moved_, buffer_.size() - moved_);
  pending_ = kind_ == IOKind::read ? file_->pread(offset_ + moved_, rest)
                                   : file_->pwrite(offset_ + moved_, rest);
}

}  // namespace reprise
