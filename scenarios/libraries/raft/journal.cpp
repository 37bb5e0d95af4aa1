#include "scenarios/libraries/raft/journal.h"

#include "scenarios/libraries/raft/bytes.h"

#include <reprise/core/digest.h>

#include <cstring>
#include <utility>

namespace reprise::libraries::consensus {

std::string Journal::image(std::string_view record) {
  return BytesOut().number(digest_of_text(record)).text(record).bytes();
}

bool Journal::wait_for(Completion&& completion) {
  return events_.block(std::move(completion)).ok();
}

bool Journal::recover(const std::function<void(std::string_view record)>& see) {
  OpenResult opened = node_.io().open("journal");
  if (!opened.ok()) return false;
  file_ = std::move(opened).value();
  // What a killed process has written may be in the cache only, and a new file without a name.
  if (!wait_for(file_->sync()) || !wait_for(node_.io().sync_folder(""))) return false;
  buffer_ = Buffer::allocate(file_->size().value());
  std::size_t size = 0;
  while (size < buffer_.size()) {
    const auto got = events_.block(file_->pread(size, buffer_.slice(size, buffer_.size() - size)));
    if (!got.ok() || got.value() == 0) return false;
    size += got.value();
  }
  const std::string_view bytes(reinterpret_cast<const char*>(buffer_.data()), size);
  BytesIn in(bytes);
  for (;;) {
    const std::uint64_t digest = in.number();
    const std::string_view record = in.text();
    if (record.empty() || digest != digest_of_text(record)) break;
    see(record);
    end_ = size - in.rest().size();
  }
  return end_ == size || (wait_for(file_->truncate(end_)) && wait_for(file_->sync()));
}

void Journal::append(std::string_view record, Done done) {
  ++asked_;
  waiting_.push_back({image(record), std::move(done)});
  if (writing_ == 0 && !has_failed_) begin();
}

bool Journal::wait() {
  const std::uint64_t last = asked_;
  while (kept_ < last && !has_failed_) {
    static_cast<void>(events_.block(Completion(pending_)));
    step();
  }
  return !has_failed_;
}

void Journal::begin() {
  std::string bytes;
  for (const Waiting& each : waiting_) bytes += each.bytes;
  writing_ = waiting_.size();
  buffer_ = Buffer::allocate(bytes.size());
  std::memcpy(buffer_.data(), bytes.data(), bytes.size());
  written_ = 0;
  write_rest();
}

void Journal::write_rest() {
  pending_ = file_->pwrite(end_ + written_, buffer_.slice(written_, buffer_.size() - written_),
                           events_.posts([this](const Completion&) { step(); }));
}

/// The write or the sync has perhaps finished.
void Journal::step() {
  if (!pending_ || !pending_.finished()) return;
  const Completion done = std::exchange(pending_, {});
  if (!done.succeeded()) {
    has_failed_ = true;
    tell(false);
  } else if (is_syncing_) {
    end_ += buffer_.size();
    is_syncing_ = false;
    kept_ += writing_;
    tell(true);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(writing_));
    writing_ = 0;
    if (!waiting_.empty()) begin();
  } else if (written_ += done.result(); written_ < buffer_.size()) {
    write_rest();
  } else {
    if (says_early_) tell(true);
    is_syncing_ = true;
    pending_ = file_->sync(events_.posts([this](const Completion&) { step(); }));
  }
}

void Journal::tell(bool is_kept) {
  for (std::size_t i = 0; i < writing_; ++i) {
    if (Done done = std::exchange(waiting_[i].done, {})) {
      events_.post([done, is_kept] { done(is_kept); });
    }
  }
}

}  // namespace reprise::libraries::consensus
