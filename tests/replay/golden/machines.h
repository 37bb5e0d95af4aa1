// Scenarios that are wrong in every way that the golden reports show. The reports quote the lines
// of this file.
#pragma once

#include <reprise/reprise.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>

#include "tests/replay/golden/ledger.h"
#include "tests/support/noting.h"

namespace reprise::golden {

struct Reader {
  File& file;
  Completion pending = {};

  IOResult<Unit> read() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};

struct Counter : Reader {
  Tracked<int> value{"value"};

  IOResult<int> bump() {
    value += 1;
    RETURN_IF_IO(read());
    return value;
  }
};

inline void double_mutation(Sim& sim) {
  Counter counter{{sim.open("counter")}};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return counter.bump(); })); });
  sim.run();
}

struct Poster : Reader {
  Ledger ledger;

  IOResult<Unit> post() {
    ledger.note();
    RETURN_IF_IO(read());
    return Unit{};
  }
};

inline void two_files(Sim& sim) {
  Poster poster{{sim.open("ledger")}, {}};
  sim.drive("poster", [&] { return poster.post(); });
  sim.run();
}

struct Copier {
  Reader from, to;
  int moved = 0;

  IOResult<int> copy() {
    RETURN_IF_IO(from.read());
    moved += 1;
    RETURN_IF_IO(to.read());
    return moved;
  }
};

inline void schedule_equivalence(Sim& sim) {
  Copier copier{{sim.open("from")}, {sim.open("to")}};
  sim.observe("moved", copier.moved);
  sim.task("copier", [&] { static_cast<void>(sim.await([&] { return copier.copy(); })); });
  sim.run();
}

struct Hasty {
  File& file;
  Completion pending = {};

  IOResult<Unit> read() {
    if (pending && pending.finished()) return Unit{};
    if (!std::exchange(pending, file.pread(0, Buffer::allocate(8)))) IO_YIELD_ONE(pending);
    return Unit{};
  }
};

inline void spurious(Sim& sim) {
  Hasty hasty{sim.open("page")};
  sim.survives({.spurious = true});
  sim.results_depend_on_timing();
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return hasty.read(); })); });
  sim.run();
}

struct Gate {
  CompletionPool pool;
  Completion opened = pool.make();

  IOResult<Unit> pass() {
    if (!opened.finished()) IO_YIELD_ONE(opened);
    return Unit{};
  }
  IOResult<Unit> enter() {
    RETURN_IF_IO(pass());
    return Unit{};
  }
};

inline void deadlock(Sim& sim) {
  Gate gate;
  sim.task("guest", [&] { static_cast<void>(sim.await([&] { return gate.enter(); })); });
  sim.task("porter", [&] { sim.yield(); });
  sim.run();
}

inline void livelock(Sim& sim) {
  bool is_open = false;
  sim.task("guest", [&] {
    while (!is_open) sim.yield();
  });
  sim.run();
}

inline void always(Sim& sim) {
  int left = 100;
  int right = 0;
  sim.always("the sum stays", [&] { return left + right == 100; });
  sim.task("mover", [&] {
    left -= 10;
    sim.yield();
    right += 10;
  });
  sim.run();
}

inline void expect_eq(Sim& sim) {
  Reader first{sim.open("first")};
  Reader second{sim.open("second")};
  int next = 0;
  const auto take = [&](Reader& reader, int expected) {
    static_cast<void>(sim.await([&] { return reader.read(); }));
    sim.expect_eq(++next, expected);
  };
  sim.task("first", [&] { take(first, 1); });
  sim.task("second", [&] { take(second, 2); });
  sim.run();
}

inline void exception(Sim& sim) {
  Reader reader{sim.open("page")};
  sim.task("client", [&] {
    static_cast<void>(sim.await([&] { return reader.read(); }));
    throw std::runtime_error("no such page");
  });
  sim.run();
}

inline void bad_access(Sim& sim) {
  Reader reader{sim.open("page")};
  sim.task("client", [&] {
    static_cast<void>(sim.await([&] { return reader.read(); }));
    // Not null, which a sanitizer would see before the access.
    *reinterpret_cast<volatile int*>(std::uintptr_t{4096}) = 1;
  });
  sim.run();
}

inline void completion_protocol(Sim& sim) {
  CompletionPool pool;
  sim.task("device", [&] {
    const Completion answer = pool.make({}, nullptr, 0, 8);
    sim.yield();
    answer.finish(8);
    answer.fail(IOError::timed_out);
  });
  sim.run();
}

inline void determinism(Sim& sim) {
  static bool is_odd = false;
  is_odd = !is_odd;
  sim.task("client", [&] {
    if (is_odd) sim.yield();
    sim.sleep(Duration{1});
  });
  sim.results_depend_on_timing();
  sim.run();
}

struct Stack : Reader {
  int top = 7;

  IOResult<int> pop() {
    const int page = top;
    RETURN_IF_IO(read());
    return page;
  }
};

constexpr int line_of_pop = __LINE__ - 6;

