// How an I/O of the simulated device ends.
#include "tests/support/disk_script.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

TEST_CASE("device: a refused I/O has failed at submit and did nothing") {
  for (std::uint32_t value = 1; value <= 3; ++value) {
    DiskScript script([](Script& s) {
      bool called = false;
      const Completion write = s.file.pwrite(
          0, buffer_of("abc"), [&](const Completion& done) { called = done.finished(); });
      s.note(write.finished() && called ? to_string(write.get_error()) : "in flight");
      s.read(0, 3);
    });
    const Notes error[] = {{}, {"EAGAIN"}, {"EBUSY"}, {"ENOMEM"}};
    Notes expected = error[value];
    expected.insert(expected.end(), {"0 bytes", "???"});
    CHECK(script.run(lazy_plan({{"t/write(f)#1/refusal", value}})) == expected);
    CHECK(script.missed().none());
  }
}

TEST_CASE("device: a refusal does not shift the numbers of other I/Os") {
  DiskScript script([](Script& s) {
    for (const char* const text : {"a", "b", "c"}) s.wait(s.write(0, text));
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/refusal", 2}, {"t/write(f)#3/error", 1}})) ==
        Notes{"EBUSY", "1 bytes", "EIO"});
}

TEST_CASE("device: EINTR and EAGAIN have no effect") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    s.wait(s.write(0, "xyz"));
    s.read(0, 3);
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#2/retry", 1}})) ==
        Notes{"3 bytes", "EINTR", "3 bytes", "abc"});
  CHECK(script.run(lazy_plan({{"t/write(f)#2/retry", 2}})) ==
        Notes{"3 bytes", "EAGAIN", "3 bytes", "abc"});
}

TEST_CASE("device: no more than eight refusals and retries come in a row") {
  DiskScript script([](Script& s) {
    for (int i = 0; i < 10; ++i) s.wait(s.write(0, "abc"));
  });
  for (const bool mixed : {false, true}) {
    Plan plan = lazy_plan();
    for (int i = 1; i <= 10; ++i) {
      const char* const aspect = mixed && i % 2 == 0 ? "/retry" : "/refusal";
      plan.decisions.push_back({"t/write(f)#" + std::to_string(i) + aspect, 1});
    }
    const Notes notes = script.run(plan);
    REQUIRE(notes.size() == 10);
    for (std::size_t i = 0; i < 8; ++i) CHECK(notes[i] != "3 bytes");
    CHECK(notes[8] == "3 bytes");
    CHECK(notes[9] != "3 bytes");
  }
}

TEST_CASE("device: no more than eight EINTR or EAGAIN come in a row") {
  DiskScript script([](Script& s) {
    for (int i = 0; i < 10; ++i) s.wait(s.write(0, "abc"));
  });
  Plan plan = lazy_plan();
  for (std::uint32_t i = 1; i <= 10; ++i) {
    plan.decisions.push_back({"t/write(f)#" + std::to_string(i) + "/retry", 1 + i % 2});
  }
  const Notes& notes = script.run(plan);
  REQUIRE(notes.size() == 10);
  for (std::size_t i = 0; i < 8; ++i) CHECK(notes[i] == (i % 2 == 0 ? "EAGAIN" : "EINTR"));
  CHECK(notes[8] == "3 bytes");
  CHECK(notes[9] == "EINTR");
  CHECK(script.missed().decisions == std::vector<std::size_t>{8});
}

TEST_CASE("device: requests of no bytes and of no buffers move nothing") {
  DiskScript script([](Script& s) {
    s.wait(s.file.pwrite(0, Buffer()));
    s.wait(s.file.pread(0, Buffer()));
    s.wait(s.file.pwritev(0, {}));
    s.wait(s.file.preadv(0, {}));
  });
  CHECK(script.run(lazy_plan()) == Notes{"0 bytes", "0 bytes", "0 bytes", "0 bytes"});
}

TEST_CASE("device: a transient EIO strikes once") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    s.wait(s.write(0, "abc"));
    s.read(0, 3);
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/error", 1}})) ==
        Notes{"EIO", "3 bytes", "3 bytes", "abc"});
}

TEST_CASE("device: a persistent EIO sticks to its sectors and leaves others alone") {
  DiskScript script([](Script& s) {
    s.wait(s.file.truncate(4 * 512));
    s.wait(s.write(512, "abc"));                         // sector 1 goes bad
    s.wait(s.file.pread(512, Buffer::allocate(1)));      // bad for good, reads too
    s.wait(s.file.pread(0, Buffer::allocate(2048)));     // a larger read touches it
    s.wait(s.file.pread(0, Buffer::allocate(512)));      // the sector before
    s.wait(s.file.pread(1024, Buffer::allocate(1024)));  // the sectors behind
    s.wait(s.write(1023, "x"));
    s.wait(s.write(0, "x"));
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/error", 2}})) ==
        Notes{"0 bytes", "EIO", "EIO", "EIO", "512 bytes", "1024 bytes", "EIO", "1 bytes"});
}

TEST_CASE("device: a failed read poisons its buffer") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    s.read(0, 3);
  });
  CHECK(script.run(lazy_plan({{"t/read(f)#1/error", 1}})) == Notes{"3 bytes", "EIO", "???"});
}

TEST_CASE("device: ENOSPC writes nothing and is for writes only") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    s.read(0, 3);
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/error", 3}})) == Notes{"ENOSPC", "0 bytes", "???"});
  CHECK(script.run(lazy_plan({{"t/read(f)#1/error", 3}})) == Notes{"3 bytes", "3 bytes", "abc"});
  CHECK(script.missed().out_of_range == std::vector<std::size_t>{0});
}

