#include <reprise/core/callback_io.h>

#include "tests/support/fake_io.h"
#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using Memory = std::array<std::byte, 4>;
constexpr std::byte unread{0xDB};

/// A device, a file on it, and what callbacks were told.
struct Rig {
  explicit Rig(CallbackIO::Calls calls = CallbackIO::Calls::at_once) : io(calls) {}

  CallbackIO::Done note(const std::string& name) {
    return [this, name](Result<std::uint64_t> bytes) {
      told.push_back(name + (bytes.ok() ? ' ' + std::to_string(bytes.value())
                                        : ' ' + to_string(bytes.error())));
    };
  }

  FakeIO device;
  std::unique_ptr<File> file = device.open("f").value();
  CallbackIO io;
  Memory memory{};
  std::vector<std::string> told;
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("callback io: a read's bytes are in the machine's memory when it is called back") {
  Rig rig;
  std::byte seen{};
  rig.io.read(*rig.file, 8, rig.memory, [&](Result<std::uint64_t> bytes) {
    CHECK(bytes.value() == 3);
    seen = rig.memory[0];
  });
  CHECK(rig.device.last().offset == 8);
  rig.device.last().buffers[0].bytes()[0] = std::byte{7};
  rig.device.last().buffers[0].bytes()[3] = std::byte{9};
  CHECK(rig.memory[0] == std::byte{0});
  rig.device.last().completion.finish(3);
  CHECK(seen == std::byte{7});
  CHECK(rig.memory[3] == std::byte{0});  // only what was read
  CHECK(rig.io.count() == 0);
}

TEST_CASE("callback io: where somebody observes there is poison until then") {
  const FakeObserver watching;
  Rig rig;
  rig.io.read(*rig.file, 0, rig.memory, rig.note("read"));
  CHECK(rig.memory[2] == unread);
}

TEST_CASE("callback io: a write takes the bytes as they are when it is submitted") {
  Rig rig;
  rig.memory[1] = std::byte{5};
  rig.io.write(*rig.file, 2, rig.memory, rig.note("write"));
  rig.memory[1] = std::byte{6};
  CHECK(rig.device.last().buffers[0].bytes()[1] == std::byte{5});
  rig.device.last().completion.finish(4);
  CHECK(rig.told == Told{"write 4"});
}

TEST_CASE("callback io: a failure and a refusal are told as errors") {
  Rig rig;
  rig.io.add(rig.file->sync(), rig.note("sync"));
  rig.device.last().completion.fail(IOError::io);
  rig.device.refusal = IOError::busy;
  rig.io.read(*rig.file, 0, rig.memory, rig.note("read"));
  CHECK(rig.told == Told{"sync EIO", "read EBUSY"});
}

TEST_CASE("callback io: the one in flight is what an entry waits for") {
  Rig rig;
  rig.io.begin_entry();
  const Completion read = rig.io.read(*rig.file, 0, rig.memory, rig.note("read"));
  CHECK(rig.io.next() == read);
  rig.io.begin_entry();
  CHECK(rig.io.next() == read);
}

TEST_CASE("callback io: of several in flight the first to finish ends the wait") {
  Rig rig;
  rig.io.begin_entry();
  rig.io.add(rig.file->sync(), rig.note("first"));
  rig.io.add(rig.file->sync(), rig.note("second"));
  const Completion next = rig.io.next();
  CHECK(rig.io.next() == next);
  CHECK_FALSE(next.finished());
  rig.device.last().completion.finish(0);
  CHECK(next.succeeded());
  CHECK(rig.told == Told{"second 0"});
  rig.io.begin_entry();
  CHECK(rig.io.next() == rig.device.asked[0].completion);
}

TEST_CASE("callback io: what finished in the entry lets the machine be entered again") {
  Rig rig;
  rig.io.begin_entry();
  rig.io.add(Completion::done(), rig.note("sync"));
  CHECK(rig.told == Told{"sync 0"});
  CHECK(rig.io.next().finished());
  rig.io.begin_entry();
  CHECK_FALSE(rig.io.next().finished());  // nothing in flight: a deadlock
}

TEST_CASE("callback io: callbacks from the loop wait for the next entry") {
  Rig rig(CallbackIO::Calls::from_loop);
  rig.io.begin_entry();
  rig.io.add(Completion::done(), rig.note("sync"));
  CHECK(rig.told.empty());
  CHECK(rig.io.next().finished());
  rig.io.begin_entry();
  CHECK(rig.told == Told{"sync 0"});
}

TEST_CASE("callback io: a callback may submit the next one") {
  Rig rig;
  rig.io.begin_entry();
  rig.io.add(rig.file->sync(),
             [&](Result<std::uint64_t>) { rig.io.add(rig.file->sync(), rig.note("second")); });
  rig.device.last().completion.finish(0);
  CHECK(rig.io.count() == 1);
  rig.io.begin_entry();
  CHECK(rig.io.next() == rig.device.last().completion);
}

TEST_CASE("callback io: forgotten ones do not call back") {
  Rig rig;
  rig.io.read(*rig.file, 0, rig.memory, rig.note("read"));
  rig.io.forget();
  rig.device.last().buffers[0].bytes()[0] = std::byte{7};
  rig.device.last().completion.finish(4);
  CHECK(rig.told.empty());
  CHECK(rig.memory[0] == std::byte{0});
}
