// Corpus 83: a record is half read when its reader is left and the cursor moves to another row; the
// next read goes on with what the first one has gathered.
#include <reprise/reprise.h>

#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::half_read_record {
namespace {

using Record = std::vector<std::uint64_t>;

constexpr std::uint64_t rows = 3;
constexpr std::uint64_t pages_per_row = 2;

enum class State : std::uint8_t { start, reading };

struct Cursor {
  NumberFile file;
  std::uint64_t row = 0;
  State state = State::start;
  Record gathered = {};

  IOResult<Record> record() {
    if (state == State::start) {
      gathered.clear();
      state = State::reading;
    }
    while (gathered.size() < pages_per_row) {
      const std::uint64_t page = RETURN_IF_IO(file.read(row * pages_per_row + gathered.size()));
      gathered.push_back(page);
    }
    state = State::start;
    return std::exchange(gathered, {});
  }
};

struct OnlyMoves : Cursor {
  void move_to(std::uint64_t to) {
    row = to;
    file.reset();
  }
};

struct MovesAndForgets : Cursor {
  void move_to(std::uint64_t to) {
    row = to;
    file.reset();
    state = State::start;
  }
};

template <class Machine>
void read_rows(Sim& sim) {
  File& file = sim.open("pages");
  Machine cursor{{NumberFile(file)}};
  sim.survives({.errors = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    Record pages(rows * pages_per_row);
    std::iota(pages.begin(), pages.end(), 10);
    const Buffer bytes = Buffer::allocate(pages.size() * sizeof pages[0]);
    std::memcpy(bytes.data(), pages.data(), bytes.size());
    if (sim.wait(file.pwrite(0, bytes)) != IOError::none) return;
    // A read that ends half-way needs no care: the cursor moves before the next one.
    const AwaitOptions options{.abandon = [] {}, .abort = [](IOError) {}};
    for (std::uint64_t row = 0; row < rows; ++row) {
      cursor.move_to(row);
      const auto record = sim.await([&] { return cursor.record(); }, options);
      const std::uint64_t first = 10 + row * pages_per_row;
      sim.expect(!record.ok() || record == Record{first, first + 1}, "the record is the row's own");
    }
  });
  sim.run();
}

CANARY("corpus/invariant/half-read-record", "invariant", read_rows<OnlyMoves>,
       read_rows<MovesAndForgets>);

}  // namespace
}  // namespace reprise::corpus::half_read_record
