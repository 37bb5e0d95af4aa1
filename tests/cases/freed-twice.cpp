// Expect: heap-lifetime: was freed twice
// The error path frees the page, and so does the clean-up of whoever gave up.
#include <reprise/reprise.h>

#include <cstdint>
#include <cstdlib>

using namespace reprise;

namespace {

struct Page {
  std::uint64_t number = 0;
};

struct Loader {
  File& file;
  Buffer buffer = Buffer::allocate(64);
  Completion reading = {};
  Page* page = nullptr;

  IOResult<std::uint64_t> load() {
    if (!reading) {
      page = static_cast<Page*>(std::malloc(sizeof(Page)));
      page->number = 7;
      reading = file.pread(0, buffer);
    }
    if (!reading.finished()) IO_YIELD_ONE(reading);
    if (!reading.succeeded()) {
      std::free(page);
      return reading.get_error();
    }
    return page->number;
  }

  void close() { std::free(page); }
};

}  // namespace

SCENARIO("case/freed-twice") {
  Loader loader{sim.open("data")};
  sim.survives({.errors = true});
  sim.task("client", [&] {
    (void)sim.await([&] { return loader.load(); });
    loader.close();
  });
  sim.run();
}
