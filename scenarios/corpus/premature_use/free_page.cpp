// Corpus 25: the page goes into the machine when its read is submitted, not when it is there. The
// read fails, and the next entry takes the page for a loaded one.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace reprise::corpus::free_page {
namespace {

constexpr std::size_t page_size = 512;
constexpr std::uint64_t capacity = page_size / sizeof(std::uint64_t) - 1;

enum class State : std::uint8_t { start, have_trunk, write };

// The numbers of free pages, in a trunk page: how many there are, and then each one.
struct FreeList {
  File& file;
  State state = State::start;
  Buffer trunk = {};
  Completion pending = {};

  void read_trunk() {
    trunk = Buffer::allocate(page_size);
    pending = file.pread(0, trunk);
    state = State::have_trunk;
  }
  std::uint64_t count() const {
    std::uint64_t count = 0;
    std::memcpy(&count, trunk.data(), sizeof count);
    return count;
  }
  void append(std::uint64_t page) {
    const std::uint64_t used = count() + 1;
    std::memcpy(trunk.data(), &used, sizeof used);
    std::memcpy(trunk.data() + used * sizeof page, &page, sizeof page);
    pending = file.pwrite(0, trunk);
    state = State::write;
  }
  void give_up() {
    state = State::start;
    pending = {};
  }
  IOResult<Unit> finish() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion written = std::exchange(pending, {});
    state = State::start;
    if (!written.succeeded()) return written.get_error();
    return Unit{};
  }
};

struct TakesItForLoaded : FreeList {
  IOResult<Unit> free_page(std::uint64_t page) {
    switch (state) {
      case State::start: read_trunk(); [[fallthrough]];
      case State::have_trunk:
        if (!pending.finished()) IO_YIELD_ONE(pending);
        if (count() >= capacity) {
          give_up();
          return IOError::corrupt;
        }
        append(page);
        [[fallthrough]];
      case State::write: break;
    }
    return finish();
  }
};

struct AsksForItsError : FreeList {
  IOResult<Unit> free_page(std::uint64_t page) {
    switch (state) {
      case State::start: read_trunk(); [[fallthrough]];
      case State::have_trunk:
        if (!pending.finished()) IO_YIELD_ONE(pending);
        if (!pending.succeeded()) {
          const IOError error = pending.get_error();
          give_up();
          return error;
        }
        if (count() >= capacity) {
          give_up();
          return IOError::corrupt;
        }
        append(page);
        [[fallthrough]];
      case State::write: break;
    }
    return finish();
  }
};

template <class Machine>
void free_two_pages(Sim& sim) {
  Machine list{{sim.open("pages")}};
  sim.survives({.errors = true, .refusals = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    if (sim.wait(list.file.pwrite(0, Buffer::allocate(page_size))) != IOError::none) return;
    AwaitOptions options;
    options.abort = [&](IOError) { list.give_up(); };
    for (std::uint64_t page = 7; page <= 8; ++page) {
      static_cast<void>(sim.await([&] { return list.free_page(page); }, options));
    }
  });
  sim.run();
}

CANARY("corpus/premature-use/free-page", "unseen-error", free_two_pages<TakesItForLoaded>,
       free_two_pages<AsksForItsError>);

}  // namespace
}  // namespace reprise::corpus::free_page
