// A scenario for fuzzers that mutate bytes: libFuzzer, AFL++, Honggfuzz, OSS-Fuzz. The bytes decide
// what the world does (faults, yields, order), so a fuzzer that sees new branches in the code under
// test keeps the schedule that led there. Link with reprise::replay, without reprise::main:
//
//   SCENARIO("counter/bump") { ... }
//
//   extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
//     static reprise::InputFuzzer fuzzer("counter/bump");
//     return fuzzer.run({data, size});
//   }
//
//   clang++ -std=c++20 -fsanitize=fuzzer FILE.cpp $(pkg-config --cflags --libs reprise-replay)
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct InputFuzzerOptions {
  /// `calm`, `default` or `chaos`: how many of the values of a byte stand for faults.
  std::string profile = "default";
  /// The folder for the trace of a finding; empty: none is written.
  std::string folder = "traces";
  /// Names of checks that are turned off.
  std::vector<std::string> checks_off = {};
  /// The scenario's options, as --set sets them.
  std::map<std::string, std::int64_t, std::less<>> options = {};
  /// A program linked with reprise::main and this scenario, if there is one: the report of a
  /// finding then ends with commands for it.
  std::string program = {};
};

class InputFuzzer {
 public:
  /// Ends the program with a sentence on stderr if there is no such scenario, profile or check.
  explicit InputFuzzer(std::string_view scenario, const InputFuzzerOptions& options = {});
  InputFuzzer(const InputFuzzer&) = delete;
  InputFuzzer& operator=(const InputFuzzer&) = delete;
  ~InputFuzzer();

  /// Makes one run, as `bytes` decide; any bytes will do, and none at all make the calm run.
  /// Returns 0 if it is clean. A finding is reproduced from its trace and minimised, as `reprise
  /// fuzz` does it; its report goes to stderr, and abort() tells the fuzzer to keep the input.
  int run(std::span<const std::uint8_t> bytes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reprise
