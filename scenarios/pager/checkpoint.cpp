#include "scenarios/pager/checkpoint.h"

#include <algorithm>

namespace reprise::pager {

IOResult<std::uint64_t> Checkpoint::run() {
  IOResult<std::uint64_t> answer = steps();
  if (answer.is_io()) return answer;
  state_ = State::lock;
  write_lock_.release();
  return answer;
}

IOResult<std::uint64_t> Checkpoint::steps() {
  for (;;) {
    switch (state_) {
      case State::lock:
        RETURN_IF_IO(write_lock_.acquire());
        start_reads();
        state_ = State::read;
        break;
      case State::read:
        RETURN_IF_IO(batch_.step());
        if (!all_read()) return IOError::corrupt;
        start_writes();
        state_ = State::write;
        break;
      case State::write:
        RETURN_IF_IO(batch_.step());
        sync_ = Transfer::sync(pager_.database_);
        state_ = State::sync;
        break;
      case State::sync:
        RETURN_IF_IO(sync_.step());
        state_ = State::drain;
        break;
      case State::drain:
        // A read of the log that is still under way would find other bytes once the log begins
        // anew.
        if (pager_.cache_.loading_from_wal()) {
          state_ = State::wait;
          break;
        }
        pager_.wal_.restart();
        state_ = State::truncate;
        break;
      case State::wait:
        RETURN_IF_IO(room_.wait());
        state_ = State::drain;
        break;
      case State::truncate:
        RETURN_IF_IO(pager_.wal_.prepare());
        pager_.stats_.checkpoints += 1;
        return copies_.size();
    }
  }
}

void Checkpoint::start_reads() {
  copies_.clear();
  batch_ = {};
  for (const auto& [page, frame] : pager_.wal_.index()) {
    copies_.push_back({page, Buffer::allocate(page_size)});
    batch_.add(pager_.wal_.read(frame, copies_.back().bytes));
  }
}

bool Checkpoint::all_read() const {
  return std::ranges::all_of(
      batch_.transfers(), [](const Transfer& transfer) { return transfer.moved() == page_size; });
}

void Checkpoint::start_writes() {
  batch_ = {};
  for (const Copy& copy : copies_) batch_.add(pager_.write_database(copy.page, copy.bytes));
}

}  // namespace reprise::pager
