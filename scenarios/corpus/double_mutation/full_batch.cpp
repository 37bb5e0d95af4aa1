// Corpus 5: a row is added to a batch, and a full batch is then written, which may yield; the
// caller runs the same insert again, and that adds the row again.
#include <reprise/reprise.h>

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace reprise::corpus::full_batch {
namespace {

constexpr std::size_t batch_rows_max = 2;

struct Batch {
  File& file;
  std::vector<std::uint64_t> rows = {};
  std::uint64_t flushed = 0;
  Completion pending = {};

  IOResult<Unit> flush() {
    if (!pending) {
      const Buffer bytes = Buffer::allocate(rows.size() * sizeof(std::uint64_t));
      std::memcpy(bytes.data(), rows.data(), bytes.size());
      pending = file.pwrite(flushed * sizeof(std::uint64_t), bytes);
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion written = std::exchange(pending, {});
    if (!written.succeeded()) return written.get_error();
    flushed += rows.size();
    rows.clear();
    return Unit{};
  }
};

struct AddsThenFlushes : Batch {
  IOResult<Unit> add(std::uint64_t row) {
    rows.push_back(row);
    if (rows.size() >= batch_rows_max) RETURN_IF_IO(flush());
    return Unit{};
  }
};

struct FlushesThenAdds : Batch {
  IOResult<Unit> add(std::uint64_t row) {
    if (rows.size() >= batch_rows_max) RETURN_IF_IO(flush());
    rows.push_back(row);
    return Unit{};
  }
};

template <class Machine>
void add_five(Sim& sim) {
  Machine batch{{sim.open("rows")}};
  sim.task("client", [&] {
    for (std::uint64_t row = 1; row <= 5; ++row) {
      sim.expect(sim.await([&] { return batch.add(row); }).ok(), "the row is added");
      sim.expect_eq(batch.flushed + batch.rows.size(), row);
    }
  });
  sim.run();
}

CANARY("corpus/double-mutation/full-batch", "double-mutation", add_five<AddsThenFlushes>,
       add_five<FlushesThenAdds>);

}  // namespace
}  // namespace reprise::corpus::full_batch
