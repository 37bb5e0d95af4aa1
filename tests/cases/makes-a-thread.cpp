// Expect: determinism: starts a thread
// Work in a thread of its own: when it is done is nobody's decision, so no run could be replayed.
#include <reprise/reprise.h>

#include <cstdint>
#include <future>

using namespace reprise;

namespace {

struct Digest {
  File& file;
  Completion reading = {};
  Buffer buffer = Buffer::allocate(64);

  IOResult<std::uint64_t> of_file() {
    if (!reading) reading = file.pread(0, buffer);
    if (!reading.finished()) IO_YIELD_ONE(reading);
    if (!reading.succeeded()) return reading.get_error();
    const auto sum = [this] {
      std::uint64_t all = 0;
      for (const std::byte byte : buffer.bytes()) all += std::to_integer<std::uint64_t>(byte);
      return all;
    };
    return std::async(std::launch::async, sum).get();
  }
};

}  // namespace

SCENARIO("case/makes-a-thread") {
  Digest digest{sim.open("data")};
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return digest.of_file(); }).ok(), "there is a digest");
  });
  sim.run();
}
