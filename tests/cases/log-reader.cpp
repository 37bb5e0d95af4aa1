// Expect: invariant: to be 4
// Reads back a log of records, each a byte with its length and then its payload.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;

class LogReader {
 public:
  explicit LogReader(File& file) : file_(file) {}

  // How many whole records the log has.
  IOResult<int> recover() {
    for (;;) {
      if (!length_) {
        if (!RETURN_IF_IO(fill(1))) return records_;
        length_ = static_cast<std::size_t>(take(1)[0]);
      }
      if (!RETURN_IF_IO(fill(*length_))) return records_;
      take(*length_);
      length_.reset();
      records_ += 1;
    }
  }

 private:
  // False: the log ends before there are `size` bytes.
  IOResult<bool> fill(std::size_t size) {
    if (buffered_.size() >= size) return true;
    if (!pending_) {
      chunk_ = Buffer::allocate(std::max<std::size_t>(size, 512));
      pending_ = file_.pread(offset_, chunk_);
    }
    if (!pending_.finished()) IO_YIELD_ONE(pending_);
    const Completion done = std::exchange(pending_, {});
    if (!done.succeeded()) return done.get_error();
    const std::byte* const bytes = chunk_.data();
    buffered_.insert(buffered_.end(), bytes, bytes + done.result());
    offset_ += done.result();
    return done.result() >= size;
  }
  std::vector<std::byte> take(std::size_t size) {
    const auto end = buffered_.begin() + static_cast<std::ptrdiff_t>(size);
    std::vector<std::byte> bytes(buffered_.begin(), end);
    buffered_.erase(buffered_.begin(), end);
    return bytes;
  }

  File& file_;
  std::uint64_t offset_ = 0;
  std::vector<std::byte> buffered_;
  std::optional<std::size_t> length_;
  int records_ = 0;
  Buffer chunk_;
  Completion pending_;
};

SCENARIO("log/recover") {
  File& file = sim.open("log");
  sim.survives({.short_io = true});
  sim.task("client", [&] {
    Buffer log = Buffer::allocate(40);
    for (std::size_t at = 0; at < 40; at += 10) log.bytes()[at] = std::byte{9};
    for (std::size_t at = 0; at < 40;) {
      const Completion written = file.pwrite(at, log.slice(at, 40 - at));
      sim.wait(written);
      at += written.result();
    }
    LogReader reader(file);
    sim.expect_eq(sim.await([&] { return reader.recover(); }), 4);
  });
  sim.run();
}
