// The same plan is the same run with every compiler, in debug and release, in every process: these
// digests are constants. If one changes, every trace that was kept is another run: say why.
#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

struct Copier {
  Copier(File& source, File& target) : from(source), to(target) {}

  File& from;
  File& to;
  Buffer buffer = Buffer::allocate(8);
  Completion pending;
  bool have_read = false;

  IOResult<Unit> wait() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    return Unit{};
  }
  IOResult<std::uint64_t> copy() {
    if (!have_read) {
      if (!pending) pending = from.pread(0, buffer);
      RETURN_IF_IO(wait());
      const Completion read = std::exchange(pending, {});
      if (!read.succeeded()) return read.get_error();
      have_read = true;
    }
    if (!pending) pending = to.pwrite(8, buffer);
    RETURN_IF_IO(wait());
    have_read = false;
    const Completion written = std::exchange(pending, {});
    if (!written.succeeded()) return written.get_error();
    return written.result();
  }
};

std::string hex(std::uint64_t number) {
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[(number >> shift) & 15];
  return digits;
}

void copying(Sim& sim) {
  Faults faults;
  faults.errors = faults.refusals = faults.retries = faults.short_io = faults.cancels = true;
  faults.abandons = faults.spurious = faults.yields_before_calls = true;
  sim.survives(faults);
  File& a = sim.open("a");
  File& b = sim.open("b");
  sim.task("writer", [&] {
    static_cast<void>(sim.wait(a.pwrite(0, buffer_of("12345678"))));
    sim.sleep(Duration(3));
    static_cast<void>(sim.wait(sim.io().rename("b", "c")));
  });
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("copier", i, [&] {
      Copier copier(a, b);
      for (std::uint32_t n = 0; n < 2 + sim.choose("more", 2); ++n) {
        const auto outcome = sim.await([&] { return copier.copy(); },
                                       {.abandon = [&] { copier.pending = {}; }, .abort = {}});
        if (!outcome.ok()) {
          copier.pending = {};
          copier.have_read = false;
          copier.buffer = Buffer::allocate(8);  // the old one may be in flight
        }
      }
    });
  }
  sim.run();
}

/// The copiers write over each other, in the same run for ever, whatever else is found of that.
RunOptions without_overlap() {
  RunOptions options;
  options.checks.off = {"overlap"};
  return options;
}

/// In hex, as it is shown; all of the plan must have been met.
std::string digest_of_plan(const Plan& plan) {
  Toy toy(copying);
  const std::uint64_t digest = toy.run(plan, without_overlap()).digest;
  CHECK(toy.missed().none());
  return hex(digest);
}

}  // namespace

TEST_CASE("golden: the calm runs") {
  CHECK(digest_of_plan(sync_plan()) == "1a3ed2b767127838");
  CHECK(digest_of_plan(lazy_plan()) == "da2abbfb318ea2db");
}

TEST_CASE("golden: a plan of faults") {
  CHECK(digest_of_plan(lazy_plan({{"writer/write(a)#1/short", 5},
                                  {"copier[0]/read(a)#1/error", 1},
                                  {"copier[0]/write(b)#1/cancel", 1},
                                  {"copier[0]/write(b)#1/cancel-answer", 2},
                                  {"copier[1]/read(a)#1/refusal", 2},
                                  {"copier[1]/read(a)#2/retry", 1},
                                  {"copier[1]/more#1/workload", 1}})) == "9b991a9130898a3b");
}

TEST_CASE("golden: a plan of timing") {
  CHECK(digest_of_plan(sync_plan({{"copier[0]/read(a)#1/flight", 1},
                                  {"copier[0]/read(a)#1/early", 1},
                                  {"copier[0]/copy/wait()#2/yield", 1},
                                  {"copier[1]/copy/wait()/before#1/yield-before", 1},
                                  {"copier[1]/read(a)#2/flight", 1},
                                  {"copier[1]/read(a)#2/spurious", 1}},
                                 {"copier[0]/read(a)#1/effect", "copier[1]/read(a)/spurious#2/turn",
                                  "copier[1]/read(a)#2/delivery", "writer/timer#1/fire",
                                  "copier[0]/read(a)#1/delivery"})) == "a719f9459b06d234");
}

TEST_CASE("golden: runs in an order drawn at random") {
  std::uint64_t all = 0;
  Toy toy(copying);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    all = mix(all, toy.run(*random_of(seed, "chaos"), without_overlap()).digest);
  }
  CHECK(hex(all) == "84a157ee6132c239");
}
