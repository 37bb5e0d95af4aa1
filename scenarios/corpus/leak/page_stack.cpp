// Corpus 49: a cursor pins the pages on its way down, and keeps them on a stack. After an error the
// stack is cleared, and its pages stay pinned.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::page_stack {
namespace {

constexpr std::size_t depth = 3;

// The first child of a page is the page behind it, or further on by what the page says.
struct Cursor {
  NumberFile file;
  std::vector<std::uint64_t> pinned = {};  // by all cursors of the cache
  std::vector<std::uint64_t> stack = {};

  void push(std::uint64_t page) {
    pinned.push_back(page);
    stack.push_back(page);
  }
  void pop() {
    pinned.erase(std::ranges::find(pinned, stack.back()));
    stack.pop_back();
  }
  void pop_all() {
    while (!stack.empty()) pop();
  }
  IOResult<std::uint64_t> descend() {
    if (stack.empty()) push(0);
    while (stack.size() < depth) {
      const std::uint64_t further = RETURN_IF_IO(file.read(stack.back()));
      push(stack.back() + 1 + further);
    }
    return stack.back();
  }
};

struct ClearsTheStack : Cursor {
  void give_up() {
    file.reset();
    stack.clear();
  }
};

struct UnpinsThePages : Cursor {
  void give_up() {
    file.reset();
    pop_all();
  }
};

template <class Base>
struct Seeking : Base {
  IOResult<std::uint64_t> seek() {
    IOResult<std::uint64_t> leaf = Base::descend();
    if (leaf.is_err()) Base::give_up();
    if (leaf.is_done()) Base::pop_all();
    return leaf;
  }
};

template <class Machine>
void seek_twice(Sim& sim) {
  Seeking<Machine> cursor{{{NumberFile(sim.open("tree"))}}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { cursor.give_up(); },
                               .abort = [&](IOError) { cursor.give_up(); }};
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return cursor.seek(); }, options));
    }
  });
  sim.held("pinned pages", [&] { return cursor.pinned.size(); });
  sim.run();
}

CANARY("corpus/leak/page-stack", "leak", seek_twice<ClearsTheStack>, seek_twice<UnpinsThePages>);

}  // namespace
}  // namespace reprise::corpus::page_stack
