// A table of places whose records may come back other than they were written: a hostile disk
// flips a bit of what it has stored, gives bytes of another place or older ones, and loses writes.
// A table that notices it says so. No other class of disk does any of this.
#include "scenarios/durability/numbers.h"

#include <reprise/reprise.h>

#include <array>
#include <cstdint>

namespace reprise::durability::silent_faults {
namespace {

constexpr std::uint32_t places = 2;

/// What a record says of itself.
struct NoProof {
  static constexpr bool has_sum = false, says_which = false;
};
struct Sum {
  static constexpr bool has_sum = true, says_which = false;
};
struct SumPlaceAndVersion {
  static constexpr bool has_sum = true, says_which = true;
};

template <class Proof>
class Table {
 public:
  explicit Table(Sim& sim) : file_(sim.open("table")) {}

  Coroutine<> put(std::uint32_t place, std::uint32_t value) {
    const std::uint32_t version = versions_[place] + 1;
    Buffer record = words(place, version, value, sum_of(place, version, value));
    co_await or_return(write(file_, place, record));
    co_await or_return(sync(file_));
    versions_[place] = version;
    co_return Unit{};
  }

  /// The value last put there, or IOError::io if the record is not that one.
  Coroutine<std::uint32_t> get(std::uint32_t place) {
    const Buffer record = co_await or_return(read(file_, place));
    const std::uint32_t version = word(record, 1), value = word(record, 2);
    if constexpr (Proof::has_sum) {
      if (word(record, 3) != sum_of(word(record, 0), version, value)) co_return IOError::io;
    }
    if constexpr (Proof::says_which) {
      if (word(record, 0) != place || version != versions_[place]) co_return IOError::io;
    }
    co_return value;
  }

 private:
  File& file_;
  std::array<std::uint32_t, places> versions_{};
};

template <class Proof>
void put_and_get(Sim& sim) {
  sim.recovers([] {}, {.device = DiskClass::hostile});
  Table<Proof> table(sim);
  sim.task("client", [&] {
    for (std::uint32_t round = 1; round <= 2; ++round) {
      for (std::uint32_t place = 0; place < places; ++place) {
        Coroutine<> putting = table.put(place, 10 * round + place);
        if (!sim.await([&] { return putting.step(); }).ok()) return;
      }
    }
    for (std::uint32_t place = 0; place < places; ++place) {
      Coroutine<std::uint32_t> getting = table.get(place);
      const auto got = sim.await([&] { return getting.step(); });
      if (got.ok()) sim.expect_eq(got.value(), 20 + place, "the value of a place");
    }
  });
  sim.run();
}

CANARY("durability/rotten-record", "invariant", put_and_get<NoProof>,
       put_and_get<SumPlaceAndVersion>);
CANARY("durability/record-of-another-place", "invariant", put_and_get<Sum>,
       put_and_get<SumPlaceAndVersion>);

}  // namespace
}  // namespace reprise::durability::silent_faults
