// A table grows by realloc(), which gives null where there is no memory, and leaves the old block
// as it is. The broken table has stored the null over the only pointer to that block by then.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "scenarios/number_file.h"

namespace reprise::memory::lost_table {
namespace {

constexpr std::size_t numbers_wanted = 3;
constexpr int attempts_max = 8;

struct Table {
  NumberFile file;
  std::uint64_t* numbers = nullptr;
  std::size_t count = 0;
  std::size_t room = 0;

  explicit Table(File& numbers_file) : file(numbers_file) {}
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() { std::free(numbers); }

  std::size_t bytes_of(std::size_t size) const { return size * sizeof *numbers; }
};

struct StoresNull : Table {
  using Table::Table;
  bool grow() {
    numbers = static_cast<std::uint64_t*>(std::realloc(numbers, bytes_of(room + 2)));
    if (numbers == nullptr) return false;
    room += 2;
    return true;
  }
};

struct LooksFirst : Table {
  using Table::Table;
  bool grow() {
    void* const larger = std::realloc(numbers, bytes_of(room + 2));
    if (larger == nullptr) return false;
    numbers = static_cast<std::uint64_t*>(larger);
    room += 2;
    return true;
  }
};

template <class Growing>
struct Reader : Growing {
  using Growing::Growing;
  IOResult<Unit> add_next() {
    const std::uint64_t number = RETURN_IF_IO(this->file.read(this->count));
    if (this->count == this->room && !this->grow()) return IOError::no_memory;
    this->numbers[this->count++] = number;
    return Unit{};
  }
};

template <class Growing>
void read_numbers(Sim& sim) {
  sim.survives({.no_memory = true});
  Reader<Growing> table(sim.open("numbers"));
  sim.task("client", [&] {
    for (int i = 0; i < attempts_max && table.count < numbers_wanted; ++i) {
      const Outcome<Unit> added = sim.await([&] { return table.add_next(); });
      if (!added.ok()) sim.expect(added.error() == IOError::no_memory, "nothing else fails");
    }
  });
  sim.always("what was read is there",
             [&] { return table.count == 0 || table.numbers != nullptr; });
  sim.run();
}

CANARY("memory/lost-table", "invariant", read_numbers<StoresNull>, read_numbers<LooksFirst>);

}  // namespace
}  // namespace reprise::memory::lost_table
