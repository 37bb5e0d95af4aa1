#include "scenarios/pager/transfer.h"

#include <algorithm>
#include <span>
#include <utility>

namespace reprise::pager {

namespace {
// Of one transfer. A device that asks for more than that is taken for broken.
constexpr std::uint32_t attempts_max = 32;
}  // namespace

Transfer::Transfer(IOKind kind, File& file, std::uint64_t offset, const Buffer& buffer)
    : kind_(kind), file_(&file), offset_(offset), buffer_(buffer), ended_(false) {}

Transfer Transfer::read(File& file, std::uint64_t offset, const Buffer& buffer) {
  return {IOKind::read, file, offset, buffer};
}
Transfer Transfer::write(File& file, std::uint64_t offset, const Buffer& buffer) {
  return {IOKind::write, file, offset, buffer};
}
Transfer Transfer::sync(File& file) { return {IOKind::sync, file, 0, {}}; }
Transfer Transfer::truncate(File& file, std::uint64_t size) {
  return {IOKind::truncate, file, size, {}};
}

bool Transfer::advance() {
  while (!ended_) {
    if (!pending_) submit();
    if (!pending_.finished()) return false;
    take_result();
  }
  return true;
}

void Transfer::submit() {
  const Buffer rest = buffer_.slice(moved_, buffer_.size() - moved_);
  switch (kind_) {
    case IOKind::read: pending_ = file_->pread(offset_ + moved_, rest); break;
    case IOKind::write: pending_ = file_->pwrite(offset_ + moved_, rest); break;
    case IOKind::truncate: pending_ = file_->truncate(offset_); break;
    default: pending_ = file_->sync(); break;
  }
}

void Transfer::take_result() {
  const Completion finished = std::exchange(pending_, {});
  if (!finished.succeeded()) {
    attempts_ += 1;
    if (is_retryable(finished.get_error()) && attempts_ < attempts_max) return;
    error_ = finished.get_error();
    ended_ = true;
    return;
  }
  moved_ += finished.result();
  pieces_ += 1;
  const bool whole = moved_ == buffer_.size();
  if (kind_ == IOKind::write && finished.result() == 0 && !whole) error_ = IOError::io;
  ended_ = whole || finished.result() == 0 || accepts_short_;
}

IOResult<std::uint64_t> Transfer::step() {
  if (!advance()) IO_YIELD_ONE(pending_);
  if (error_ != IOError::none) return error_;
  return moved_;
}

IOResult<Unit> Batch::step() {
  if (waits_for_ && !waits_for_.finished()) IO_YIELD_ONE(waits_for_);
  CompletionGroup group;
  bool ended = true;
  for (Transfer& transfer : transfers_) {
    if (transfer.advance()) continue;
    group.add(transfer.pending());
    ended = false;
  }
  if (!ended) {
    waits_for_ = group.build();
    IO_YIELD_ONE(waits_for_);
  }
  waits_for_ = {};
  for (const Transfer& transfer : transfers_) {
    if (transfer.error() != IOError::none) return transfer.error();
  }
  return Unit{};
}

std::uint64_t Batch::resumed() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      transfers_, [](const Transfer& transfer) { return transfer.resumed(); }));
}

}  // namespace reprise::pager
