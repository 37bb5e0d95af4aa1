// A sync that fails is reported once, and the system then counts the bytes as written. The broken
// store syncs again, which succeeds without writing anything; the mended one writes again first.
// (PostgreSQL and others had this: "fsyncgate", 2018.)
#include "scenarios/durability/numbers.h"

#include <reprise/reprise.h>

#include <array>
#include <cstdint>

namespace reprise::durability::sync_again {
namespace {

struct Broken {
  static constexpr bool writes_again = false;
};
struct Mended {
  static constexpr bool writes_again = true;
};

template <class Variant>
class Store {
 public:
  static constexpr Faults faults{.sync_errors = true};

  explicit Store(Sim& sim) : file_(sim.open("numbers")) {}

  Coroutine<> set(std::uint32_t a, std::uint32_t b) {
    const Buffer numbers = words(a, b);
    co_await or_return(write(file_, 0, numbers));
    for (int tries = 1;; ++tries) {
      const Result<std::uint64_t> synced = co_await file_.sync();
      if (synced.ok()) break;
      if (tries == 3) co_return synced.error();
      if constexpr (Variant::writes_again) co_await or_return(write(file_, 0, numbers));
    }
    co_return Unit{};
  }

  Coroutine<> recover() {
    const Buffer numbers = co_await or_return(read(file_, 0));
    values_ = {word(numbers, 0), word(numbers, 1)};
    co_return Unit{};
  }

  std::uint32_t value(std::uint32_t key) const { return values_[key]; }

 private:
  File& file_;
  std::array<std::uint32_t, 2> values_{};
};

CANARY("durability/sync-again", "durability", set_two_numbers<Store<Broken>>,
       set_two_numbers<Store<Mended>>);

}  // namespace
}  // namespace reprise::durability::sync_again
