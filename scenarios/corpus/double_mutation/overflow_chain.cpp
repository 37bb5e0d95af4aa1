// Corpus 1: a page's bytes are added to the payload before the next page of the chain is fetched;
// when the fetch must wait for a page to be spilled, the re-entry adds the same page again.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::overflow_chain {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t no_page = 0;

struct Page {
  std::uint64_t next;
  Bytes bytes;
};

// A full cache: before it gives out a page it writes another one to the disk.
struct Cache {
  NumberFile spilled;
  std::vector<Page> pages = {{no_page, {}}, {3, {1, 2}}, {no_page, {5, 6}}, {2, {3, 4}}};

  IOResult<const Page*> fetch(std::uint64_t number) {
    RETURN_IF_IO(spilled.write(number, number));
    return &pages[number];
  }
};

enum class State : std::uint8_t { begin, follow };

// Reads a record that lies in a chain of pages.
struct Overflow {
  Cache cache;
  State state = State::begin;
  const Page* page = nullptr;
  std::size_t remaining = 0;
  Bytes payload = {};

  void take_page() {
    payload.insert(payload.end(), page->bytes.begin(), page->bytes.end());
    remaining -= page->bytes.size();
  }
  IOResult<Bytes> finish() {
    state = State::begin;
    page = nullptr;
    Bytes record = std::exchange(payload, {});
    if (std::exchange(remaining, 0) != 0) return IOError::corrupt;
    return record;
  }
};

struct TakesThenFetches : Overflow {
  IOResult<Bytes> read(std::uint64_t first, std::size_t size) {
    if (state == State::begin) {
      page = RETURN_IF_IO(cache.fetch(first));
      remaining = size;
      state = State::follow;
    }
    for (;;) {
      take_page();
      if (page->next == no_page) return finish();
      page = RETURN_IF_IO(cache.fetch(page->next));
    }
  }
};

struct FetchesThenTakes : Overflow {
  IOResult<Bytes> read(std::uint64_t first, std::size_t size) {
    if (state == State::begin) {
      page = RETURN_IF_IO(cache.fetch(first));
      remaining = size;
      state = State::follow;
    }
    while (page->next != no_page) {
      const Page* const next = RETURN_IF_IO(cache.fetch(page->next));
      take_page();
      page = next;
    }
    take_page();
    return finish();
  }
};

template <class Machine>
void read_record(Sim& sim) {
  Machine overflow{{{NumberFile(sim.open("spilled"))}}};
  sim.task("reader", [&] {
    sim.expect(sim.await([&] { return overflow.read(1, 6); }) == Bytes{1, 2, 3, 4, 5, 6},
               "the payload is the chain's bytes");
  });
  sim.run();
}

CANARY("corpus/double-mutation/overflow-chain", "double-mutation", read_record<TakesThenFetches>,
       read_record<FetchesThenTakes>);

}  // namespace
}  // namespace reprise::corpus::overflow_chain
