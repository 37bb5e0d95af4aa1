// Several tasks on the same state. What others change between two entries is theirs, and what this
// one does after its await is progress, however often the same line has run for others.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::sharing {
namespace {

// --- Others change, this one reads ---

struct Reader {
  NumberFile file;
  const std::uint64_t& version;
  std::uint64_t reads = 0;

  IOResult<Unit> step() {
    const std::uint64_t seen = version;
    RETURN_IF_IO(file.read(seen % 8));
    reads += 1;
    return Unit{};
  }
};

SCENARIO("sound/another-task-changes-state") {
  std::uint64_t version = 0;
  Reader machine{NumberFile(sim.open("numbers")), version};
  sim.task("editor", [&] {
    for (int i = 0; i < 5; ++i) {
      version += 1;
      sim.yield();
    }
  });
  sim.task("client", [&] {
    for (int i = 0; i < 3; ++i) {
      sim.expect(sim.await([&] { return machine.step(); }).ok(), "the number is read");
    }
    sim.expect_eq(machine.reads, 3u);
  });
  sim.run();
}

// --- Several machines with one total ---

struct Adder {
  NumberFile file;
  std::uint64_t& total;

  IOResult<Unit> add(std::uint64_t amount) {
    RETURN_IF_IO(file.write(amount, amount));
    total += amount;
    return Unit{};
  }
};

SCENARIO("sound/several-machines-one-total") {
  File& file = sim.open("numbers");
  std::uint64_t total = 0;
  std::vector<Adder> adders;
  for (int i = 0; i < 3; ++i) adders.push_back({NumberFile(file), total});
  for (std::uint32_t i = 0; i < 3; ++i) {
    sim.task("client", i, [&, i] {
      for (int j = 0; j < 3; ++j) {
        sim.expect(sim.await([&] { return adders[i].add(i + 1); }).ok(), "the amount is added");
      }
    });
  }
  sim.finally("all is added", [&] { return total == 18; });
  sim.run();
}

// --- Every entry of one operation, or all of them, between two entries of another ---

struct Log {
  std::vector<std::uint64_t> entries = {};
};

struct Appender {
  NumberFile file;
  Log& log;

  // The next number is known when it is this one's turn to append, which is after the await.
  IOResult<Unit> append() {
    RETURN_IF_IO(file.sync());
    log.entries.push_back(log.entries.size());
    return Unit{};
  }
};

SCENARIO("sound/interleaved-appends") {
  File& file = sim.open("log");
  Log log;
  Appender first{NumberFile(file), log};
  Appender second{NumberFile(file), log};
  sim.task("first", [&] {
    for (int i = 0; i < 4; ++i) {
      sim.expect(sim.await([&] { return first.append(); }).ok(), "an entry is appended");
    }
  });
  sim.task("second", [&] {
    for (int i = 0; i < 4; ++i) {
      sim.expect(sim.await([&] { return second.append(); }).ok(), "an entry is appended");
    }
  });
  sim.finally("entries are numbered", [&] {
    for (std::size_t i = 0; i < log.entries.size(); ++i) {
      if (log.entries[i] != i) return false;
    }
    return log.entries.size() == 8;
  });
  sim.run();
}

// --- A lock with a list of those who wait ---

struct Lock {
  bool held = false;
  std::deque<std::uint32_t> waiting = {};

  // Whose turn it is: the first in the list, who is in it once.
  IOResult<Unit> acquire(std::uint32_t who) {
    bool listed = false;
    for (const std::uint32_t other : waiting) listed = listed || other == who;
    if (!listed) waiting.push_back(who);
    if (held || waiting.front() != who) return IOCompletions::explicit_yield();
    waiting.pop_front();
    held = true;
    return Unit{};
  }
  void release() { held = false; }
};

struct Client {
  NumberFile file;
  Lock& lock;
  std::uint32_t id;
  std::uint64_t& balance;
  std::uint64_t before = 0;
  int stage = 0;

  // Read, add, write, under the lock.
  IOResult<Unit> deposit(std::uint64_t amount) {
    switch (stage) {
      case 0:
        RETURN_IF_IO(lock.acquire(id));
        stage = 1;
        [[fallthrough]];
      case 1:
        before = RETURN_IF_IO(file.read(0));
        stage = 2;
        [[fallthrough]];
      case 2: RETURN_IF_IO(file.write(0, before + amount));
    }
    balance = before + amount;
    stage = 0;
    lock.release();
    return Unit{};
  }
};

SCENARIO("sound/two-clients-one-lock") {
  File& file = sim.open("account");
  Lock lock;
  std::uint64_t balance = 0;
  Client clients[2] = {{NumberFile(file), lock, 0, balance}, {NumberFile(file), lock, 1, balance}};
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("client", i, [&, i] {
      for (int j = 0; j < 3; ++j) {
        sim.expect(sim.await([&] { return clients[i].deposit(5); }).ok(), "the deposit is made");
      }
    });
  }
  sim.finally("no deposit is lost", [&] { return balance == 30 && !lock.held; });
  sim.run();
}

// --- A queue between two machines ---

struct Queue {
  std::deque<std::uint64_t> items = {};
  bool closed = false;
};

struct Producer {
  NumberFile file;
  Queue& queue;

  IOResult<Unit> produce(std::uint64_t item) {
    RETURN_IF_IO(file.write(item, item));
    queue.items.push_back(item);
    return Unit{};
  }
};

struct Consumer {
  NumberFile file;
  Queue& queue;
  std::uint64_t consumed = 0;

  IOResult<Unit> item_or_end() {
    if (queue.items.empty() && !queue.closed) return IOCompletions::explicit_yield();
    return Unit{};
  }

  IOResult<bool> consume() {
    RETURN_IF_IO(item_or_end());
    if (queue.items.empty()) return false;
    RETURN_IF_IO(file.write(100, queue.items.front()));
    consumed += queue.items.front();
    queue.items.pop_front();
    return true;
  }
};

SCENARIO("sound/queue-between-tasks") {
  File& file = sim.open("numbers");
  Queue queue;
  Producer producer{NumberFile(file), queue};
  Consumer consumer{NumberFile(file), queue};
  sim.task("producer", [&] {
    for (std::uint64_t item = 1; item <= 4; ++item) {
      sim.expect(sim.await([&] { return producer.produce(item); }).ok(), "the item is produced");
    }
    queue.closed = true;
  });
  sim.task("consumer", [&] {
    for (;;) {
      const auto more = sim.await([&] { return consumer.consume(); });
      if (!sim.expect(more.ok(), "the item is consumed") || !more.value()) break;
    }
    sim.expect_eq(consumer.consumed, 10u);
  });
  sim.run();
}

// --- A machine that is driven on its own, on no fiber ---

struct Sweeper {
  NumberFile file;
  std::uint64_t* swept = nullptr;
  std::uint64_t at = 0;

  IOResult<Unit> sweep() {
    std::uint64_t seen[4] = {};
    while (at < 4) {
      seen[at] = 1 + RETURN_IF_IO(file.read(at));
      *swept += seen[at];
      at += 1;
    }
    return Unit{};
  }
};

SCENARIO("sound/driven-without-fiber") {
  std::uint64_t swept = 0;
  sim.drive("sweeper", [machine = Sweeper{NumberFile(sim.open("numbers")), &swept}]() mutable {
    return machine.sweep();
  });
  sim.finally("all is swept", [&] { return swept == 4; });
  sim.run();
}

}  // namespace
}  // namespace reprise::watched::sharing
