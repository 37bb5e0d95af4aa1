// Classic: a write that moved some of the bytes is taken for one that moved all of them.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace reprise::corpus::short_write {
namespace {

constexpr std::size_t record_size = 16;
constexpr std::byte filler{0x5a};

struct Log {
  File& file;
  std::uint64_t end = 0;  // of the last record that is written
  std::size_t begin = 0;  // of what is left of the next one
  Buffer record = {};
  Completion pending = {};

  // Writes what is left of the record; how much of it was written.
  IOResult<std::uint64_t> write_part() {
    if (!pending) {
      if (begin == 0) record = Buffer::allocate(record_size);
      if (begin == 0) std::ranges::fill(record.bytes(), filler);
      pending = file.pwrite(end + begin, record.slice(begin, record_size - begin));
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion written = std::exchange(pending, {});
    if (!written.succeeded()) return written.get_error();
    return written.result();
  }
};

struct TakesPartForAll : Log {
  IOResult<Unit> append() {
    RETURN_IF_IO(write_part());
    end += record_size;
    return Unit{};
  }
};

struct WritesTheRest : Log {
  IOResult<Unit> append() {
    while (begin < record_size) begin += RETURN_IF_IO(write_part());
    begin = 0;
    end += record_size;
    return Unit{};
  }
};

template <class Machine>
void append_two(Sim& sim) {
  File& file = sim.open("log");
  Machine log{{file}};
  sim.survives({.short_io = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      sim.expect(sim.await([&] { return log.append(); }).ok(), "a record is appended");
    }
    const Buffer all = Buffer::allocate(2 * record_size);
    for (std::uint64_t have = 0; have < all.size();) {
      const Completion read = file.pread(have, all.slice(have, all.size() - have));
      sim.expect(sim.wait(read) == IOError::none, "the log is read");
      if (!sim.expect(read.result() > 0, "both records are in the file")) return;
      have += read.result();
    }
    sim.expect(std::ranges::count(all.bytes(), filler) == 2 * record_size, "they are whole");
  });
  sim.run();
}

CANARY("corpus/classic/short-write", "invariant", append_two<TakesPartForAll>,
       append_two<WritesTheRest>);

}  // namespace
}  // namespace reprise::corpus::short_write
