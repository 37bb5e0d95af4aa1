// A store that is a log: each change is a record behind the last, and the recovery takes the last
// good one. The pairs differ in how it knows which records are good.
#include "scenarios/durability/numbers.h"

#include <reprise/reprise.h>

#include <array>
#include <cstdint>

namespace reprise::durability::log_only {
namespace {

/// What tells the recovery that a record is whole.
enum class Proof : std::uint8_t {
  checksum,
  number,     // the first sector has the record's number
  mark,       // a sector of its own behind the record, under the same sync
  file_size,  // the file is long enough
};

template <Proof proof>
class Store {
 public:
  explicit Store(Sim& sim) : log_(sim.open("log")) {}

  Coroutine<> set(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t number = records_ + 1;
    Buffer record = words<sectors>(number, a, sum_of(number, a, b));
    const Buffer second = words(b, number);
    std::memcpy(record.data() + sector, second.data(), sector);
    co_await or_return(write(log_, records_ * sectors, record));
    if constexpr (proof == Proof::mark) {
      co_await or_return(write(log_, records_ * sectors + 2, words(number)));
    }
    co_await or_return(sync(log_));
    records_ = number;
    co_return Unit{};
  }

  Coroutine<> recover() {
    for (;;) {
      const Buffer record = co_await or_return(read(log_, records_ * sectors, sectors));
      if (!is_good(record)) break;
      ++records_;
      values_ = {word(record, 1), word(record, second_sector)};
    }
    co_return Unit{};
  }

  std::uint32_t value(std::uint32_t key) const { return values_[key]; }

 private:
  static constexpr std::uint64_t sectors = 3;  // of a record, with room for a mark
  static constexpr std::size_t second_sector = sector / sizeof(std::uint32_t);

  bool is_good(const Buffer& record) const {
    const std::uint32_t number = records_ + 1;
    switch (proof) {
      case Proof::checksum:
        return word(record, 0) == number &&
               word(record, 2) == sum_of(number, word(record, 1), word(record, second_sector));
      case Proof::number: return word(record, 0) == number;
      case Proof::mark: return word(record, 2 * second_sector) == number;
      case Proof::file_size: break;
    }
    return log_.size().value() >= number * sectors * sector;
  }

  File& log_;
  std::uint32_t records_ = 0;
  std::array<std::uint32_t, 2> values_{};
};

CANARY("durability/log-tail", "durability", set_two_numbers<Store<Proof::number>>,
       set_two_numbers<Store<Proof::checksum>>);
CANARY("durability/commit-mark", "durability", set_two_numbers<Store<Proof::mark>>,
       set_two_numbers<Store<Proof::checksum>>);
CANARY("durability/size-for-data", "durability", set_two_numbers<Store<Proof::file_size>>,
       set_two_numbers<Store<Proof::checksum>>);

}  // namespace
}  // namespace reprise::durability::log_only
