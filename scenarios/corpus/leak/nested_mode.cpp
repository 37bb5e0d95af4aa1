// Corpus 47: the schema is parsed in nested mode, with automatic commits off. Errors leave the
// parser early, past the place where the mode ends.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::nested_mode {
namespace {

enum class State : std::uint8_t { begin, count, root };

struct Connection {
  NumberFile schema;
  std::uint32_t nested = 0;
  bool auto_commit = true;
  std::uint64_t tables = 0;
  State state = State::begin;

  void begin_nested() {
    nested += 1;
    auto_commit = false;
    state = State::count;
  }
  void end_nested() {
    nested -= 1;
    auto_commit = true;
  }
  void give_up() {
    schema.reset();
    if (state != State::begin) end_nested();
    state = State::begin;
  }
};

struct EndsItAtTheBottom : Connection {
  IOResult<std::uint64_t> parse() {
    IOResult<std::uint64_t> root = steps();
    if (!root.is_io()) state = State::begin;
    return root;
  }
  IOResult<std::uint64_t> steps() {
    switch (state) {
      case State::begin: begin_nested(); [[fallthrough]];
      case State::count:
        tables = RETURN_IF_IO(schema.read(0));
        state = State::root;
        [[fallthrough]];
      case State::root: break;
    }
    const std::uint64_t root = RETURN_IF_IO(schema.read(1 + tables));
    end_nested();
    return root;
  }
};

struct EndsItOnEachWayOut : Connection {
  IOResult<std::uint64_t> parse() {
    IOResult<std::uint64_t> root = steps();
    if (!root.is_io()) {
      end_nested();
      state = State::begin;
    }
    return root;
  }
  IOResult<std::uint64_t> steps() {
    switch (state) {
      case State::begin: begin_nested(); [[fallthrough]];
      case State::count:
        tables = RETURN_IF_IO(schema.read(0));
        state = State::root;
        [[fallthrough]];
      case State::root: break;
    }
    const std::uint64_t root = RETURN_IF_IO(schema.read(1 + tables));
    return root;
  }
};

template <class Machine>
void parse_twice(Sim& sim) {
  Machine connection{{NumberFile(sim.open("schema"))}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { connection.give_up(); },
                               .abort = [&](IOError) { connection.give_up(); }};
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return connection.parse(); }, options));
    }
  });
  sim.held("nested mode", [&] { return connection.nested; });
  sim.run();
}

CANARY("corpus/leak/nested-mode", "leak", parse_twice<EndsItAtTheBottom>,
       parse_twice<EndsItOnEachWayOut>);

}  // namespace
}  // namespace reprise::corpus::nested_mode