TEST_CASE("device: a short read fills a part and poisons the rest") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abcdef"));
    s.read(0, 6);
  });
  for (std::uint32_t n = 1; n < 6; ++n) {
    const std::string expected = std::string("abcdef").substr(0, n) + std::string(6 - n, '?');
    CHECK(script.run(lazy_plan({{"t/read(f)#1/short", n}})) ==
          Notes{"6 bytes", std::to_string(n) + " bytes", expected});
    CHECK(script.missed().none());
  }
}

TEST_CASE("device: a read is short by at least one byte and never empty") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abcdef"));
    s.read(0, 6);
  });
  CHECK(script.run(lazy_plan({{"t/read(f)#1/short", 6}})) == Notes{"6 bytes", "6 bytes", "abcdef"});
  CHECK(script.missed().out_of_range == std::vector<std::size_t>{0});
}

TEST_CASE("device: a short read gets a part of what is there and not of what was asked") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abcdef"));
    s.read(4, 512);
    s.read(6, 512);
    s.read(5, 512);
  });
  CHECK(script.run(lazy_plan({{"t/read(f)#1/short", 1}})).at(1) == "1 bytes");
  CHECK(script.missed().none());
  CHECK(script.run(lazy_plan({{"t/read(f)#1/short", 2}})).at(1) == "2 bytes");
  CHECK(script.missed().out_of_range == std::vector<std::size_t>{0});
  // Nothing, or one byte, cannot be cut short.
  script.run(lazy_plan({{"t/read(f)#2/short", 1}, {"t/read(f)#3/short", 1}}));
  CHECK(script.missed().decisions == std::vector<std::size_t>{0, 1});
}

TEST_CASE("device: a read of what only a write in flight puts there may be short too") {
  DiskScript script([](Script& s) {
    const Completion write = s.write(0, "abcdef");
    s.read(0, 6);
    s.wait(write);
  });
  CHECK(script.run(lazy_plan({{"t/read(f)#1/short", 4}})) == Notes{"4 bytes", "abcd??", "6 bytes"});
}

TEST_CASE("device: a short write leaves a prefix") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "......"));
    s.wait(s.write(0, "abcdef"));
    s.read(0, 6);
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#2/short", 4}})) ==
        Notes{"6 bytes", "4 bytes", "6 bytes", "abcd.."});
}

TEST_CASE("device: an I/O of one byte cannot be short") {
  DiskScript script([](Script& s) { s.wait(s.write(0, "a")); });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/short", 1}})) == Notes{"1 bytes"});
  CHECK(script.missed().decisions == std::vector<std::size_t>{0});
}

TEST_CASE("device: what lies beyond the largest file is too large") {
  DiskScript script([](Script& s) {
    s.wait(s.write(std::uint64_t{1} << 40, "a"));
    s.wait(s.write(UINT64_MAX, "ab"));
    s.wait(s.write(UINT64_MAX - 1, "ab"));
    s.wait(s.file.pread(UINT64_MAX - 1, Buffer::allocate(16)));
    s.wait(s.file.truncate(UINT64_MAX));
    s.wait(s.file.truncate((std::uint64_t{1} << 30) + 1));
    s.note(std::to_string(s.file.size().value()));
  });
  CHECK(script.run(lazy_plan()) ==
        Notes{"EFBIG", "EFBIG", "EFBIG", "EFBIG", "EFBIG", "EFBIG", "0"});
}

TEST_CASE("device: no fault is taken that the scenario does not survive") {
  DiskScript script([](Script& s) { s.wait(s.write(0, "abc")); });
  script.faults = {};
  for (const char* const decision :
       {"t/write(f)#1/error", "t/write(f)#1/refusal", "t/write(f)#1/retry", "t/write(f)#1/short",
        "t/write(f)#1/cancel", "t/write(f)#1/abandon", "t/write(f)#1/spurious"}) {
    CHECK(script.run(lazy_plan({{decision, 1}})) == Notes{"3 bytes"});
    CHECK(script.missed().decisions == std::vector<std::size_t>{0});
    CHECK(script.result.stats.faults == 0);
  }
}

TEST_CASE("device: a file that breaks fails for good whatever is asked of it") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    s.wait(s.write(0, "xyz"));
    s.read(0, 3);
    s.wait(s.file.sync());
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#2/breaks", 1}})) ==
        Notes{"3 bytes", "EIO", "EIO", "???", "EIO"});
}

TEST_CASE("device: a file without space or read-only can still be read") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    s.wait(s.write(0, "xyz"));
    s.read(0, 3);
    s.wait(s.file.sync());
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#2/breaks", 2}})) ==
        Notes{"3 bytes", "ENOSPC", "3 bytes", "abc", "ENOSPC"});
  CHECK(script.run(lazy_plan({{"t/write(f)#2/breaks", 3}})) ==
        Notes{"3 bytes", "EROFS", "3 bytes", "abc", "EROFS"});
}

TEST_CASE("device: a write fails once with what a disk may say") {
  DiskScript script([](Script& s) {
    s.wait(s.write(0, "abc"));
    s.wait(s.write(0, "abc"));
  });
  const Notes errors[] = {{}, {"EIO"}, {}, {"ENOSPC"}, {"EDQUOT"}, {"EFBIG"}};
  for (const std::uint32_t value : {1u, 3u, 4u, 5u}) {
    Notes expected = errors[value];
    expected.emplace_back("3 bytes");
    CHECK(script.run(lazy_plan({{"t/write(f)#1/error", value}})) == expected);
  }
}
