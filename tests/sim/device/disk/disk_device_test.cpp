#include "tests/support/death.h"
#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

// When an I/O completes.

TEST_CASE("device: an I/O of the lazy world can complete at submit") {
  DiskScript script([](Script& s) {
    s.note(s.write(0, "a").finished() ? "finished" : "in flight");
    s.note(s.write(0, "b").finished() ? "finished" : "in flight");
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#2/flight", 1}})) == Notes{"in flight", "finished"});
  CHECK(script.missed().none());
}

TEST_CASE("device: an I/O of the sync world can be in flight") {
  DiskScript script([](Script& s) {
    s.note(s.write(0, "a").finished() ? "finished" : "in flight");
    s.note(s.write(0, "b").finished() ? "finished" : "in flight");
  });
  CHECK(script.run(sync_plan({{"t/write(f)#2/flight", 1}})) == Notes{"finished", "in flight"});
}

TEST_CASE("device: I/Os in flight are delivered in any order") {
  DiskScript script([](Script& s) {
    std::vector<Completion> all;
    for (const char* const text : {"a", "b", "c"}) {
      all.push_back(
          s.file.pwrite(0, buffer_of(text), [&s, text](const Completion&) { s.note(text); }));
    }
    for (const Completion& one : all) static_cast<void>(s.sim.wait(one));
    s.read(0, 1);
  });
  script.options.checks.off = {"overlap"};  // the order is what is asked for
  std::vector<int> order = {1, 2, 3};
  do {
    std::vector<std::string> events;
    Notes expected;
    for (const int i : order) {
      events.push_back("t/write(f)#" + std::to_string(i) + "/delivery");
      expected.emplace_back(1, static_cast<char>('a' + i - 1));
    }
    const std::string last = expected.back();
    expected.insert(expected.end(), {"1 bytes", last});
    CHECK(script.run(lazy_plan({}, events)) == expected);
    CHECK(script.missed().none());
  } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("device: bytes move at the effect and not at submit") {
  DiskScript script([](Script& s) {
    const Buffer buffer = buffer_of("old");
    const Completion write = s.file.pwrite(0, buffer);
    buffer.bytes()[0] = std::byte{'N'};  // a mistake of the machine: the device owns the buffer
    s.wait(write);
    s.read(0, 3);
  });
  script.options.checks.off = {"buffer-ownership"};
  CHECK(script.run(lazy_plan()) == Notes{"3 bytes", "3 bytes", "Nld"});
  CHECK(script.run(sync_plan()) == Notes{"3 bytes", "3 bytes", "old"});
}

TEST_CASE("device: what is appended goes to the end there is when it takes effect") {
  DiskScript script([](Script& s) {
    const Completion first = s.file.append(buffer_of("one"));
    const Completion second = s.file.append(buffer_of("two"));
    s.wait(first);
    s.wait(second);
    s.read(0, 6);
  });
  const std::string first = "t/write(f)#1/delivery", second = "t/write(f)#2/delivery";
  CHECK(script.run(lazy_plan({}, {first, second})).back() == "onetwo");
  CHECK(script.run(lazy_plan({}, {second, first})).back() == "twoone");
}

TEST_CASE("device: room is reserved by zeros and given back to zeros") {
  DiskScript script([](Script& s) {
    s.wait(s.file.allocate(2, 2));
    s.read(0, 5);
    s.wait(s.write(0, "abcd"));
    s.wait(s.file.punch_hole(1, 2));
    s.wait(s.file.punch_hole(3, 100));
    s.read(0, 5);
  });
  CHECK(script.run(sync_plan()) ==
        Notes{"0 bytes", "4 bytes", "....?", "4 bytes", "0 bytes", "0 bytes", "4 bytes", "a...?"});
}

TEST_CASE("device: a file past the cache refuses what is not aligned") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      const OpenResult opened = sim.io().open("f", {.direct = true});
      File& file = *opened.value();
      const auto error = [&](const Completion& io) { return sim.wait(io); };
      const Buffer block = Buffer::allocate(1024, 512);
      sim.expect_eq(error(file.pwrite(0, block)), IOError::none);
      sim.expect_eq(error(file.pwrite(1, block)), IOError::invalid);
      sim.expect_eq(error(file.pread(512, Buffer::allocate(100, 512))), IOError::invalid);
      sim.expect_eq(error(file.pread(512, block)), IOError::none);
      sim.expect_eq(error(file.append(block)), IOError::none);
      sim.expect_eq(file.size().value(), std::uint64_t{2048});
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK_FALSE(result.finding);
}

TEST_CASE("device: a read takes the bytes that are there when it takes effect") {
  DiskScript script([](Script& s) {
    const Buffer buffer = Buffer::allocate(3);
    const Completion read = s.file.pread(0, buffer);
    s.wait(s.write(0, "new"));
    s.wait(read);
    s.note(text_of(buffer));
  });
  CHECK(script.run(lazy_plan({}, {"t/write(f)#1/delivery", "t/read(f)#1/delivery"})) ==
        Notes{"3 bytes", "3 bytes", "new"});
  CHECK(script.run(lazy_plan({}, {"t/read(f)#1/delivery", "t/write(f)#1/delivery"})) ==
        Notes{"3 bytes", "0 bytes", "???"});
}

TEST_CASE("device: an early effect is visible before its delivery") {
  DiskScript script([](Script& s) {
    const Completion write = s.write(0, "new");
    s.read(0, 3);
    s.note(write.finished() ? "finished" : "in flight");
    s.wait(write);
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/early", 1}},
                             {"t/write(f)#1/effect", "t/read(f)#1/delivery", "t/read(f)#1/turn",
                              "t/write(f)#1/delivery"})) ==
        Notes{"3 bytes", "new", "in flight", "3 bytes"});
  CHECK(script.missed().none());
}

TEST_CASE("device: an early effect is an event of its own and takes no time") {
  DiskScript script([](Script& s) { s.wait(s.write(0, "new")); });
  script.run(lazy_plan({{"t/write(f)#1/early", 1}}));
  CHECK(events_of(script.result) == std::vector<std::string>{"t#1/turn", "t/write(f)#1/effect",
                                                             "t/write(f)#1/delivery",
                                                             "t/write(f)#1/turn"});
  CHECK(script.result.events[1].time_ns == 0);
  CHECK(script.result.events[2].time_ns == 1);
}

TEST_CASE("device: a read's early effect fills the buffer before the completion has finished") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    const Buffer buffer = Buffer::allocate(3);
    const Completion read = s.file.pread(0, buffer);
    s.sim.sleep(Duration(1));
    s.note(text_of(buffer) + (read.finished() ? " finished" : " in flight"));
  });
  CHECK(script.run(lazy_plan({{"t/read(f)#1/early", 1}},
                             {"t/read(f)#1/effect", "t/timer#1/fire", "t/timer#1/turn",
                              "t/read(f)#1/delivery"})) == Notes{"3 bytes", "abc in flight"});
}

