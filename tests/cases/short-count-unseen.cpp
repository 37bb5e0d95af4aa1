// Expect: short-count: moved only
// Appends the pages of a commit to a log with one vectored write.
#include <reprise/reprise.h>

#include <cstring>
#include <utility>
#include <vector>

using namespace reprise;

class FrameWriter {
 public:
  explicit FrameWriter(File& file) : file_(file) {}

  IOResult<Unit> append(std::uint64_t commit) {
    if (!pending_) pending_ = file_.pwritev(end_, pages_of(commit));
    if (!pending_.finished()) IO_YIELD_ONE(pending_);
    const Completion done = std::exchange(pending_, {});
    if (!done.succeeded()) return done.get_error();
    end_ += 3 * 512;
    return Unit{};
  }
  std::uint64_t end() const { return end_; }

 private:
  static std::vector<Buffer> pages_of(std::uint64_t commit) {
    std::vector<Buffer> pages;
    for (std::uint64_t i = 0; i < 3; ++i) {
      Buffer page = Buffer::allocate(512);
      std::memset(page.data(), static_cast<int>(commit), page.size());
      pages.push_back(std::move(page));
    }
    return pages;
  }

  File& file_;
  std::uint64_t end_ = 0;
  Completion pending_;
};

SCENARIO("wal/writev") {
  File& file = sim.open("wal");
  FrameWriter writer(file);
  sim.survives({.errors = true, .short_io = true});
  sim.task("client", [&] {
    for (std::uint64_t commit = 1; commit <= 2; ++commit) {
      static_cast<void>(sim.await([&] { return writer.append(commit); }));
    }
  });
  sim.run();
}
