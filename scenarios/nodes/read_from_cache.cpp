// A server whose process was killed starts again and reads its file. What it reads may be in the
// cache only: the killed process has written it and not synced it. The broken one goes on as if it
// were durable, and the next power loss takes it back. (A power loss alone never shows this: after
// it, all that can be read is durable.)
#include <reprise/reprise.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>

namespace reprise::nodes::read_from_cache {
namespace {

struct Broken {
  static constexpr bool syncs_first = false;
};
struct Mended {
  static constexpr bool syncs_first = true;
};

template <class Variant>
void keep_a_number(Sim& sim) {
  Sim::Node server = sim.node("server");
  std::uint32_t number = 0;
  server.recovers([&] {
    File& file = server.open("number");
    if constexpr (Variant::syncs_first) static_cast<void>(sim.wait(file.sync()));
    const Buffer bytes = Buffer::allocate(sizeof number);
    const Completion read = file.pread(0, bytes);
    static_cast<void>(sim.wait(read));
    number = 0;
    if (read.result() == sizeof number) std::memcpy(&number, bytes.data(), sizeof number);
  });
  Durable<std::uint32_t, std::uint32_t> kept(
      server, "the server", [&](std::uint32_t) -> std::optional<std::uint32_t> {
        return number == 0 ? std::nullopt : std::optional(number);
      });
  server.task("client", [&] {
    for (std::uint32_t value = 1; value <= 2; ++value) {
      static_cast<void>(kept.put(0, value, [&] {
        File& file = server.open("number");
        const Buffer bytes = Buffer::allocate(sizeof value);
        std::memcpy(bytes.data(), &value, sizeof value);
        const Completion written = file.pwrite(0, bytes);
        IOError error = sim.wait(written);
        if (error == IOError::none) error = sim.wait(file.sync());
        return error == IOError::none ? Outcome<Unit>(Unit{}) : Outcome<Unit>::failed(error);
      }));
    }
  });
  sim.task("operator", [&] {
    sim.sleep(std::chrono::nanoseconds(1));
    server.kill();
    server.restart();
    sim.sleep(std::chrono::nanoseconds(1));
    server.cut_power();
    server.restart();
  });
  sim.run();
}

CANARY("nodes/read-from-cache", "durability", keep_a_number<Broken>, keep_a_number<Mended>);

}  // namespace
}  // namespace reprise::nodes::read_from_cache
