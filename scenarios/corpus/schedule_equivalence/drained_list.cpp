// Corpus 22: the list of chunks that are being read is drained to make up what to wait for; after
// the wait nobody knows which chunks were meant, and their rows never reach the heap.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::drained_list {
namespace {

struct Chunk {
  std::uint64_t number;
  Buffer bytes = {};
  Completion read = {};
};

enum class State : std::uint8_t { submit, wait };

// Merges what a sort has written in chunks, here of one row each.
struct Sorter {
  File& file;
  std::uint64_t chunks = 0;
  std::vector<Chunk> pending = {};
  std::vector<std::uint64_t> heap = {};
  IOError failed = IOError::none;
  State state = State::submit;

  void submit() {
    for (std::uint64_t number = 0; number < chunks; ++number) {
      Chunk& chunk = pending.emplace_back(Chunk{number, Buffer::allocate(sizeof(std::uint64_t))});
      chunk.read = file.pread(number * sizeof(std::uint64_t), chunk.bytes);
    }
    state = State::wait;
  }
  void push(const Chunk& chunk) {
    if (chunk.read.succeeded()) {
      std::uint64_t row = 0;
      std::memcpy(&row, chunk.bytes.data(), sizeof row);
      heap.push_back(row);
      std::push_heap(heap.begin(), heap.end());
    } else {
      failed = chunk.read.get_error();
    }
  }
  IOResult<std::vector<std::uint64_t>> finish() {
    state = State::submit;
    std::vector<std::uint64_t> rows = std::exchange(heap, {});
    const IOError error = std::exchange(failed, IOError::none);
    if (error != IOError::none) return error;
    std::sort_heap(rows.begin(), rows.end());
    return rows;
  }
};

struct DrainsTheList : Sorter {
  IOResult<std::vector<std::uint64_t>> merge() {
    if (state == State::submit) submit();
    CompletionGroup reads;
    for (const Chunk& chunk : std::exchange(pending, {})) {
      if (chunk.read.finished()) {
        push(chunk);
      } else {
        reads.add(chunk.read);
      }
    }
    const Completion all = reads.build();
    if (!all.finished()) IO_YIELD_ONE(all);
    return finish();
  }
};

struct KeepsTheUnfinished : Sorter {
  IOResult<std::vector<std::uint64_t>> merge() {
    if (state == State::submit) submit();
    CompletionGroup reads;
    for (Chunk& chunk : std::exchange(pending, {})) {
      if (chunk.read.finished()) {
        push(chunk);
      } else {
        reads.add(chunk.read);
        pending.push_back(std::move(chunk));
      }
    }
    if (!pending.empty()) IO_YIELD_ONE(reads.build());
    return finish();
  }
};

template <class Machine>
void merge_three(Sim& sim) {
  File& file = sim.open("chunks");
  NumberFile rows(file);
  Machine sorter{{file, 3}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (std::uint64_t i = 0; i < 3; ++i) {
      if (!sim.await([&] { return rows.write(i, 30 - i); }).ok()) return;
    }
    static_cast<void>(sim.await([&] { return sorter.merge(); }));
  });
  sim.run();
}

CANARY("corpus/schedule-equivalence/drained-list", "schedule-equivalence",
       merge_three<DrainsTheList>, merge_three<KeepsTheUnfinished>);

}  // namespace
}  // namespace reprise::corpus::drained_list
