// Expect: clean
// A queue with room for two: producers wait for room, consumers for items, and both may be dropped
// while they wait, or when they have been woken and have not been entered yet.
#include <reprise/reprise.h>

#include <deque>
#include <optional>
#include <utility>

using namespace reprise;

struct Queue {
  std::deque<int> items = {};
  bool closed = false;
  WakeList room{"room"};
  WakeList arrivals{"arrivals"};

  void close() {
    closed = true;
    arrivals.wake_all();
    room.wake_all();
  }
};

struct Producer {
  explicit Producer(Queue& its_queue) : queue(its_queue) {}

  Queue& queue;
  WakeList::Place place{queue.room};

  IOResult<bool> put(int item) {
    RETURN_IF_IO(place.until([this] { return queue.closed || queue.items.size() < 2; }));
    if (queue.closed) return false;
    queue.items.push_back(item);
    queue.arrivals.wake_one();
    return true;
  }
};

struct Consumer {
  Consumer(Queue& its_queue, File& its_log) : queue(its_queue), log(its_log) {}

  Queue& queue;
  File& log;
  WakeList::Place place{queue.arrivals};
  int item = 0;
  FullTransfer transfer = {};

  IOResult<int> take() {
    if (item == 0) {
      RETURN_IF_IO(place.until([this] { return queue.closed || !queue.items.empty(); }));
      if (queue.items.empty()) return 0;
      item = queue.items.front();
      queue.items.pop_front();
      queue.room.wake_one();
    }
    RETURN_IF_IO(transfer.write(log, static_cast<std::uint64_t>(item) * 16, Buffer::allocate(16)));
    return std::exchange(item, 0);
  }
};

SCENARIO("waiting/wake_list") {
  Queue queue;
  File& log = sim.open("log");
  sim.survives({.short_io = true, .abandons = true});
  int producers = 2;
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("producer", i, [&, i] {
      for (int n = 1; n <= 3; ++n) {
        std::optional<Producer> producer;
        producer.emplace(queue);
        const int number = static_cast<int>(i) * 3 + n;
        static_cast<void>(sim.await([&] { return producer->put(number); },
                                    {.abandon = [&] { producer.reset(); }, .abort = {}}));
      }
      if (--producers == 0) queue.close();
    });
    sim.task("consumer", i, [&] {
      for (bool over = false; !over;) {
        std::optional<Consumer> consumer;
        consumer.emplace(queue, log);
        const auto item = sim.await([&] { return consumer->take(); },
                                    {.abandon = [&] { consumer.reset(); }, .abort = {}});
        over = item.ok() && item.value() == 0;
      }
    });
  }
  sim.finally("nothing is left", [&] { return queue.items.empty(); });
  sim.run();
}
