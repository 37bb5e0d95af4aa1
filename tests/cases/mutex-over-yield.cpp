// Expect: held-mutex: is asked for while another task holds it over a yield
// The mutex is taken in the first entry and given back in the last one. Another task that asks for
// it meanwhile would wait for ever: all of them run in one thread.
#include <reprise/reprise.h>

#include <cstdint>
#include <mutex>

using namespace reprise;

namespace {

class Counter {
 public:
  explicit Counter(File& file) : file_(file) {}

  IOResult<std::uint64_t> next(Completion& writing) {
    if (!writing) {
      mutex_.lock();
      writing = file_.pwrite(0, Buffer::allocate(8));
    }
    if (!writing.finished()) IO_YIELD_ONE(writing);
    if (!writing.succeeded()) return writing.get_error();
    const std::uint64_t number = ++number_;
    mutex_.unlock();
    return number;
  }

 private:
  File& file_;
  std::mutex mutex_;
  std::uint64_t number_ = 0;
};

}  // namespace

SCENARIO("case/mutex-over-yield") {
  Counter counter(sim.open("counter"));
  for (const char* name : {"left", "right"}) {
    sim.task(name, [&] {
      Completion writing;
      sim.expect(sim.await([&] { return counter.next(writing); }).ok(), "there is a number");
    });
  }
  sim.run();
}
