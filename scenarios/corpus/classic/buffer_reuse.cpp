// Classic: a cursor that reads ahead asks for the next record into the buffer in which the caller's
// record still is, and then looks at that.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace reprise::corpus::buffer_reuse {
namespace {

constexpr std::size_t record_size = 16;
constexpr std::uint64_t records = 3;

std::uint64_t sum_of(const Buffer& record, std::uint64_t bytes) {
  std::uint64_t sum = 0;
  for (const std::byte byte : record.bytes().first(bytes)) sum += std::to_integer<unsigned>(byte);
  return sum;
}

struct Cursor {
  File& file;
  Buffer next_record = Buffer::allocate(record_size);
  std::uint64_t position = 0;
  Completion ahead = {};

  void read_ahead() { ahead = file.pread(position, next_record); }
  // How many bytes there are of the next record; 0 at the end of the file.
  IOResult<std::uint64_t> next_size() {
    if (!ahead) read_ahead();
    if (!ahead.finished()) IO_YIELD_ONE(ahead);
    const Completion read = std::exchange(ahead, {});
    if (!read.succeeded()) return read.get_error();
    position += read.result();
    return read.result();
  }
};

struct ReadsOverIt : Cursor {
  IOResult<std::uint64_t> next() {
    const std::uint64_t bytes = RETURN_IF_IO(next_size());
    if (bytes == 0) return 0u;
    read_ahead();
    return sum_of(next_record, bytes);
  }
};

struct ReadsBesideIt : Cursor {
  Buffer record = Buffer::allocate(record_size);

  IOResult<std::uint64_t> next() {
    const std::uint64_t bytes = RETURN_IF_IO(next_size());
    if (bytes == 0) return 0u;
    std::swap(record, next_record);
    read_ahead();
    return sum_of(record, bytes);
  }
};

template <class Machine>
void sum_all(Sim& sim) {
  File& file = sim.open("records");
  Machine cursor{{file}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    const Completion written = file.truncate(records * record_size);
    if (sim.wait(written) != IOError::none) return;
    for (std::uint64_t record = 0; record <= records; ++record) {
      if (!sim.await([&] { return cursor.next(); }).ok()) return;
    }
  });
  sim.run();
}

CANARY("corpus/classic/buffer-reuse", "buffer-ownership", sum_all<ReadsOverIt>,
       sum_all<ReadsBesideIt>);

}  // namespace
}  // namespace reprise::corpus::buffer_reuse
