#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/toy.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

/// Submits with `submit`, then touches the buffer with `touch` before the I/O is delivered.
RunResult touched(const std::function<Completion(File&, const Buffer&)>& submit,
                  const std::function<void(const Buffer&)>& touch, RunOptions options = {}) {
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    const Buffer buffer = Buffer::allocate(64);
    Completion pending;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!pending) {
          pending = submit(file, buffer);
          touch(buffer);
        }
        if (!pending.finished()) IO_YIELD_ONE(pending);
        return pending.succeeded() ? IOResult<Unit>(Unit{}) : pending.get_error();
      }));
    });
    sim.run();
  });
  return toy.run(lazy_plan(), options);
}

Completion writes(File& file, const Buffer& buffer) { return file.pwrite(8, buffer); }
Completion reads(File& file, const Buffer& buffer) { return file.pread(8, buffer); }
void set_a_byte(const Buffer& buffer) { buffer.bytes()[3] = std::byte{1}; }
void leave_alone(const Buffer&) {}

std::string signature_of(const RunResult& result) {
  return result.finding ? result.finding->signature : "";
}

}  // namespace

TEST_CASE("buffer-ownership: a write's bytes that are changed in flight are found at its effect") {
  const RunResult result = touched(writes, set_a_byte);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "buffer-ownership");
  CHECK(result.finding->signature == "buffer-ownership toy: stored into the buffer of t/write(f)");
  CHECK(result.finding->message ==
        "the buffer of `t/write(f)` was stored into while it was in flight");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"the I/O: `t/write(f)#1`",
                                 "submitted by task `t`, in its operation number 1: 64 bytes at "
                                 "offset 8",
                                 "when the I/O took effect its bytes were others than at submit"});
}

TEST_CASE("buffer-ownership: a store into what a read will fill is found at its effect") {
  const RunResult result = touched(reads, set_a_byte);
  CHECK(signature_of(result) == "buffer-ownership toy: stored into the buffer of t/read(f)");
  CHECK(result.finding->evidence[2] ==
        "byte 3 of 64 was no longer as the device had left it when the I/O took effect");
}

TEST_CASE("buffer-ownership: an untouched buffer is sound and so is one changed after its I/O") {
  CHECK(signature_of(touched(writes, leave_alone)) == "");
  CHECK(signature_of(touched(reads, leave_alone)) == "");
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      const Buffer buffer = Buffer::allocate(64);
      for (int i = 0; i < 3; ++i) {
        static_cast<void>(sim.wait(file.pwrite(0, buffer)));
        set_a_byte(buffer);
        static_cast<void>(sim.wait(file.pread(0, buffer)));
        set_a_byte(buffer);
      }
    });
    sim.run();
  });
  CHECK(signature_of(toy.run(lazy_plan())) == "");
}

TEST_CASE("buffer-ownership: where it is off nothing is found") {
  RunOptions options;
  options.checks.off = {"buffer-ownership"};
  CHECK(signature_of(touched(writes, set_a_byte, options)) == "");
  CHECK(signature_of(touched(reads, set_a_byte, options)) == "");
}

TEST_CASE("buffer-ownership: the bytes of several buffers count through") {
  const RunResult result = touched(
      [](File& file, const Buffer& buffer) {
        const std::array parts = {Buffer::allocate(5), buffer.slice(0, 8)};
        return file.preadv(0, parts);
      },
      set_a_byte);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->evidence[2] ==
        "byte 8 of 13 was no longer as the device had left it when the I/O took effect");
}

TEST_CASE("buffer-ownership: borrowed memory is looked at as any other") {
  const auto reused = [](bool early) {
    Toy toy([early](Sim& sim) {
      File& file = sim.open("f");
      std::array<std::byte, 32> own{};
      sim.task("t", [&] {
        const Completion written = file.pwrite(0, Buffer::borrow(own));
        if (early) own[0] = std::byte{7};
        static_cast<void>(sim.wait(written));
        own[1] = std::byte{7};
      });
      sim.run();
    });
    return signature_of(toy.run(lazy_plan()));
  };
  CHECK(reused(true) == "buffer-ownership toy: stored into the buffer of t/write(f)");
  CHECK(reused(false) == "");
}
