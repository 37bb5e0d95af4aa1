// What a device may answer although nothing is broken: fewer bytes than asked, and "interrupted,
// try again". Who takes the first for the whole, or the second for a failure, is wrong now and
// then.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace reprise::errors::partial {
namespace {

constexpr std::size_t record_size = 64;
constexpr std::byte filler{0x5a};

// Reads a record of a fixed size.
struct Reader {
  File& file;
  Buffer record = Buffer::allocate(record_size);
  Completion pending = {};
  Tracked<std::uint64_t> have{"have"};

  void submit() { pending = file.pread(have, record.slice(have, record_size - have)); }
};

struct TakesPart : Reader {
  IOResult<std::uint64_t> read() {
    if (!pending) submit();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion part = std::exchange(pending, {});
    if (!part.succeeded()) return part.get_error();
    return record_size;
  }
};

struct ReadsOn : Reader {
  IOResult<std::uint64_t> read() {
    while (have < record_size) {
      if (!pending) submit();
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion part = std::exchange(pending, {});
      if (!part.succeeded()) return part.get_error();
      if (part.result() == 0) return IOError::corrupt;
      have += part.result();
    }
    return record_size;
  }
};

template <class Machine>
void read_record(Sim& sim) {
  File& file = sim.open("records");
  Machine reader{{file}};
  sim.survives({.short_io = true});
  sim.task("client", [&] {
    const Buffer record = Buffer::allocate(record_size);
    std::ranges::fill(record.bytes(), filler);
    for (std::uint64_t done = 0; done < record_size;) {
      const Completion part = file.pwrite(done, record.slice(done, record_size - done));
      sim.expect(sim.wait(part) == IOError::none, "the record is written");
      done += part.result();
    }
    sim.expect(sim.await([&] { return reader.read(); }).ok(), "the record is read");
    sim.expect(std::ranges::count(reader.record.bytes(), filler) == record_size,
               "the record is whole");
  });
  sim.run();
}

CANARY("errors/short-read", "invariant", read_record<TakesPart>, read_record<ReadsOn>);

struct Writer {
  File& file;
  Completion pending = {};
};

struct GivesUp : Writer {
  IOResult<Unit> write() {
    if (!pending) pending = file.pwrite(0, Buffer::allocate(record_size));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion written = std::exchange(pending, {});
    if (!written.succeeded()) return written.get_error();
    return Unit{};
  }
};

struct TriesAgain : Writer {
  IOResult<Unit> write() {
    for (;;) {
      if (!pending) pending = file.pwrite(0, Buffer::allocate(record_size));
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion written = std::exchange(pending, {});
      if (written.succeeded()) return Unit{};
      if (!is_retryable(written.get_error())) return written.get_error();
    }
  }
};

template <class Machine>
void write_record(Sim& sim) {
  Machine writer{{sim.open("records")}};
  sim.survives({.retries = true});
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return writer.write(); }).ok(), "the record is written");
  });
  sim.run();
}

CANARY("errors/interrupted", "invariant", write_record<GivesUp>, write_record<TriesAgain>);

}  // namespace
}  // namespace reprise::errors::partial
