// A store that writes its state to a new file and renames it over the old one. The broken one does
// not sync the folder, so the rename may be lost.
#include "scenarios/durability/numbers.h"

#include <reprise/reprise.h>

#include <array>
#include <cstdint>
#include <memory>

namespace reprise::durability::renamed {
namespace {

struct Broken {
  static constexpr bool syncs_folder = false;
};
struct Mended {
  static constexpr bool syncs_folder = true;
};

template <class Variant>
class Store {
 public:
  explicit Store(Sim& sim) : io_(sim.io()) {}

  Coroutine<> set(std::uint32_t a, std::uint32_t b) {
    OpenResult opened = io_.open("state.new");
    if (!opened.ok()) co_return opened.error();
    const std::unique_ptr<File> file = std::move(opened).value();
    co_await or_return(write(*file, 0, words(a, b)));
    co_await or_return(sync(*file));
    co_await or_return(io_.rename("state.new", "state"));
    if constexpr (Variant::syncs_folder) co_await or_return(io_.sync_folder(""));
    co_return Unit{};
  }

  Coroutine<> recover() {
    OpenResult opened = io_.open("state", {.create = false});
    if (!opened.ok()) co_return Unit{};
    const std::unique_ptr<File> file = std::move(opened).value();
    const Buffer state = co_await or_return(read(*file, 0));
    values_ = {word(state, 0), word(state, 1)};
    co_return Unit{};
  }

  std::uint32_t value(std::uint32_t key) const { return values_[key]; }

 private:
  IO& io_;
  std::array<std::uint32_t, 2> values_{};
};

CANARY("durability/renamed", "durability", set_two_numbers<Store<Broken>>,
       set_two_numbers<Store<Mended>>);

}  // namespace
}  // namespace reprise::durability::renamed