TEST_CASE("device: a delivery takes one tick") {
  DiskScript script([](Script& s) {
    for (int i = 0; i < 3; ++i) s.wait(s.write(0, "x"));
    s.note(std::to_string(s.sim.now().ns));
  });
  CHECK(script.run(lazy_plan()).back() == "3");
}

// Callbacks.

TEST_CASE("device: a callback may submit many more") {
  DiskScript script([](Script& s) {
    int finished = 0;
    Completion last;
    s.file.pwrite(0, buffer_of("a"), [&](const Completion&) {
      for (int i = 0; i < 500; ++i) {
        last = s.file.pwrite(0, buffer_of("b"),
                             [&](const Completion& one) { finished += one.succeeded() ? 1 : 0; });
      }
    });
    s.sim.sleep(Duration(10'000));
    s.note(std::to_string(finished));
  });
  CHECK(script.run(lazy_plan()) == Notes{"500"});
  CHECK(script.run(sync_plan()) == Notes{"500"});
}

TEST_CASE("device: what a callback submits is named after the task whose I/O it was") {
  DiskScript script([](Script& s) {
    s.file.pwrite(0, buffer_of("a"), [&](const Completion&) {
      s.file.pread(0, Buffer::allocate(1),
                   [&](const Completion& read) { s.note(to_string(read.get_error())); });
    });
    s.sim.sleep(Duration(100));
  });
  CHECK(script.run(lazy_plan({{"t/read(f)#1/error", 1}})) == Notes{"EIO"});
}

TEST_CASE("device: chains of callbacks in the sync world are as deep as they are long") {
  DiskScript script([](Script& s) {
    int left = 30;
    std::function<void()> more = [&] {
      if (left-- > 0) s.file.pwrite(0, buffer_of("a"), [&](const Completion&) { more(); });
    };
    more();
    s.note(std::to_string(left));
  });
  CHECK(script.run(sync_plan()) == Notes{"-1"});
}

// Files.

TEST_CASE("device: closing a file does not cancel what is in flight") {
  DiskScript script([](Script& s) {
    OpenResult opened = s.sim.io().open("g");
    const Completion write = opened.value()->pwrite(0, buffer_of("abc"));
    opened.value().reset();
    s.wait(write);
    const Buffer buffer = Buffer::allocate(3);
    s.wait(s.sim.open("g").pread(0, buffer));
    s.note(text_of(buffer));
  });
  CHECK(script.run(lazy_plan()) == Notes{"3 bytes", "3 bytes", "abc"});
}

TEST_CASE("device: an I/O keeps its buffer alive") {
  DiskScript script([](Script& s) {
    Buffer buffer = buffer_of("abc");
    const Completion write = s.file.pwrite(0, buffer);
    s.note(std::to_string(buffer.use_count()));
    buffer = Buffer();
    s.wait(write);
    s.read(0, 3);
  });
  CHECK(script.run(lazy_plan()) == Notes{"2", "3 bytes", "3 bytes", "abc"});
}

TEST_CASE("device: a buffer is let go of before the callback runs") {
  DiskScript script([](Script& s) {
    const Buffer buffer = buffer_of("abc");
    const Completion write = s.file.pwrite(
        0, buffer, [&](const Completion&) { s.note(std::to_string(buffer.use_count())); });
    static_cast<void>(s.sim.wait(write));
  });
  CHECK(script.run(lazy_plan()) == Notes{"1"});
}

TEST_CASE("device: opening creates or fails as its options say") {
  DiskScript script([](Script& s) {
    IO& io = s.sim.io();
    s.note(to_string(io.open("g", {.create = false}).error()));
    s.note(io.open("g", {.create = true, .exclusive = true}).ok() ? "made" : "failed");
    s.note(to_string(io.open("g", {.create = true, .exclusive = true}).error()));
    s.note(to_string(io.open("h", {.create = true, .read_only = true}).error()));
  });
  CHECK(script.run(lazy_plan()) == Notes{"ENOENT", "made", "EEXIST", "ENOENT"});
}

TEST_CASE("device: a file opened for reading is not written") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    OpenResult opened = s.sim.io().open("f", {.read_only = true});
    s.wait(opened.value()->pwrite(0, buffer_of("xyz")));
    s.wait(opened.value()->truncate(0));
    s.wait(opened.value()->sync());
    s.wait(opened.value()->pread(0, Buffer::allocate(3)));
    s.note(std::to_string(opened.value()->size().value()));
  });
  CHECK(script.run(lazy_plan()) == Notes{"3 bytes", "EBADF", "EBADF", "0 bytes", "3 bytes", "3"});
}

