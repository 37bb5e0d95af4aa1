// A store of numbers, one in a sector. The broken one says that a number is kept when it is
// written, and not when it is durable.
#include <reprise/reprise.h>

#include <cstdint>
#include <cstring>
#include <optional>

namespace reprise::durability::early_acknowledgement {
namespace {

constexpr std::uint64_t sector = 512;

struct Broken {
  static constexpr bool syncs = false;
};
struct Mended {
  static constexpr bool syncs = true;
};

template <class Variant>
class Store {
 public:
  explicit Store(File& file) : file_(file) {}

  IOResult<Unit> put(std::uint32_t key, std::uint32_t value) {
    switch (state_) {
      case State::write:
        std::memcpy(sector_.data(), &value, sizeof value);
        written_ = file_.pwrite(key * sector, sector_);
        state_ = State::wait;
        [[fallthrough]];
      case State::wait:
        if (!written_.finished()) IO_YIELD_ONE(written_);
        if (!written_.succeeded()) return written_.get_error();
        if constexpr (Variant::syncs) synced_ = file_.sync();
        state_ = State::sync;
        [[fallthrough]];
      case State::sync:
        if constexpr (Variant::syncs) {
          if (!synced_.finished()) IO_YIELD_ONE(synced_);
          if (!synced_.succeeded()) return synced_.get_error();
        }
    }
    state_ = State::write;
    return Unit{};
  }

  IOResult<std::uint32_t> get(std::uint32_t key) {
    if (!read_) read_ = file_.pread(key * sector, sector_);
    if (!read_.finished()) IO_YIELD_ONE(read_);
    const Completion read = std::exchange(read_, {});
    if (!read.succeeded()) return read.get_error();
    std::uint32_t value = 0;
    if (read.result() >= sizeof value) std::memcpy(&value, sector_.data(), sizeof value);
    return value;
  }

 private:
  enum class State : std::uint8_t { write, wait, sync };

  File& file_;
  Buffer sector_ = Buffer::allocate(sector);
  State state_ = State::write;
  Completion written_, synced_, read_;
};

template <class Variant>
void keep_numbers(Sim& sim) {
  std::optional<Store<Variant>> store(std::in_place, sim.open("numbers"));
  sim.recovers([&] { store.emplace(sim.open("numbers")); });
  Durable<std::uint32_t, std::uint32_t> kept(
      sim, "the store", [&](std::uint32_t key) -> std::optional<std::uint32_t> {
        const auto value = sim.await([&] { return store->get(key); });
        if (!value.ok() || value.value() == 0) return std::nullopt;
        return value.value();
      });
  sim.task("client", [&] {
    for (std::uint32_t i = 0; i < 4; ++i) {
      const std::uint32_t key = i % 2, value = i + 1;
      static_cast<void>(
          kept.put(key, value, [&] { return sim.await([&] { return store->put(key, value); }); }));
    }
  });
  sim.run();
}

CANARY("durability/early-acknowledgement", "durability", keep_numbers<Broken>,
       keep_numbers<Mended>);

}  // namespace
}  // namespace reprise::durability::early_acknowledgement
