// Scenarios that end in ways whose reports must name the lines marked with their names.
#include <reprise/reprise.h>

#include <cassert>
#include <cstddef>
#include <stdexcept>
#include <utility>

using namespace reprise;

namespace {

struct Node {
  int value = 0;
  Node* next = nullptr;
};

int last_value(const Node* node) {
  while (node->value == 0) node = node->next;  // places/bad-access
  return node->value;
}

struct Reader {
  File& file;
  Completion pending = {};
  int reads = 0;
  int bytes_left = 3;

  IOResult<Unit> read() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
  IOResult<int> find() {
    RETURN_IF_IO(read());
    const Node first;
    return last_value(&first);
  }
  IOResult<Unit> spin() {
    RETURN_IF_IO(read());
    volatile bool goes_on = true;
    while (goes_on) {  // places/hang
    }
    return Unit{};
  }
  IOResult<Unit> check() {
    RETURN_IF_IO(read());
    assert(reads == 1 && "one read");  // places/assert
    return Unit{};
  }
  IOResult<Unit> look_up() {
    RETURN_IF_IO(read());
    throw std::out_of_range("no such page");  // places/throw
  }
  IOResult<Unit> count_down() {
    RETURN_IF_IO(read());
    bytes_left -= 4;  // places/always
    return Unit{};
  }
  IOResult<Unit> again() {
    RETURN_IF_IO(read());
    RETURN_IF_IO(read());  // places/endless
    return Unit{};
  }
};

struct Copier {
  Reader from;
  Reader to;
  int moved = 0;

  IOResult<int> copy() {
    RETURN_IF_IO(from.read());
    moved += 1;
    RETURN_IF_IO(to.read());  // places/schedule
    return moved;
  }
};

template <class Entry>
void run(Sim& sim, Entry entry) {
  Reader reader{sim.open("db")};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return entry(reader); })); });
  sim.run();
}

}  // namespace

SCENARIO("places/bad-access") {
  run(sim, [](Reader& reader) { return reader.find(); });
}
SCENARIO("places/hang") {
  run(sim, [](Reader& reader) { return reader.spin(); });
}
SCENARIO("places/assert") {
  run(sim, [](Reader& reader) { return reader.check(); });
}
SCENARIO("places/throw") {
  run(sim, [](Reader& reader) { return reader.look_up(); });
}
SCENARIO("places/always") {
  Reader reader{sim.open("db")};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return reader.count_down(); })); });
  sim.always("never negative", [&] { return reader.bytes_left >= 0; });
  sim.run();
}
SCENARIO("places/finally") {
  Reader reader{sim.open("db")};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return reader.count_down(); })); });
  sim.finally("all read", [&] { return reader.bytes_left == 0; });
  sim.run();
}
SCENARIO("places/wait") {
  CompletionPool pool;
  const Completion never = pool.make();
  sim.task("client", [&] {
    static_cast<void>(sim.wait(never));  // places/wait
  });
  sim.run();
}
SCENARIO("places/endless") {
  run(sim, [](Reader& reader) { return reader.again(); });
}
SCENARIO("places/schedule") {
  Copier copier{{sim.open("a")}, {sim.open("b")}};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return copier.copy(); })); });
  sim.run();
}
