// The simulated disk and the real back ends: what one script shows must be the same where I/Os do
// not overlap in time, and where they do, what the simulated disk does in some order of effects.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "tests/support/back_ends.h"
#include "tests/support/io_script.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/toy.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

/// What is seen of a script: a note for each step, and the files at the end.
using Seen = std::vector<std::string>;

// Scripts on the simulated disk, all in one world.
class SimulatedDisk {
 public:
  SimulatedDisk() { toy_.log(false); }

  /// One after the other.
  Seen play(const std::vector<ScriptStep>& script) {
    return run([&](Sim& sim, ScriptPlayer& player, Seen& seen) {
      for (const ScriptStep& step : script) seen.push_back(play(sim, player, step));
    });
  }
  /// The same on the file 0, which is "a" and holds `text`.
  Seen play_on(const std::string& text, const std::vector<ScriptStep>& script) {
    return run([&](Sim& sim, ScriptPlayer& player, Seen& seen) {
      sim.write_file("a", text);
      ScriptStep open;
      open.act = ScriptStep::Act::open;
      open.name = "a";
      play(sim, player, open);
      for (const ScriptStep& step : script) seen.push_back(play(sim, player, step));
    });
  }

 private:
  using Body = std::function<void(Sim&, ScriptPlayer&, Seen&)>;

  static std::string play(Sim& sim, ScriptPlayer& player, const ScriptStep& step) {
    const Played played = player.play(step);
    if (played.completion) sim.wait(played.completion);
    return to_note(played);
  }

  Seen run(Body body) {
    body_ = std::move(body);
    seen_.clear();
    const RunResult result = toy_.run(lazy_plan());
    CHECK_FALSE(result.finding);
    if (result.finding) MESSAGE(result.finding->check << ": " << result.finding->message);
    return seen_;
  }

  Body body_;
  Seen seen_;
  Toy toy_{[this](Sim& sim) {
    ScriptPlayer player(sim.io(), "");
    sim.task("script", [&] { body_(sim, player, seen_); });
    sim.run();
    for (const std::string_view name : script_names) seen_.push_back(sim.read_file(name));
  }};
};

Seen play_for_real(BackEnd& io, const std::vector<ScriptStep>& script) {
  const TemporaryFolder folder;
  Seen seen;
  {
    ScriptPlayer player(io, folder.path());
    for (const ScriptStep& step : script) {
      const Played played = player.play(step);
      if (played.completion) finish(io, played.completion);
      seen.push_back(to_note(played));
    }
  }
  for (const std::string_view name : script_names) {
    seen.push_back(TemporaryFolder::read(folder / name));
  }
  return seen;
}

// In words, where they differ first; empty if they do not.
std::string difference(const Seen& is, const Seen& should_be,
                       const std::vector<ScriptStep>& script) {
  for (std::size_t i = 0; i < std::max(is.size(), should_be.size()); ++i) {
    const auto at = [&](const Seen& seen) {
      return i < seen.size() ? seen[i].substr(0, 40) + " (" + std::to_string(seen[i].size()) + ")"
                             : "nothing";
    };
    if (i < is.size() && i < should_be.size() && is[i] == should_be[i]) continue;
    const std::string step = i < script.size() ? script[i].text() : "a file at the end";
    return step + ": " + at(is) + ", simulated: " + at(should_be);
  }
  return "";
}

/// Whether the simulated disk does the same in some order of the effects. What was cancelled has
/// none.
bool is_permitted(SimulatedDisk& disk, const std::string& before,
                  const std::vector<ScriptStep>& round, const Seen& notes,
                  const std::string& after) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < round.size(); ++i) {
    if (notes[i] != "ECANCELED") order.push_back(i);
  }
  do {
    std::vector<ScriptStep> script;
    Seen expected;
    for (const std::size_t i : order) {
      script.push_back(round[i]);
      expected.push_back(notes[i]);
    }
    for (const std::string_view name : script_names) expected.push_back(name == "a" ? after : "");
    if (disk.play_on(before, script) == expected) return true;
  } while (std::ranges::next_permutation(order).found);
  return false;
}

void check_rounds(SimulatedDisk& disk, BackEnd& io, std::uint64_t seed) {
  const TemporaryFolder folder;
  ScriptPlayer player(io, folder.path());
  ScriptStep open;
  open.act = ScriptStep::Act::open;
  open.name = "a";
  player.play(open);
  for (const std::vector<ScriptStep>& round : random_rounds(seed)) {
    const std::string before = TemporaryFolder::read(folder / "a");
    std::vector<Played> played;
    for (const ScriptStep& step : round) played.push_back(player.play(step));
    if (seed % 2 == 0) io.turn(BackEnd::Wait::no);
    for (std::size_t i = 0; i < round.size(); ++i) {
      if (round[i].cancel) played[i].completion.cancel();
    }
    drain(io);
    Seen notes;
    std::string words;
    for (std::size_t i = 0; i < round.size(); ++i) {
      notes.push_back(to_note(played[i]));
      words += round[i].text() + ": " + notes.back().substr(0, 20) + "\n";
    }
    const std::string after = TemporaryFolder::read(folder / "a");
    CAPTURE(seed);
    CAPTURE(words);
    CHECK(is_permitted(disk, before, round, notes, after));
  }
}

// REPRISE_CONFORMANCE_SEEDS says how many scripts are played.
std::uint64_t seeds(std::uint64_t otherwise) {
  const char* const asked = std::getenv("REPRISE_CONFORMANCE_SEEDS");
  return asked != nullptr ? std::strtoull(asked, nullptr, 10) : otherwise;
}

template <class Kind>
void check_scripts(std::uint64_t first, std::uint64_t count) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  SimulatedDisk disk;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    const std::vector<ScriptStep> script = random_script(seed);
    const std::string differs = difference(play_for_real(*io, script), disk.play(script), script);
    CHECK(differs == "");
  }
}

template <class Kind>
void check_all_rounds(std::uint64_t first, std::uint64_t count) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  SimulatedDisk disk;
  for (std::uint64_t seed = first; seed < first + count; ++seed) check_rounds(disk, *io, seed);
}

}  // namespace

TEST_CASE_TEMPLATE("conformance: one I/O at a time does what it does on the simulated disk", Kind,
                   PosixBackEnd, UringBackEnd) {
  check_scripts<Kind>(1, seeds(300));
}

TEST_CASE_TEMPLATE("conformance: I/Os in flight together do what some order of effects explains",
                   Kind, PosixBackEnd, UringBackEnd) {
  check_all_rounds<Kind>(1, seeds(150));
}

TEST_CASE_TEMPLATE("conformance: so do many more one at a time" * doctest::test_suite("slow"), Kind,
                   PosixBackEnd, UringBackEnd) {
  check_scripts<Kind>(1'000'000, 5000);
}

TEST_CASE_TEMPLATE("conformance: so do many more in flight together" * doctest::test_suite("slow"),
                   Kind, PosixBackEnd, UringBackEnd) {
  check_all_rounds<Kind>(1'000'000, 5000);
}
