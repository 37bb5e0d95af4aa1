// A machine written as a coroutine: copies a file and syncs the copy. It takes short reads and
// writes as they come, submits again what was interrupted, passes on other errors, and may be
// dropped at any await.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace reprise::coroutines::copy {
namespace {

constexpr std::size_t block_size = 64;
constexpr std::uint64_t file_size = 3 * block_size - 7;

enum class Way : std::uint8_t { read, write, sync };

Completion submit(Way way, File& file, std::uint64_t at, const Buffer& buffer) {
  if (way == Way::sync) return file.sync();
  return way == Way::read ? file.pread(at, buffer) : file.pwrite(at, buffer);
}

// One I/O, again as long as the device asks for that.
Coroutine<std::uint64_t> moved(Way way, File& file, std::uint64_t at, Buffer buffer) {
  for (;;) {
    const Result<std::uint64_t> bytes = co_await submit(way, file, at, buffer);
    if (bytes.ok() || !is_retryable(bytes.error())) co_return bytes;
    co_await Yield{};
  }
}

Coroutine<std::uint64_t> copy(File& from, File& to) {
  const Buffer block = Buffer::allocate(block_size);
  std::uint64_t copied = 0;
  for (;;) {
    const std::uint64_t have = co_await or_return(moved(Way::read, from, copied, block));
    if (have == 0) break;
    for (std::uint64_t done = 0; done < have;) {
      const Buffer rest = block.slice(done, have - done);
      done += co_await or_return(moved(Way::write, to, copied + done, rest));
    }
    copied += have;
  }
  co_await or_return(moved(Way::sync, to, 0, {}));
  co_return copied;
}

Coroutine<> fill(File& file) {
  const Buffer bytes = Buffer::allocate(file_size);
  for (std::size_t i = 0; i < file_size; ++i) bytes.bytes()[i] = static_cast<std::byte>(i % 251);
  for (std::uint64_t done = 0; done < file_size;) {
    const Buffer rest = bytes.slice(done, file_size - done);
    done += co_await or_return(moved(Way::write, file, done, rest));
  }
  co_return Unit{};
}

Coroutine<bool> same(File& a, File& b) {
  const Buffer of_a = Buffer::allocate(block_size);
  const Buffer of_b = Buffer::allocate(block_size);
  for (std::uint64_t at = 0; at < file_size;) {
    const std::uint64_t in_a = co_await or_return(moved(Way::read, a, at, of_a));
    const std::uint64_t in_b = co_await or_return(moved(Way::read, b, at, of_b));
    const auto both = static_cast<std::ptrdiff_t>(std::min(in_a, in_b));
    if (both == 0) co_return false;
    const std::byte* const bytes = of_a.data();
    if (!std::equal(bytes, bytes + both, of_b.data())) co_return false;
    at += static_cast<std::uint64_t>(both);
  }
  co_return true;
}

}  // namespace

SCENARIO("coroutines/copy") {
  File& from = sim.open("from");
  File& to = sim.open("to");
  sim.survives({.errors = true,
                .refusals = true,
                .retries = true,
                .short_io = true,
                .cancels = true,
                .abandons = true,
                .spurious = true});
  sim.task("client", [&] {
    Coroutine<> filling = fill(from);
    if (!sim.await([&] { return filling.step(); }).ok()) return;
    std::optional<Coroutine<std::uint64_t>> copying = copy(from, to);
    const Outcome<std::uint64_t> copied = sim.await(
        [&] { return copying->step(); }, {.abandon = [&] { copying.reset(); }, .abort = {}});
    if (!copied.ok()) return;
    sim.expect_eq(copied, file_size);
    Coroutine<bool> comparing = same(from, to);
    const Outcome<bool> equal = sim.await([&] { return comparing.step(); });
    if (equal.ok()) sim.expect(equal.value(), "the copy is like the original");
  });
  sim.run();
}

}  // namespace reprise::coroutines::copy
