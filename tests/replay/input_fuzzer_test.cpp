#include <doctest/doctest.h>
#include <reprise/replay/fuzz.h>
#include <reprise/replay/input_fuzzer.h>
#include <reprise/sim/strategy/random_numbers.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/death.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {

namespace {

using doctest::Contains;
using tests::death_of;
using tests::Registered;
using tests::TemporaryFolder;

using Bytes = std::vector<std::uint8_t>;

/// Runs inputs that look random, as a fuzzer would, until one of them ends the process.
void run_many(InputFuzzer& fuzzer) {
  std::uint64_t state = 1;
  for (int input = 0; input < 2000; ++input) {
    Bytes bytes(64);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(splitmix(state) >> 56);
    fuzzer.run(bytes);
  }
}

}  // namespace

TEST_CASE("input fuzzer: clean runs of any bytes give 0") {
  const Registered toy("input-test/toy", tests::clean_toy);
  InputFuzzer fuzzer("input-test/toy");
  CHECK(fuzzer.run({}) == 0);
  for (std::size_t size = 0; size < 100; ++size) {
    const Bytes bytes(size, static_cast<std::uint8_t>(37 * size));
    CHECK(fuzzer.run(bytes) == 0);
  }
}

TEST_CASE("input fuzzer: a finding is reported and minimised and has a trace") {
  const Registered toy("input-test/toy", tests::invariant_toy);
  const TemporaryFolder folder;
  InputFuzzer fuzzer("input-test/toy", {.folder = folder.path(), .program = "build/harness"});
  CHECK(fuzzer.run({}) == 0);
  const doctest::String said = death_of([&] { run_many(fuzzer); });
  CHECK(said == Contains("error[invariant]"));
  CHECK(said == Contains("build/harness replay"));
  const TestReport replayed = replay_traces(folder.path());
  REQUIRE(replayed.findings.size() == 1);
  CHECK(replayed.findings[0].check == "invariant");
}

TEST_CASE("input fuzzer: one that has found something finds it again") {
  const Registered toy("input-test/toy", tests::invariant_toy);
  InputFuzzer fuzzer("input-test/toy", {.folder = ""});
  for (int i = 0; i < 2; ++i) {
    CHECK(death_of([&] { run_many(fuzzer); }) == Contains("error[invariant]"));
  }
}

TEST_CASE("input fuzzer: a finding that does not come again is told as such") {
  const Registered toy("input-test/toy", [](Sim& sim) {
    static int runs = 0;
    sim.task("task", [&] { sim.expect(++runs != 7, "not the seventh"); });
    sim.run();
  });
  InputFuzzer fuzzer("input-test/toy", {.folder = ""});
  const doctest::String said = death_of([&] { run_many(fuzzer); });
  CHECK(said == Contains("not the seventh"));
  CHECK(said == Contains("it did not come again when its plan was run"));
}

TEST_CASE("input fuzzer: checks that are turned off find nothing") {
  const Registered toy("input-test/toy", tests::invariant_toy);
  InputFuzzer fuzzer("input-test/toy", {.checks_off = {"invariant"}});
  CHECK(death_of([&] { run_many(fuzzer); }) == Contains("it lived"));
}

TEST_CASE("input fuzzer: what is not there ends the program with a sentence") {
  const Registered toy("input-test/toy", tests::toy_with_option);
  const auto said = [](const InputFuzzerOptions& options, const char* name = "input-test/toy") {
    // The program ends with exit(), so that the fuzzer has no crash to keep.
    return death_of([&] {
      std::atexit([] { std::abort(); });
      InputFuzzer fuzzer(name, options);
    });
  };
  CHECK(said({}, "input-test/tyo") ==
        Contains("there is no scenario \"input-test/tyo\"; did you mean \"input-test/toy\"?"));
  CHECK(said({.profile = "choas"}) == Contains("there is no profile \"choas\""));
  CHECK(said({.checks_off = {"invariants"}}) == Contains("invariants"));
  CHECK(said({.options = {{"ronuds", 1}}}) == Contains("ronuds"));
  CHECK(said({.options = {{"rounds", 1}}}) == Contains("it lived"));
}

}  // namespace reprise
