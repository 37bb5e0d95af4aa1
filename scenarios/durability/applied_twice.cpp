// A store whose log says by how much the numbers grow. A power loss during the recovery lets the
// broken one add the same again; the mended one keeps with the numbers which record is in them.
#include "scenarios/durability/numbers.h"

#include <reprise/reprise.h>

#include <array>
#include <cstdint>

namespace reprise::durability::applied_twice {
namespace {

struct Broken {
  static constexpr bool keeps_number = false;
};
struct Mended {
  static constexpr bool keeps_number = true;
};

template <class Variant>
class Store {
 public:
  explicit Store(Sim& sim) : db_(sim.open("db")), log_(sim.open("log")) {}

  Coroutine<> set(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t number = number_ + 1;
    const std::uint32_t more_a = a - values_[0], more_b = b - values_[1];
    co_await or_return(
        write(log_, 0, words(number, more_a, more_b, sum_of(number, more_a, more_b))));
    co_await or_return(sync(log_));
    co_await or_return(add(number, more_a, more_b));
    co_return Unit{};
  }

  Coroutine<> recover() {
    const Buffer state = co_await or_return(read(db_, 0));
    number_ = word(state, 0);
    values_ = {word(state, 1), word(state, 2)};
    const Buffer record = co_await or_return(read(log_, 0));
    const std::uint32_t number = word(record, 0), a = word(record, 1), b = word(record, 2);
    const bool is_whole = word(record, 3) == sum_of(number, a, b);
    const bool is_new = !Variant::keeps_number || number > number_;
    if (is_whole && is_new) co_await or_return(add(number, a, b));
    co_return Unit{};
  }

  std::uint32_t value(std::uint32_t key) const { return values_[key]; }

 private:
  Coroutine<> add(std::uint32_t number, std::uint32_t a, std::uint32_t b) {
    number_ = number;
    values_ = {values_[0] + a, values_[1] + b};
    co_await or_return(write(db_, 0, words(number_, values_[0], values_[1])));
    co_await or_return(sync(db_));
    co_await or_return(log_.truncate(0));
    co_await or_return(sync(log_));
    co_return Unit{};
  }

  File& db_;
  File& log_;
  std::uint32_t number_ = 0;  // of the last record in the numbers
  std::array<std::uint32_t, 2> values_{};
};

CANARY("durability/applied-twice", "durability", set_two_numbers<Store<Broken>>,
       set_two_numbers<Store<Mended>>);

}  // namespace
}  // namespace reprise::durability::applied_twice
