// Classic: a group of writes has failed if one of them has, but only the error of the last one that
// is looked at counts: a good one behind a failed one covers it up.
#include <reprise/reprise.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::corpus::group_error {
namespace {

constexpr std::uint64_t numbers = 3;

struct Batch {
  File& file;
  std::array<Completion, numbers> writes = {};

  void submit() {
    for (std::uint64_t i = 0; i < numbers; ++i) {
      const std::uint64_t number = i + 1;
      const Buffer buffer = Buffer::allocate(sizeof number);
      std::memcpy(buffer.data(), &number, sizeof number);
      writes[i] = file.pwrite(i * sizeof number, buffer);
    }
  }
  IOResult<Unit> wait() {
    for (const Completion& write : writes) {
      if (!write.finished()) IO_YIELD_ONE(write);
    }
    return Unit{};
  }
};

struct LooksAtTheLast : Batch {
  IOResult<Unit> write() {
    if (!writes[0]) submit();
    RETURN_IF_IO(wait());
    IOError error = IOError::none;
    for (Completion& write : writes) error = std::exchange(write, {}).get_error();
    if (error != IOError::none) return error;
    return Unit{};
  }
};

struct KeepsTheFirst : Batch {
  IOResult<Unit> write() {
    if (!writes[0]) submit();
    RETURN_IF_IO(wait());
    IOError first_error = IOError::none;
    for (Completion& write : writes) {
      const IOError error = std::exchange(write, {}).get_error();
      if (first_error == IOError::none) first_error = error;
    }
    if (first_error != IOError::none) return first_error;
    return Unit{};
  }
};

template <class Machine>
void write_batch(Sim& sim) {
  File& file = sim.open("numbers");
  Machine batch{{file}};
  NumberFile reader(file);
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    if (!sim.await([&] { return batch.write(); }).ok()) return;
    for (std::uint64_t i = 0; i < numbers; ++i) {
      const auto number = sim.await([&] { return reader.read(i); });
      if (number.ok()) sim.expect_eq(number, i + 1);
    }
  });
  sim.run();
}

CANARY("corpus/classic/group-error", "invariant", write_batch<LooksAtTheLast>,
       write_batch<KeepsTheFirst>);

}  // namespace
}  // namespace reprise::corpus::group_error
