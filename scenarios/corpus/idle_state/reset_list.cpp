// Corpus 46: a rollback resets the machines of a pager one by one, and one is not on its list. It
// keeps the completion that has failed, and the next operation is given the old error.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace reprise::corpus::reset_list {
namespace {

struct NumberRead {
  Buffer bytes = {};
  Completion pending = {};

  IOResult<std::uint64_t> read(File& file, std::uint64_t index) {
    std::uint64_t number = 0;
    if (!pending) {
      bytes = Buffer::allocate(sizeof number);
      pending = file.pread(index * sizeof number, bytes);
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    const Buffer read = std::exchange(bytes, {});
    if (!done.succeeded()) return done.get_error();
    if (done.result() == sizeof number) std::memcpy(&number, read.data(), sizeof number);
    return number;
  }
  void reset() {
    pending = {};
    bytes = {};
  }
  void describe(Archive& archive) const { archive("reads", static_cast<bool>(pending)); }
};

enum class State : std::uint8_t { header, trunk };

struct Pager {
  File& file;
  State state = State::header;
  NumberRead header = {};
  NumberRead trunk = {};
  std::uint64_t trunk_index = 0;

  IOResult<std::uint64_t> free_pages() {
    IOResult<std::uint64_t> answer = steps();
    if (!answer.is_io()) start_again();
    return answer;
  }
  IOResult<std::uint64_t> steps() {
    if (state == State::header) {
      trunk_index = 1 + RETURN_IF_IO(header.read(file, 0));
      state = State::trunk;
    }
    const std::uint64_t count = RETURN_IF_IO(trunk.read(file, trunk_index));
    return count;
  }
  void start_again() {
    state = State::header;
    trunk_index = 0;
  }
  void describe(Archive& archive) const {
    archive("state", state);
    archive("header", header);
    archive("trunk", trunk);
    archive("trunk_index", trunk_index);
  }
};

struct ForgetsTheHeader : Pager {
  void roll_back() {
    start_again();
    trunk.reset();
  }
};

struct ResetsBoth : Pager {
  void roll_back() {
    start_again();
    header.reset();
    trunk.reset();
  }
};

template <class Machine>
void count_twice(Sim& sim) {
  Machine pager{{sim.open("pages")}};
  sim.survives({.errors = true,
                .refusals = true,
                .cancels = true,
                .abandons = true,
                .contract = ErrorContract::driver});
  sim.idle("pager", pager);
  sim.next_operation_works();
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { pager.roll_back(); },
                               .abort = [&](IOError) { pager.roll_back(); }};
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return pager.free_pages(); }, options));
    }
  });
  sim.run();
}

CANARY("corpus/idle-state/reset-list", "idle-state", count_twice<ForgetsTheHeader>,
       count_twice<ResetsBoth>);

}  // namespace
}  // namespace reprise::corpus::reset_list
