// A cache is filled from the disk by who reads first. What was loaded may be old by then: a newer
// write has been acknowledged meanwhile, and its value is overwritten in the cache.
#include <reprise/reprise.h>

#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/number_file.h"

namespace reprise::interference::stale_read {
namespace {

struct Cache {
  std::optional<std::uint64_t> number = {};
};

struct Client {
  NumberFile file;
  Cache& cache;
  bool loading = false;

  IOResult<Unit> write(std::uint64_t number) {
    RETURN_IF_IO(file.write(0, number));
    cache.number = number;
    return Unit{};
  }
};

struct KeepsWhatItLoaded : Client {
  IOResult<std::uint64_t> read() {
    if (!loading && cache.number) return *cache.number;
    loading = true;
    cache.number = RETURN_IF_IO(file.read(0));
    loading = false;
    return *cache.number;
  }
};

struct FillsAnEmptyCache : Client {
  IOResult<std::uint64_t> read() {
    if (!loading && cache.number) return *cache.number;
    loading = true;
    const std::uint64_t loaded = RETURN_IF_IO(file.read(0));
    loading = false;
    if (!cache.number) cache.number = loaded;
    return *cache.number;
  }
};

struct Register {
  struct Call {
    enum Kind { read, write } kind;
    std::uint64_t number = 0;

    friend std::string to_string(const Call& call) {
      return call.kind == read ? "read()" : "write(" + std::to_string(call.number) + ')';
    }
  };
  std::uint64_t number = 0;

  std::uint64_t apply(const Call& call) {
    if (call.kind == Call::write) number = call.number;
    return number;
  }
};

template <class Machine>
void one_writes_and_two_read(Sim& sim) {
  File& file = sim.open("number");
  Cache cache;
  Machine machines[] = {
      {{NumberFile(file), cache}}, {{NumberFile(file), cache}}, {{NumberFile(file), cache}}};
  Linearizable<Register> history(sim, "the number");
  sim.reads_may_race_writes();  // either number will do while the write is under way
  sim.task("writer", [&] {
    for (std::uint64_t number = 1; number <= 2; ++number) {
      const auto outcome =
          history.await({Register::Call::write, number}, [&] { return machines[2].write(number); });
      sim.expect(outcome.ok(), "the write ends well");
    }
  });
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("reader", i, [&sim, &history, &machine = machines[i]] {
      for (int n = 0; n < 3; ++n) {
        const auto outcome = history.await({Register::Call::read}, [&] { return machine.read(); });
        sim.expect(outcome.ok(), "the read ends well");
      }
    });
  }
  sim.run();
}

CANARY("interference/stale-read", "linearizability", one_writes_and_two_read<KeepsWhatItLoaded>,
       one_writes_and_two_read<FillsAnEmptyCache>);

}  // namespace
}  // namespace reprise::interference::stale_read
