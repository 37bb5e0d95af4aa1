// A store in a header of two sectors, with a checksum. The broken one writes it in place, so that a
// power loss in the middle leaves neither the old nor the new one; the mended one has two places
// and writes them in turn.
#include "scenarios/durability/numbers.h"

#include <reprise/reprise.h>

#include <array>
#include <cstdint>

namespace reprise::durability::torn_header {
namespace {

struct Broken {
  static constexpr std::uint32_t places = 1;
};
struct Mended {
  static constexpr std::uint32_t places = 2;
};

template <class Variant>
class Store {
 public:
  explicit Store(Sim& sim) : file_(sim.open("header")) {}

  Coroutine<> set(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t number = number_ + 1;
    Buffer header = words<sectors>(number, a, sum_of(number, a, b));
    const Buffer second = words(b);
    std::memcpy(header.data() + sector, second.data(), sector);
    co_await or_return(write(file_, number % Variant::places * sectors, header));
    co_await or_return(sync(file_));
    number_ = number;
    co_return Unit{};
  }

  Coroutine<> recover() {
    for (std::uint32_t place = 0; place < Variant::places; ++place) {
      const Buffer header = co_await or_return(read(file_, place * sectors, sectors));
      const std::uint32_t number = word(header, 0), a = word(header, 1);
      const std::uint32_t b = word(header, sector / sizeof b);
      if (number <= number_ || word(header, 2) != sum_of(number, a, b)) continue;
      number_ = number;
      values_ = {a, b};
    }
    co_return Unit{};
  }

  std::uint32_t value(std::uint32_t key) const { return values_[key]; }

 private:
  static constexpr std::uint64_t sectors = 2;

  File& file_;
  std::uint32_t number_ = 0;
  std::array<std::uint32_t, 2> values_{};
};

CANARY("durability/torn-header", "durability", set_two_numbers<Store<Broken>>,
       set_two_numbers<Store<Mended>>);

}  // namespace
}  // namespace reprise::durability::torn_header
