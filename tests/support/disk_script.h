// DiskScript: one task that uses one file, `t` and `f`; what it did is asked for afterwards.
//
//   DiskScript script([](Script& s) { s.wait(s.write(0, "abc")); s.note(s.read_now(0, 3)); });
//   script.run(lazy_plan({{"t/write(f)#1/error", 1}}));
//   CHECK(script.notes == Notes{"EIO", "???"});
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/toy.h"

namespace reprise::tests {

using Notes = std::vector<std::string>;

inline Buffer buffer_of(std::string_view text) {
  Buffer buffer = Buffer::allocate(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) buffer.bytes()[i] = static_cast<std::byte>(text[i]);
  return buffer;
}

/// Zeros as '.', the device's poison as '?'.
inline std::string text_of(const Buffer& buffer) {
  std::string text;
  for (const std::byte byte : buffer.bytes()) {
    text += byte == std::byte{0xDB} ? '?' : byte == std::byte{0} ? '.' : static_cast<char>(byte);
  }
  return text;
}

/// What a task of a script can do.
struct Script {
  Sim& sim;
  File& file;
  Notes& notes;

  Completion write(std::uint64_t offset, std::string_view text) {
    return file.pwrite(offset, buffer_of(text));
  }
  void note(std::string text) { notes.push_back(std::move(text)); }
  /// Waits, and notes the result: "3 bytes", or the error.
  void wait(const Completion& completion) {
    const IOError error = sim.wait(completion);
    note(error != IOError::none ? to_string(error)
                                : std::to_string(completion.result()) + " bytes");
  }
  /// Waits for a read, and notes what is in its buffer.
  void read(std::uint64_t offset, std::size_t size) {
    const Buffer buffer = Buffer::allocate(size);
    wait(file.pread(offset, buffer));
    note(text_of(buffer));
  }
};

class DiskScript {
 public:
  explicit DiskScript(std::function<void(Script&)> body)
      : toy_([this, body = std::move(body)](Sim& sim) {
          notes.clear();
          sim.survives(faults);
          Script script{sim, sim.open("f"), notes};
          sim.task("t", [&] { body(script); });
          sim.run();
        }) {
    faults.errors = faults.refusals = faults.retries = faults.short_io = faults.cancels = true;
  }

  /// The task's notes. A finding is a note too.
  const Notes& run(const Plan& plan) {
    result = toy_.run(plan, options);
    if (result.finding) notes.push_back(result.finding->check + ": " + result.finding->message);
    return notes;
  }
  const Toy::Missed& missed() const { return toy_.missed(); }

  Faults faults;
  RunOptions options;
  Notes notes;
  RunResult result;

 private:
  Toy toy_;
};

}  // namespace reprise::tests
