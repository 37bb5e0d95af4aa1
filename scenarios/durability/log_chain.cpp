// A log whose frames are chained: each checksum begins with that of the frame before, the first
// with the header's. The broken one takes back the running checksum at a rollback to what it was
// before the header was written, so that the next first frame does not fit, which nobody sees
// before a recovery. (A bug of a real database.)
#include "scenarios/durability/numbers.h"

#include <reprise/reprise.h>

#include <array>
#include <cstdint>

namespace reprise::durability::log_chain {
namespace {

struct Broken {
  static constexpr bool keeps_header = false;
};
struct Mended {
  static constexpr bool keeps_header = true;
};

template <class Variant>
class Store {
 public:
  explicit Store(Sim& sim) : log_(sim.open("log")) {}

  Coroutine<> set(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t before = sum_;
    if (frames_ == 0) {
      co_await or_return(write(log_, 0, words(salt)));
      sum_ = sum_of(salt);
      // The first attempt is rolled back, as a statement is that fails.
      sum_ = Variant::keeps_header ? sum_ : before;
    }
    const std::uint32_t sum = sum_of(sum_, a, b);
    co_await or_return(write(log_, frames_ + 1, words(a, b, sum)));
    co_await or_return(sync(log_));
    sum_ = sum;
    ++frames_;
    co_return Unit{};
  }

  Coroutine<> recover() {
    const Buffer header = co_await or_return(read(log_, 0));
    if (word(header, 0) != salt) co_return Unit{};
    sum_ = sum_of(salt);
    for (;;) {
      const Buffer frame = co_await or_return(read(log_, frames_ + 1));
      const std::uint32_t a = word(frame, 0), b = word(frame, 1);
      if (word(frame, 2) != sum_of(sum_, a, b)) break;
      sum_ = word(frame, 2);
      ++frames_;
      values_ = {a, b};
    }
    co_return Unit{};
  }

  std::uint32_t value(std::uint32_t key) const { return values_[key]; }

 private:
  static constexpr std::uint32_t salt = 77;

  File& log_;
  std::uint32_t frames_ = 0;
  std::uint32_t sum_ = 0;
  std::array<std::uint32_t, 2> values_{};
};

CANARY("durability/log-chain", "durability", set_two_numbers<Store<Broken>>,
       set_two_numbers<Store<Mended>>);

}  // namespace
}  // namespace reprise::durability::log_chain
