#include "scenarios/pager/wait_list.h"

#include <algorithm>
#include <utility>

namespace reprise::pager {

Completion WaitList::wait() {
  waiting_.push_back(pool_.make({}, this));
  return waiting_.back();
}

bool WaitList::wake_one() {
  if (waiting_.empty()) return false;
  const Completion longest = std::move(waiting_.front());
  waiting_.pop_front();
  longest.finish(0);
  return true;
}

void WaitList::wake_all() {
  const std::deque<Completion> woken = std::exchange(waiting_, {});
  for (const Completion& completion : woken) completion.finish(0);
}

void WaitList::cancel(const Completion& completion, std::uint64_t) {
  const Completion cancelled = completion;  // NOLINT: `completion` may be the one erased
  std::erase(waiting_, cancelled);
  cancelled.fail(IOError::cancelled);
}

Completion WriteLock::acquire() {
  if (held_) return waiting_.wait();
  held_ = true;
  return Completion::done();
}

void WriteLock::release() {
  REPRISE_CHECK(held_, "the write lock is released by who does not hold it");
  if (!waiting_.wake_one()) held_ = false;
}

}  // namespace reprise::pager
