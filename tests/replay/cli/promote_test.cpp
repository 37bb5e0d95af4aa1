// `reprise promote`: a trace becomes a test of the user's tree.
#include <doctest/doctest.h>
#include <reprise/replay/cli/cmake_tests.h>
#include <reprise/replay/trace/trace.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::Captured;
using tests::Registered;
using tests::TemporaryFolder;
using tests::text;
namespace fs = std::filesystem;

constexpr const char* project =
    "project(p)\n"
    "# target_link_libraries(old PRIVATE reprise::main)\n"
    "add_executable(harness h.cpp)\n"
    "target_link_libraries(harness PRIVATE lib \"reprise::main\" reprise::watch)\n"
    "include(CTest)\n";

// A tree of a user's, in which commands are typed.
struct Bench {
  Registered clean{"toys/clean", tests::clean_toy};
  Registered counter{"toys/counter", tests::double_mutation_toy};
  TemporaryFolder tree;

  Captured run(const std::vector<std::string>& arguments) const {
    return tests::capture([&] {
      fs::current_path(tree.path());
      return tests::command_line(arguments);
    });
  }
  std::string read(const std::string& name) const { return TemporaryFolder::read(tree / name); }
  // The full trace of a bug, in the folder `found`.
  std::string found() const {
    run({"fuzz", "toys/counter", "--seeds", "5", "--out", "found", "--full"});
    return fs::relative(fs::directory_iterator(tree / "found")->path(), tree.path()).string();
  }
};

TEST_CASE("promote: the trace is kept and a test replays its folder") {
  const Bench bench;
  bench.tree.write("CMakeLists.txt", project);
  const Captured kept = bench.run({"promote", bench.found()});
  CHECK(kept.exit == 0);
  CHECK(text(kept.out) == Contains(": kept as traces/double-mutation-toys-counter-"));
  CHECK(text(kept.out) == Contains("its test fails until the bug is mended"));
  CHECK(kept.err == "CMakeLists.txt has a new test that replays traces\n");
  const fs::path trace = fs::directory_iterator(bench.tree / "traces")->path();
  const Expected<Trace> minimal = parse_trace(TemporaryFolder::read(trace.string()));
  REQUIRE(minimal.ok());
  CHECK(minimal.value().events.empty());
  CHECK(bench.read("CMakeLists.txt") ==
        std::string(project) +
            "\n# Bugs that were found once.\n"
            "add_test(NAME reprise-traces COMMAND harness replay \"traces\"\n"
            "  WORKING_DIRECTORY \"${CMAKE_CURRENT_SOURCE_DIR}\")\n");
}

TEST_CASE("promote: a second time changes nothing") {
  const Bench bench;
  bench.tree.write("CMakeLists.txt", project);
  const std::string found = bench.found();
  bench.run({"promote", found});
  const std::string cmake = bench.read("CMakeLists.txt");
  const Captured again = bench.run({"promote", found});
  CHECK(again.exit == 0);
  CHECK(again.err == "CMakeLists.txt has a test already that replays traces\n");
  CHECK(bench.read("CMakeLists.txt") == cmake);
  const fs::directory_iterator traces(bench.tree / "traces");
  CHECK(std::distance(begin(traces), end(traces)) == 1);
}

TEST_CASE("promote: another folder and another file of CMake") {
  const Bench bench;
  bench.tree.write("tests/CMakeLists.txt", "add_executable(x x.cpp)");
  const std::string found = bench.found();
  const std::vector<std::string> arguments = {"promote",       found,     "--out",
                                              "tests/kept $x", "--cmake", "tests/CMakeLists.txt"};
  const Captured unknown = bench.run(arguments);
  CHECK(unknown.exit == 2);
  CHECK(text(unknown.err) == Contains("no target is linked with reprise::main; --target "));
  CHECK(bench.read("tests/CMakeLists.txt") == "add_executable(x x.cpp)");
  std::vector<std::string> with_target = arguments;
  with_target.insert(with_target.end(), {"--target", "x"});
  CHECK(bench.run(with_target).exit == 0);
  CHECK(bench.read("tests/CMakeLists.txt") ==
        "add_executable(x x.cpp)\n"
        "\n# Bugs that were found once.\n"
        "enable_testing()\n"
        "add_test(NAME reprise-kept--x COMMAND x replay \"kept \\$x\"\n"
        "  WORKING_DIRECTORY \"${CMAKE_CURRENT_SOURCE_DIR}\")\n");
}