TEST_CASE("device: a removed file is gone for those who open it and not for those who have it") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    s.wait(s.sim.io().remove("f"));
    s.note(to_string(s.sim.io().open("f", {.create = false}).error()));
    s.read(0, 3);
    s.wait(s.sim.io().remove("f"));
  });
  CHECK(script.run(lazy_plan()) ==
        Notes{"3 bytes", "0 bytes", "ENOENT", "3 bytes", "abc", "ENOENT"});
}

TEST_CASE("device: a file opened anew after its removal is another file") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    s.wait(s.sim.io().remove("f"));
    File& fresh = s.sim.open("f");
    s.note(std::to_string(fresh.size().value()));
    s.note(std::to_string(s.file.size().value()));
  });
  CHECK(script.run(lazy_plan()) == Notes{"3 bytes", "0 bytes", "0", "3"});
}

TEST_CASE("device: a rename takes effect when it is delivered") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    const Completion rename = s.sim.io().rename("f", "g");
    s.note(s.sim.io().open("g", {.create = false}).ok() ? "there" : "not yet");
    s.wait(rename);
    s.note(s.sim.io().open("g", {.create = false}).ok() ? "there" : "not yet");
    s.wait(s.sim.io().rename("f", "h"));
  });
  CHECK(script.run(lazy_plan()) == Notes{"3 bytes", "not yet", "0 bytes", "there", "ENOENT"});
}

TEST_CASE("device: truncating cuts at the effect") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abcdef"));
    const Completion truncate = s.file.truncate(2);
    s.note(std::to_string(s.file.size().value()));
    s.wait(truncate);
    s.note(std::to_string(s.file.size().value()));
  });
  CHECK(script.run(lazy_plan()) == Notes{"6 bytes", "6", "0 bytes", "2"});
}

TEST_CASE("device: a run begins with an empty disk") {
  DiskScript script([](Script& s) {
    s.note(std::to_string(s.file.size().value()));
    s.wait(s.write(0, "abc"));
    s.wait(s.sim.io().rename("f", "g"));
  });
  const Notes first = script.run(lazy_plan());
  CHECK(first == Notes{"0", "3 bytes", "0 bytes"});
  CHECK(script.run(lazy_plan()) == first);
}

TEST_CASE("device: what is for a file is not for the whole device and the other way round") {
  const auto misuse = [](bool of_file, IOKind kind) {
    return death_of([=] {
      DiskScript script([=](Script& s) {
        IORequest request;
        request.kind = kind;
        static_cast<void>(of_file ? s.file.submit(std::move(request))
                                  : s.sim.io().submit(std::move(request)));
      });
      script.run(lazy_plan());
    });
  };
  CHECK(misuse(false, IOKind::read) == doctest::Contains("the rest is a File's"));
  CHECK(misuse(true, IOKind::timer) == doctest::Contains("this is for an IO, not for a File"));
}

TEST_CASE("device: timers of one deadline fire in the order in which they were set") {
  DiskScript script([](Script& s) {
    std::vector<Completion> timers;
    for (int i = 0; i < 5; ++i) {
      timers.push_back(s.sim.io().timer(Duration(10),
                                        [&s, i](const Completion&) { s.note(std::to_string(i)); }));
    }
    for (const Completion& timer : timers) static_cast<void>(s.sim.wait(timer));
  });
  CHECK(script.run(lazy_plan()) == Notes{"0", "1", "2", "3", "4"});
}
