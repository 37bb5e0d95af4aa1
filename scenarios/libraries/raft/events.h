// Events: what happens in one process of raft, which handles one after the other in a task of its
// own, as an event loop does. Code of raft runs only there, and may block there.
#pragma once

#include "scenarios/libraries/raft/process_heap.h"

#include <reprise/reprise.h>

#include <deque>
#include <functional>
#include <utility>

namespace reprise::libraries::consensus {

class Events {
 public:
  using Event = std::function<void()>;
  using Ended = std::function<void(const Completion&)>;

  Events(Sim& sim, ProcessHeap& heap) : sim_(sim), heap_(heap) {}

  void post(Event event) {
    waiting_.push_back(std::move(event));
    arrivals_.wake_one();
  }
  /// A callback that posts the end of an I/O.
  CompletionCallback posts(Ended ended) {
    return [this, ended = std::move(ended)](const Completion& done) {
      post([ended, done] { ended(done); });
    };
  }

  // On the process's own stack, which is one of foreign code.

  /// Handles events until one of them calls stop().
  void run() {
    while (!is_stopped_) {
      while (waiting_.empty()) {
        static_cast<void>(block(place_.request()));
        place_.leave();
      }
      now_ = std::move(waiting_.front());
      waiting_.pop_front();
      now_();
    }
  }
  void stop() { is_stopped_ = true; }
  /// Blocks until `completion` has finished; no other event is handled meanwhile.
  Result<std::uint64_t> block(Completion&& completion) {
    const auto result = sim_.block(std::move(completion));
    heap_.make_current();
    return result;
  }

 private:
  Sim& sim_;
  ProcessHeap& heap_;
  std::deque<Event> waiting_;
  Event now_;  // a member, since a frame that blocks must own no memory
  WakeList arrivals_{"the events of a process"};
  WakeList::Place place_{arrivals_};
  bool is_stopped_ = false;
};

}  // namespace reprise::libraries::consensus