TEST_CASE("promote: without a file of CMake the trace is kept and no more") {
  const Bench bench;
  const Captured kept = bench.run({"promote", bench.found()});
  CHECK(kept.exit == 0);
  CHECK(text(kept.err) == Contains("there is no CMakeLists.txt: no test was added"));
  CHECK(fs::exists(bench.tree / "traces"));
  const std::vector<std::string> named = {"promote", bench.found(), "--cmake", "none.txt"};
  CHECK(bench.run(named).exit == 2);
}

TEST_CASE("promote: a trace of what is mended is kept") {
  const Bench bench;
  Trace trace{.scenario = "toys/clean", .plan = {Base::lazy, {}, {}}};
  trace.finding = TracedFinding{"double-mutation", "double-mutation x", "x", {}};
  bench.tree.write("mended.json", to_json(trace));
  const Captured kept = bench.run({"promote", "mended.json"});
  CHECK(kept.exit == 0);
  CHECK(text(kept.out) == Contains("it does not fail now, and its test says if it does again"));
}

TEST_CASE("promote: a trace that shows another finding is not kept") {
  const Bench bench;
  Trace trace{.scenario = "toys/counter", .plan = {Base::lazy, {}, {}}};
  trace.finding = TracedFinding{"leak", "leak x", "x", {}};
  bench.tree.write("CMakeLists.txt", project);
  bench.tree.write("other.json", to_json(trace));
  const Captured refused = bench.run({"promote", "other.json"});
  CHECK(refused.exit == 1);
  CHECK(text(refused.out) == Contains("not kept: it fails now with another finding"));
  CHECK_FALSE(fs::exists(bench.tree / "traces"));
  CHECK(bench.read("CMakeLists.txt") == project);
  CHECK(bench.run({"promote", "none.json"}).exit == 2);
}

TEST_CASE("promote: ctest fails while the bug is there") {
  const char* const program = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(program != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  const TemporaryFolder tree;
  tree.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.24)\nproject(tree NONE)\n");
  const auto type = [&](const std::string& command) {
    return tests::capture_command("cd '" + tree.path() + "' && " + command);
  };
  const std::string reprise = std::string("'") + program + "'";
  CHECK(type(reprise + " fuzz reentry/counter-add/broken --seeds 5 --out found").exit == 1);
  const Captured kept = type(reprise + " promote found --target " + reprise);
  CHECK_MESSAGE(kept.exit == 0, kept.err);
  CHECK(type("cmake -G Ninja -S . -B build").exit == 0);
  const Captured ctest = type("ctest --test-dir build --output-on-failure");
  CHECK(ctest.exit != 0);
  CHECK(text(ctest.out) == Contains("reprise-traces"));
  CHECK(text(ctest.out) == Contains("failed again, with the same finding"));
}

TEST_CASE("promote: tests that replay the folder are recognised") {
  for (const char* const test : {"add_test(NAME a COMMAND harness replay traces)",
                                 "add_test(NAME a\n  COMMAND harness replay --strict "
                                 "\"${CMAKE_CURRENT_SOURCE_DIR}/traces/\")",
                                 "if(x)\n  add_test(a harness replay ./traces -q)\nendif()"}) {
    CAPTURE(test);
    CHECK(has_replay_test(test, "traces"));
  }
  for (const char* const test :
       {"add_test(NAME a COMMAND harness replay other)",
        "# add_test(NAME a COMMAND h replay traces)",
        "add_test(NAME traces COMMAND harness replay other)", "set(replay traces)", "add_test("}) {
    CAPTURE(test);
    CHECK_FALSE(has_replay_test(test, "traces"));
  }
  CHECK(harness_target(project) == "harness");
  CHECK(harness_target("target_link_libraries(x PRIVATE reprise::core)").empty());
}

}  // namespace
}  // namespace reprise
