// A page is pinned while it is read, and the pin is given back by who has read it. Where the read
// fails the pin stays, and so does what the machine notes of it: the page can never be evicted, and
// the machine is not as new. Each is said of the machine in its own way, and found by a check of
// its own.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::errors::pinned_page {
namespace {

struct Cursor {
  NumberFile file;
  std::uint64_t pins = 0;
  bool on_page = false;

  void describe(Archive& archive) const { archive("on_page", on_page); }

  void pin() {
    if (on_page) return;
    on_page = true;
    ++pins;
  }
  void unpin() {
    if (!on_page) return;
    on_page = false;
    --pins;
  }
  void restart() { on_page = false; }
  IOResult<std::uint64_t> read() { return file.read(0); }
};

struct KeepsThePin : Cursor {
  IOResult<std::uint64_t> next() {
    pin();
    const std::uint64_t number = RETURN_IF_IO(read());  // an Err leaves here as well
    unpin();
    return number;
  }
};

struct GivesItBack : Cursor {
  IOResult<std::uint64_t> next() {
    pin();
    IOResult<std::uint64_t> answer = read();
    if (!answer.is_io()) unpin();
    return answer;
  }
};

template <class Machine>
void pins_are_counted(Sim& sim) {
  Machine cursor{{NumberFile(sim.open("page"))}};
  sim.survives({.errors = true});
  sim.held("pin", [&] { return cursor.pins; });
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return cursor.next(); }));
      cursor.restart();
    }
  });
  sim.run();
}

template <class Machine>
void cursor_is_reused(Sim& sim) {
  Machine cursor{{NumberFile(sim.open("page"))}};
  sim.survives({.errors = true});
  sim.idle("cursor", cursor);
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return cursor.next(); }));
  });
  sim.run();
}

CANARY("errors/held-pin", "leak", pins_are_counted<KeepsThePin>, pins_are_counted<GivesItBack>);
CANARY("errors/reused-cursor", "idle-state", cursor_is_reused<KeepsThePin>,
       cursor_is_reused<GivesItBack>);

}  // namespace
}  // namespace reprise::errors::pinned_page
