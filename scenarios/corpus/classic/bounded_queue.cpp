// Classic: a bounded queue with two consumers. One that was woken for an item takes it without
// looking again, though the other may have come by before it had its turn. Or: only the item that
// ends the emptiness wakes somebody, and the second consumer sleeps on beside the second item.
#include <reprise/reprise.h>

#include <array>
#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::bounded_queue {
namespace {

constexpr std::uint64_t capacity = 2;
constexpr std::uint64_t items = 4;

struct Queue {
  std::array<std::uint64_t, capacity> slots = {};
  std::uint64_t put = 0;
  std::uint64_t taken = 0;
  WakeList for_room{"room"};
  WakeList for_items{"items"};

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
  WakeList::Place room{queue.for_room};
  bool logged = false;

  IOResult<Unit> put(std::uint64_t item) {
    if (!logged) RETURN_IF_IO(log.write(item, item));
    logged = true;
    RETURN_IF_IO(room.until([this] { return !queue.is_full(); }));
    queue.push(item);
    logged = false;
    return Unit{};
  }
};

struct Consumer {
  Queue& queue;
  WakeList::Place arrival{queue.for_items};
};

struct TakesWhatItWasWokenFor : Consumer {
  bool waits = false;

  IOResult<std::uint64_t> take() {
    waits = waits || queue.is_empty();
    if (waits) RETURN_IF_IO(arrival.wait());
    waits = false;
    return queue.pop();
  }
};

struct LooksAgain : Consumer {
  IOResult<std::uint64_t> take() {
    RETURN_IF_IO(arrival.until([this] { return !queue.is_empty(); }));
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

CANARY("corpus/classic/bounded-queue", "invariant",
       (pass_items<WakesForEach, TakesWhatItWasWokenFor>), (pass_items<WakesForEach, LooksAgain>));
CANARY("corpus/classic/queue-wake", "deadlock", (pass_items<WakesForTheFirst, LooksAgain>),
       (pass_items<WakesForEach, LooksAgain>));

}  // namespace
}  // namespace reprise::corpus::bounded_queue
