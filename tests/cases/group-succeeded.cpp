// Expect: unseen-error: was never looked at
// A thin handle of our own over the completions of the I/O layer, as the rest of the code base uses
// it; and a log that appends records with it.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

using namespace reprise;

class Handle {
 public:
  Handle() = default;
  explicit Handle(Completion completion) : completion_(std::move(completion)) {}

  explicit operator bool() const { return static_cast<bool>(completion_); }
  const Completion& completion() const { return completion_; }
  bool finished() const { return completion_.finished(); }
  bool succeeded() const { return completion_.finished(); }
  bool failed() const { return completion_.finished() && completion_.get_error() != IOError::none; }
  IOError error() const { return completion_.get_error(); }

 private:
  Completion completion_;
};

struct Log {
  File& file;
  std::uint64_t end = 0;
  Handle writing = {};

  IOResult<std::uint64_t> append(std::byte record) {
    if (!writing) {
      const Buffer buffer = Buffer::allocate(64);
      buffer.bytes()[0] = record;
      writing = Handle(file.pwrite(end, buffer));
    }
    if (!writing.finished()) IO_YIELD_ONE(writing.completion());
    const Handle written = std::exchange(writing, {});
    if (written.succeeded()) {
      end += 64;
      return end;
    }
    return written.error();
  }
};

SCENARIO("case/succeeded") {
  Log log{sim.open("log")};
  sim.survives({.errors = true});
  sim.task("client", [&] {
    for (int i = 1; i <= 2; ++i)
      static_cast<void>(sim.await([&] { return log.append(std::byte{7}); }));
  });
  sim.run();
}
