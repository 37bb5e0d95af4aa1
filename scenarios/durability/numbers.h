// What the pairs of this folder share: sectors with a few numbers in them, and a client that sets
// two numbers together, again and again, while the power may be lost. A store has
//
//   explicit Store(Sim& sim);                              // opens its files
//   Coroutine<> set(std::uint32_t a, std::uint32_t b);     // both, or neither
//   Coroutine<> recover();                                 // after a power loss, before value()
//   std::uint32_t value(std::uint32_t key) const;          // of key 0 or 1; 0: none was set
//   static constexpr Faults faults;                        // that it survives; may be left out
#pragma once

#include <reprise/reprise.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace reprise::durability {

inline constexpr std::uint64_t sector = 512;

inline std::uint32_t word(const Buffer& buffer, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, buffer.data() + at * sizeof value, sizeof value);
  return value;
}

/// So many sectors, zeros but for these numbers at the beginning. (A list in braces would not do:
/// g++ 12 compiles none in a coroutine.)
template <std::uint64_t sectors = 1, class... Numbers>
Buffer words(Numbers... numbers) {
  Buffer buffer = Buffer::allocate(sectors * sector);
  std::memset(buffer.data(), 0, buffer.size());
  const std::array<std::uint32_t, sizeof...(numbers)> values{numbers...};
  std::memcpy(buffer.data(), values.data(), sizeof values);
  return buffer;
}

/// A checksum that no other numbers of a test have; never 0.
template <class... Numbers>
std::uint32_t sum_of(Numbers... numbers) {
  std::uint32_t sum = 2166136261;
  for (const std::uint32_t number : {std::uint32_t{numbers}...}) sum = (sum ^ number) * 16777619;
  return sum | 1;
}

/// Reads so many sectors; what is behind the end of the file reads as zeros.
inline Coroutine<Buffer> read(File& file, std::uint64_t at, std::uint64_t sectors = 1) {
  const Buffer buffer = Buffer::allocate(sectors * sector);
  const std::uint64_t bytes = co_await or_return(file.pread(at * sector, buffer));
  std::memset(buffer.data() + bytes, 0, buffer.size() - bytes);
  co_return buffer;
}

inline Coroutine<> write(File& file, std::uint64_t at, Buffer buffer) {
  const std::uint64_t bytes = co_await or_return(file.pwrite(at * sector, buffer));
  if (bytes != buffer.size()) co_return IOError::io;
  co_return Unit{};
}

inline Coroutine<> sync(File& file) {
  co_await or_return(file.sync());
  co_return Unit{};
}

/// Some changes of both numbers, one after the other, and after a power loss the recovery.
template <class Store>
void set_two_numbers(Sim& sim) {
  if constexpr (requires { Store::faults; }) sim.survives(Store::faults);
  std::optional<Store> store(std::in_place, sim);
  sim.recovers([&] {
    store.emplace(sim);
    Coroutine<> recovery = store->recover();
    sim.expect(sim.await([&] { return recovery.step(); }).ok(), "the store recovers");
  });
  Durable<std::uint32_t, std::uint32_t> kept(
      sim, "the store", [&](std::uint32_t key) -> std::optional<std::uint32_t> {
        const std::uint32_t value = store->value(key);
        return value == 0 ? std::nullopt : std::optional(value);
      });
  sim.task("client", [&] {
    constexpr std::uint32_t rounds = 3;
    for (std::uint32_t round = 1; round <= rounds; ++round) {
      const std::uint32_t a = 10 * round, b = a + 1;
      const auto outcome = kept.commit({{0, a}, {1, b}}, [&] {
        Coroutine<> setting = store->set(a, b);
        return sim.await([&] { return setting.step(); });
      });
      if (!outcome.ok()) return;
    }
  });
  sim.run();
}

}  // namespace reprise::durability