inline void note(Sim& sim) {
  Stack stack{{sim.open("stack")}};
  sim.task("client", [&] {
    static_cast<void>(sim.await([&] { return stack.pop(); }));
    Finding finding;
    finding.check = "prefix-read";
    finding.signature = "top is read again";
    finding.message = "`top` was read again after a yield, and was another";
    finding.evidence = {"entry 1 read 7", "entry 2 read 8"};
    finding.expected = "an operation is about the same page from its beginning to its end";
    finding.help = "keep the page in the machine, not on the stack of one entry";
    finding.places = {
        {__FILE__, line_of_pop, "7 (entry 1), 8 (entry 2)", 5, "Stack::pop()"},
        {__FILE__, line_of_pop + 1, "yielded here, and came back", 5, "Stack::pop()"}};
    finding.severity = Severity::note;
    tests::report_finding(finding);
  });
  sim.run();
}

struct Cell {
  struct Call {
    enum Kind { read, write } kind;
    int value = 0;

    friend std::string to_string(const Call& call) {
      return call.kind == read ? "read()" : "write(" + std::to_string(call.value) + ')';
    }
  };
  int value = 0;

  int apply(const Call& call) {
    if (call.kind == Call::write) value = call.value;
    return value;
  }
  void describe(Archive& archive) const { archive("value", value); }
};

inline void linearizability(Sim& sim) {
  Reader log{sim.open("log")};
  int value = 0;
  Linearizable<Cell> history(sim, "the cell");
  sim.task("writer", [&] {
    static_cast<void>(history.await({Cell::Call::write, 7}, [&] { return log.read(); }));
    sim.yield();
    value = 7;  // the write was acknowledged before
  });
  sim.task("reader", [&] {
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(
          history.await({Cell::Call::read}, [&]() -> IOResult<int> { return value; }));
      sim.yield();
    }
  });
  sim.run();
}

struct Log {
  File& file;
  Buffer record = Buffer::allocate(8);
  Completion pending = {};

  IOResult<Unit> flush() {
    const Completion sync = file.sync();
    if (!sync.finished()) IO_YIELD_ONE(sync);
    if (!sync.succeeded()) return sync.get_error();
    return Unit{};
  }
  IOResult<Unit> commit() {
    RETURN_IF_IO(flush());
    return Unit{};
  }
  IOResult<Unit> append() {
    if (!pending) pending = file.pwrite(0, record);
    if (!pending.finished()) IO_YIELD_ONE(pending);
    pending = {};
    return Unit{};
  }
  IOResult<Unit> append_next() {
    if (!pending) pending = file.pwrite(0, record);
    record.bytes()[0] = std::byte{1};
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion written = std::exchange(pending, {});
    if (!written.succeeded()) return written.get_error();
    return Unit{};
  }
  IOResult<Unit> close() {
    static_cast<void>(append());
    return Unit{};
  }
};

template <class Step>
void use_log(Sim& sim, Step step) {
  Log log{sim.open("log")};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return step(log); })); });
  sim.run();
}

inline void double_submit(Sim& sim) {
  use_log(sim, [](Log& log) { return log.commit(); });
}

inline void unseen_error(Sim& sim) {
  sim.survives({.errors = true});
  use_log(sim, [](Log& log) { return log.append(); });
}

inline void buffer_ownership(Sim& sim) {
  use_log(sim, [](Log& log) { return log.append_next(); });
}

inline void lost_callee(Sim& sim) {
  use_log(sim, [](Log& log) { return log.close(); });
}

struct Mailbox : Reader {
  CompletionPool pool = {};
  Completion arrival = {};
  int items = 0;

  IOResult<Unit> take() {
    if (!arrival) {
      RETURN_IF_IO(read());
      arrival = pool.make();  // an item that came meanwhile has told nobody
      IO_YIELD_ONE(arrival);
    }
    if (items == 0) IO_YIELD_ONE(arrival);
    return Unit{};
  }
  void put() {
    items += 1;
    if (arrival) arrival.finish(0);
  }
};

inline void lost_wake(Sim& sim) {
  Mailbox mailbox{{sim.open("log")}};
  sim.survives({.spurious = true});
  sim.task("consumer", [&] { static_cast<void>(sim.await([&] { return mailbox.take(); })); });
  sim.task("producer", [&] { mailbox.put(); });
  sim.run();
}

struct Account {
  CompletionPool pool = {};
  Completion released = {};
  bool held = false;

  Completion lock() {
    if (!std::exchange(held, true)) return Completion::done();
    released = pool.make();
    return released;
  }
  void unlock() {
    held = false;
    if (released) released.finish(0);
  }
};

struct Transfer {
  Account& from;
  Account& to;
  Completion first = {};
  Completion second = {};

  IOResult<Unit> run() {
    if (!first) {
      first = from.lock();
      IO_YIELD_ONE(Completion::yield());
    }
    if (!second) second = to.lock();
    if (!second.finished()) IO_YIELD_ONE(second);
    to.unlock();
    from.unlock();
    return Unit{};
  }
};

inline void wait_graph(Sim& sim) {
  Account a;
  Account b;
  Transfer there{a, b};
  Transfer back{b, a};
  sim.held("account a", [&] { return a.held ? 1u : 0u; });
  sim.held("account b", [&] { return b.held ? 1u : 0u; });
  sim.drive("there", [&] { return there.run(); });
  sim.drive("back", [&] { return back.run(); });
  sim.run();
}

}  // namespace reprise::golden
