// Expect: clean
// Statistics count entries, on purpose, in containers that allocate: `benign` means these too.
#include <reprise/reprise.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

using namespace reprise;

namespace {

struct Histogram {
  std::vector<std::uint64_t> counts = std::vector<std::uint64_t>(4);
};

struct Statistics {
  std::map<int, int> by_phase = {};
  std::unordered_map<std::string, int> by_name = {};
  std::unique_ptr<Histogram> histogram = std::make_unique<Histogram>();
};

struct Reader {
  File& file;
  Statistics& statistics;
  Completion pending = {};

  IOResult<std::uint64_t> step() {
    ++statistics.by_phase[0];
    ++statistics.by_name["a name that is too long for the string itself"];
    ++statistics.histogram->counts[1];
    RETURN_IF_IO(load());
    return 1U;
  }
  IOResult<std::uint64_t> load() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    return take_finished(pending);
  }
};

}  // namespace

SCENARIO("case/counted-on-the-heap") {
  Statistics statistics;
  Reader reader{sim.open("data"), statistics};
  sim.benign("statistics", statistics);
  sim.survives({.spurious = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) (void)sim.await([&] { return reader.step(); });
  });
  sim.run();
}
