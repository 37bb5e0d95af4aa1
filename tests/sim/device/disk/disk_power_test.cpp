#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// A DiskScript on a disk that may lose power. Each recovery notes the file, a letter a sector.
class PowerScript {
 public:
  explicit PowerScript(std::function<void(Script&)> body)
      : toy_([this, body = std::move(body)](Sim& sim) {
          notes_.clear();
          sim.survives({.sync_errors = true});
          sim.recovers([&] { notes_.push_back("found " + letters(sim.read_file("f"))); });
          Script script{sim, sim.open("f"), notes_};
          sim.task("t", [&] { body(script); });
          sim.run();
        }) {}

  const Notes& run(const Plan& plan, std::int64_t disk = 1) {
    RunOptions options;
    options.options["disk"] = disk;
    const RunResult result = toy_.run(plan, options);
    if (result.finding) notes_.push_back(result.finding->message);
    CHECK(toy_.missed().none());
    return notes_;
  }

  static std::string letters(const std::string& bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 512) {
      text += bytes[at] == 0 ? '.' : bytes[at];
    }
    return text;
  }

 private:
  Notes notes_;
  Toy toy_;
};

std::string sector_of(char letter) { return std::string(512, letter); }

/// Notes the first letter of the sectors that are read.
void look(Script& script, std::size_t sectors) {
  const Buffer buffer = Buffer::allocate(sectors * 512);
  static_cast<void>(script.sim.wait(script.file.pread(0, buffer)));
  script.note("reads " + PowerScript::letters(text_of(buffer)));
}

constexpr std::int64_t hostile = 3;
const PlannedDecision at_end{"end#1/crash", 1};

}  // namespace

TEST_CASE("disk power: a sync that fails gives up what it should have written") {
  PowerScript script([](Script& s) {
    s.wait(s.write(0, sector_of('a')));
    s.wait(s.file.sync());
    s.wait(s.file.sync());
    look(s, 1);
  });
  CHECK(script.run(lazy_plan({at_end, {"t/sync(f)#1/sync-error", 1}})) ==
        Notes{"512 bytes", "EIO", "0 bytes", "reads a", "found ."});
  CHECK(script.run(lazy_plan({at_end, {"t/sync(f)#1/sync-error", 2}})) ==
        Notes{"512 bytes", "ENOSPC", "0 bytes", "reads a", "found ."});
}

TEST_CASE("disk power: a sync may take back what it could not write") {
  PowerScript script([](Script& s) {
    s.wait(s.write(0, sector_of('a')));
    s.wait(s.file.sync());
    s.wait(s.write(0, sector_of('b')));
    s.wait(s.file.sync());
    look(s, 1);
  });
  CHECK(script.run(lazy_plan({at_end, {"t/sync(f)#2/sync-error", 3}})) ==
        Notes{"512 bytes", "0 bytes", "512 bytes", "EIO", "reads a", "found a"});
}

TEST_CASE("disk power: the next sync may report what the last one did not write") {
  PowerScript script([](Script& s) {
    s.wait(s.write(0, sector_of('a')));
    s.wait(s.file.sync());
    s.wait(s.file.sync());
    s.wait(s.file.sync());
  });
  CHECK(script.run(lazy_plan({at_end, {"t/sync(f)#1/sync-error", 4}}), hostile) ==
        Notes{"512 bytes", "0 bytes", "EIO", "0 bytes", "found ."});
}

TEST_CASE("disk power: a durable write needs no sync") {
  PowerScript script([](Script& s) {
    s.wait(s.file.pwrite(0, buffer_of(sector_of('a')), WriteOptions{.durable = true}));
    s.wait(s.write(512, sector_of('b')));
  });
  CHECK(script.run(lazy_plan({at_end})).back() == "found a");
}

TEST_CASE("disk power: reserved room and holes are changes like others") {
  PowerScript script([](Script& s) {
    s.wait(s.write(0, sector_of('a') + sector_of('b')));
    s.wait(s.file.sync());
    s.wait(s.file.punch_hole(0, 512));
    s.wait(s.file.allocate(0, 4 * 512));
  });
  CHECK(script.run(lazy_plan({at_end})).back() == "found ab");
  CHECK(script.run(lazy_plan({at_end, {"power#1/survival", 1}})).back() == "found .b..");
}

TEST_CASE("disk power: what a device does in silence it does if it is hostile") {
  PowerScript script([](Script& s) {
    s.wait(s.write(0, sector_of('a') + sector_of('b')));
    s.wait(s.file.sync());
    s.wait(s.write(0, sector_of('c')));
    look(s, 1);
    s.wait(s.file.sync());
    look(s, 2);
  });
  const auto last = [&](const PlannedDecision& lie) {
    const Notes& notes = script.run(lazy_plan({at_end, lie}), hostile);
    return notes[3] + ", " + notes[5] + ", " + notes[6];
  };
  CHECK(last({"power#1/survival", 1}) == "reads c, reads cb, found cb");
  CHECK(last({"t/sync(f)#2/sync-lie", 1}) == "reads c, reads cb, found ab");
  CHECK(last({"t/read(f)#2/rot", 1}) == "reads c, reads bb, found bb");
  CHECK(last({"t/write(f)#2/lost-write", 1}) == "reads c, reads cb, found ab");
  CHECK(last({"t/read(f)#1/stale-read", 1}) == "reads a, reads cb, found cb");
  CHECK(last({"t/read(f)#1/misplaced-read", 1}) == "reads b, reads cb, found cb");
  CHECK(last({"t/write(f)#2/misplaced-write", 1}) == "reads a, reads ac, found ac");
}

TEST_CASE("disk power: a device that is not hostile does not lie") {
  PowerScript script([](Script& s) {
    s.wait(s.write(0, sector_of('a')));
    s.wait(s.file.sync());
  });
  Toy honest([](Sim& sim) {
    File& file = sim.open("f");
    sim.recovers([] {});
    sim.task("t", [&] { static_cast<void>(sim.wait(file.sync())); });
    sim.run();
  });
  const RunResult result = honest.run(lazy_plan({{"t/sync(f)#1/sync-lie", 1}}));
  CHECK_FALSE(result.finding);
  CHECK(honest.missed().decisions == std::vector<std::size_t>{0});
  CHECK(script.run(lazy_plan({at_end})).back() == "found a");
}

TEST_CASE("disk power: in a quiet phase nothing is lost any more") {
  bool is_done = false;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    is_done = false;
    sim.recovers([] {});
    sim.task("t", [&] {
      sim.quiet();
      static_cast<void>(sim.wait(file.pwrite(0, buffer_of("a"))));
      is_done = true;
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan({{"t/write(f)#1/crash", 1}}));
  CHECK_FALSE(result.finding);
  CHECK(is_done);
}
