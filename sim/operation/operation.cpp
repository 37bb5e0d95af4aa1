#include <reprise/sim/operation/operation.h>

#include <reprise/core/assert.h>

#include <algorithm>
#include <cstdint>

namespace reprise {

void Operation::begin(NameId task) {
  task_ = task;
  entries_ = injected_yields_ = 0;
  bare_site_ = nullptr;
  last_yield_ = {};
  no_io_ = 0;
  chain_.clear();
  drop_parked();
}

void Operation::begin_entry() {
  ++entries_;
  in_entry_ = true;
  no_io_ = 0;
  open_.clear();
  arrived_.clear();
  yielded_.clear();
  matched_ = 0;
  returning_ = !chain_.empty();
  yield_point_ = {};
  bare_site_ = nullptr;
}

void Operation::end_entry(Answer answer) {
  in_entry_ = false;
  // A value put aside in an earlier entry that control did not come back for is dropped. One put
  // aside in this entry is armed now.
  if (parked_.memory != nullptr && parked_.armed) drop_parked();
  chain_.clear();
  if (answer == Answer::io && !yielded_.empty() && yielded_.back().depth == 0) {
    for (std::size_t i = yielded_.size(); i > 0; --i) chain_.push_back(yielded_[i - 1].site);
  }
  if (answer == Answer::io) {
    const NameId innermost = chain_.empty() ? NameId{0} : chain_.back().name;
    last_yield_ = {yield_site(), yield_point_.name != 0 ? yield_point_.name : innermost};
  }
  if (parked_.memory != nullptr) {
    if (chain_.size() == parked_.depth + 1) {
      parked_.armed = true;
    } else {
      drop_parked();  // somebody on the way took the yield for something else
    }
  }
}

void Operation::end() {
  in_entry_ = false;
  chain_.clear();
  drop_parked();
}

void Operation::yield_at(const AwaitSite& site, NameId name, std::size_t depth, Identity point) {
  yielded_.clear();
  yielded_.push_back({{&site, name}, depth});
  yield_point_ = point;
  bare_site_ = nullptr;
  injected_ = true;
  ++injected_yields_;
  if (matched_ > depth) returning_ = false;
}

void* Operation::park(std::size_t size, std::size_t alignment, void (*destroy)(void*)) {
  drop_parked();
  room_.resize(size + alignment);
  const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(room_.data());
  parked_.memory = room_.data() + (alignment - at % alignment) % alignment;
  parked_.destroy = destroy;
  parked_.depth = open_.size();
  parked_.armed = false;
  return parked_.memory;
}

void Operation::unpark() { drop_parked(); }

void Operation::drop_parked() {
  if (parked_.memory != nullptr) parked_.destroy(parked_.memory);
  parked_ = {};
}

std::string to_text(const OperationEnd& ending) {
  switch (ending.kind) {
    case OperationEnd::Kind::done: return "ended in Done";
    case OperationEnd::Kind::error: return "ended in Err " + to_string(ending.error);
    case OperationEnd::Kind::aborted: return "was aborted (" + to_string(ending.error) + ')';
    case OperationEnd::Kind::abandoned: return "was abandoned";
    case OperationEnd::Kind::power_lost: return "was cut off by a power loss";
    case OperationEnd::Kind::threw: break;
  }
  return "threw an exception";
}

}  // namespace reprise
