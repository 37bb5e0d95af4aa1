// Classic: a bounded queue with two consumers. One that was woken for an item takes it without
// looking again, though the other may have come by before it had its turn. Or: only the item that
// ends the emptiness wakes somebody, and the second consumer sleeps on beside the second item.
#include <reprise/reprise.h>

#include <array>
#include <cstdint>
#include <deque>

#include "scenarios/number_file.h"

namespace reprise::corpus {
namespace {

constexpr std::uint64_t capacity = 2;
constexpr std::uint64_t items = 4;

class WaitList {
 public:
  Completion wait() {
    waiting_.push_back(pool_.make());
    return waiting_.back();
  }
  void wake_one() {
    if (waiting_.empty()) return;
    const Completion longest = waiting_.front();
    waiting_.pop_front();
    longest.finish(0);
  }

 private:
  CompletionPool pool_;
  std::deque<Completion> waiting_;
};

struct Queue {
  std::array<std::uint64_t, capacity> slots = {};
  std::uint64_t put = 0;
  std::uint64_t taken = 0;
  WaitList for_room = {};
  WaitList for_items = {};

  bool is_empty() const { return taken == put; }
  bool is_full() const { return put - taken == capacity; }
  void append(std::uint64_t item) {
    slots[put % capacity] = item;
    put += 1;
  }
  std::uint64_t pop() {
    const std::uint64_t item = slots[taken % capacity];
    taken += 1;
    for_room.wake_one();
    return item;
  }
};

struct WakesForEach : Queue {
  void push(std::uint64_t item) {
    append(item);
    for_items.wake_one();
  }
};

struct WakesForTheFirst : Queue {
  void push(std::uint64_t item) {
    const bool was_empty = is_empty();
    append(item);
    if (was_empty) for_items.wake_one();
  }
};

template <class AnyQueue>
struct Producer {
  AnyQueue& queue;
  NumberFile log;
  Completion room = {};
  bool logged = false;

  IOResult<Unit> put(std::uint64_t item) {
    if (!logged) RETURN_IF_IO(log.write(item, item));
    logged = true;
    for (;;) {
      if (room && !room.finished()) IO_YIELD_ONE(room);
      room = {};
      if (!queue.is_full()) break;
      room = queue.for_room.wait();
    }
    queue.push(item);
    logged = false;
    return Unit{};
  }
};

struct Consumer {
  Queue& queue;
  Completion item = {};
};

struct TakesWhatItWasWokenFor : Consumer {
  IOResult<std::uint64_t> take() {
    if (!item && queue.is_empty()) item = queue.for_items.wait();
    if (item && !item.finished()) IO_YIELD_ONE(item);
    item = {};
    return queue.pop();
  }
};

struct LooksAgain : Consumer {
  IOResult<std::uint64_t> take() {
    for (;;) {
      if (item && !item.finished()) IO_YIELD_ONE(item);
      item = {};
      if (!queue.is_empty()) break;
      item = queue.for_items.wait();
    }
    return queue.pop();
  }
};

template <class AnyQueue, class Machine>
void pass_items(Sim& sim) {
  AnyQueue queue;
  Producer<AnyQueue> producer{queue, NumberFile(sim.open("log"))};
  Machine consumers[] = {{{queue}}, {{queue}}};
  NumberFile results[] = {NumberFile(sim.open("results")), NumberFile(sim.open("results"))};
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("consumer", i, [&sim, &consumer = consumers[i], &result = results[i]] {
      for (std::uint64_t n = 0; n < items / 2; ++n) {
        const auto item = sim.await([&] { return consumer.take(); });
        sim.expect(sim.await([&] { return result.write(item.value(), 1); }).ok(), "it is written");
      }
    });
  }
  sim.task("producer", [&] {
    for (std::uint64_t item = 1; item <= items; ++item) {
      sim.expect(sim.await([&] { return producer.put(item); }).ok(), "the item is put");
    }
  });
  sim.always("no more is taken than was put", [&] { return queue.taken <= queue.put; });
  sim.run();
}

CANARY("corpus/classic/bounded_queue", "invariant",
       (pass_items<WakesForEach, TakesWhatItWasWokenFor>), (pass_items<WakesForEach, LooksAgain>));
CANARY("corpus/classic/queue_wake", "progress", (pass_items<WakesForTheFirst, LooksAgain>),
       (pass_items<WakesForEach, LooksAgain>));

}  // namespace
}  // namespace reprise::corpus
