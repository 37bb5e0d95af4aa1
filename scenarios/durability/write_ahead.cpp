// A store with a log that is written ahead: both numbers go to the log, and when that is durable,
// to their sectors of the database; when those are, the log is cut. Each pair breaks one of the
// orders, or the recovery's idea of a new database.
#include "scenarios/durability/numbers.h"

#include <reprise/reprise.h>

#include <array>
#include <cstdint>

namespace reprise::durability::write_ahead {
namespace {

struct Mended {
  static constexpr bool syncs_log_first = true;       // else: when the database is written
  static constexpr bool syncs_before_it_cuts = true;  // the database, before the log goes
  static constexpr bool takes_empty_for_new = false;  // a database without bytes has no log
  static constexpr bool waits_for_write = true;       // before the log's sync is submitted
  static constexpr bool applies_later = false;        // with the next change, as checkpoints do
};
struct LateLog : Mended {
  static constexpr bool syncs_log_first = false;
};
struct EarlyCut : Mended {
  static constexpr bool syncs_before_it_cuts = false;
};
struct Later : Mended {
  static constexpr bool applies_later = true;
};
struct TakenForNew : Later {
  static constexpr bool takes_empty_for_new = true;
};
struct EarlySync : Mended {
  static constexpr bool waits_for_write = false;
};

template <class Variant>
class Store {
 public:
  explicit Store(Sim& sim) : db_(sim.open("db")), log_(sim.open("log")) {}

  Coroutine<> set(std::uint32_t a, std::uint32_t b) {
    if (has_log_) {
      co_await or_return(apply(values_[0], values_[1]));
      co_await or_return(end_log());
    }
    const Buffer record = words(a, b, sum_of(a, b));
    if constexpr (Variant::waits_for_write) {
      co_await or_return(write(log_, 0, record));
      if constexpr (Variant::syncs_log_first) co_await or_return(sync(log_));
    } else {
      const Completion written = log_.pwrite(0, record);
      const Completion synced = log_.sync();
      co_await or_return(written);
      co_await or_return(synced);
    }
    values_ = {a, b};
    has_log_ = Variant::applies_later;
    if (has_log_) co_return Unit{};
    co_await or_return(apply(a, b));
    if constexpr (!Variant::syncs_log_first) co_await or_return(sync(log_));
    co_await or_return(end_log());
    co_return Unit{};
  }

  Coroutine<> recover() {
    const bool is_new = db_.size().value() == 0;
    const Buffer record = co_await or_return(read(log_, 0));
    const std::uint32_t a = word(record, 0), b = word(record, 1);
    const bool has_log = word(record, 2) == sum_of(a, b);
    if (has_log && !(Variant::takes_empty_for_new && is_new)) {
      co_await or_return(apply(a, b));
    }
    co_await or_return(end_log());
    for (std::uint32_t key = 0; key < 2; ++key) {
      const Buffer number = co_await or_return(read(db_, key));
      values_[key] = word(number, 0);
    }
    co_return Unit{};
  }

  std::uint32_t value(std::uint32_t key) const { return values_[key]; }

 private:
  Coroutine<> apply(std::uint32_t a, std::uint32_t b) {
    co_await or_return(write(db_, 0, words(a)));
    co_await or_return(write(db_, 1, words(b)));
    co_return Unit{};
  }
  Coroutine<> end_log() {
    if constexpr (Variant::syncs_before_it_cuts) co_await or_return(sync(db_));
    co_await or_return(log_.truncate(0));
    if constexpr (!Variant::syncs_before_it_cuts) co_await or_return(sync(db_));
    co_return Unit{};
  }

  File& db_;
  File& log_;
  bool has_log_ = false;  // the last change is only there
  std::array<std::uint32_t, 2> values_{};
};

CANARY("durability/write-ahead", "durability", set_two_numbers<Store<LateLog>>,
       set_two_numbers<Store<Mended>>);
CANARY("durability/checkpoint-order", "durability", set_two_numbers<Store<EarlyCut>>,
       set_two_numbers<Store<Mended>>);
CANARY("durability/taken-for-new", "durability", set_two_numbers<Store<TakenForNew>>,
       set_two_numbers<Store<Later>>);
CANARY("durability/early-sync", "durability", set_two_numbers<Store<EarlySync>>,
       set_two_numbers<Store<Mended>>);

}  // namespace
}  // namespace reprise::durability::write_ahead
