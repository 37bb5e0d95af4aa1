// `reprise new`, and that what it writes does what its README says.
#include <doctest/doctest.h>
#include <reprise/replay/json/json.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

namespace {

using doctest::Contains;
using tests::Captured;
using tests::TemporaryFolder;
namespace fs = std::filesystem;

std::string program() {
  const char* const path = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(path != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  return path;
}

// Commands are typed in an empty folder.
struct Bench {
  TemporaryFolder folder;

  Captured run(const std::string& arguments, const std::string& below = ".") const {
    return tests::capture_command("cd '" + folder / below + "' && REPRISE_CACHE='" +
                                  folder / "cache" + "' '" + program() + "' " + arguments);
  }
  /// All files in a folder, sorted.
  std::vector<std::string> files_in(const std::string& name) const {
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(folder / name)) {
      if (entry.is_regular_file()) {
        paths.push_back(fs::relative(entry.path(), folder / name).string());
      }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
};

doctest::String text(const std::string& from) { return {from.c_str()}; }

void check_refused(const Captured& captured, const char* sentence) {
  CHECK(captured.exit == 2);
  CHECK(captured.out.empty());
  CHECK(captured.err.starts_with("error: "));
  CHECK(captured.err.find('\n') == captured.err.size() - 1);
  CHECK(text(captured.err) == Contains(sentence));
}

// As the README says: the line that changes the count goes behind the one that yields.
void mend(const std::string& path) {
  std::string code = TemporaryFolder::read(path);
  const std::size_t first = code.find("    count_ += 1;");
  const std::size_t second = code.find("    RETURN_IF_IO(load());", first);
  const std::size_t end = code.find("    return count_;", second);
  REQUIRE(end != std::string::npos);
  const std::string changes = code.substr(first, second - first);
  const std::string yields = code.substr(second, end - second);
  fs::resize_file(path, 0);
  std::ofstream(path) << code.replace(first, end - first, yields + changes);
}

}  // namespace

TEST_CASE("new: the machine has a bug that is found at once and can be mended") {
  const Bench bench;
  const Captured made = bench.run("new page-cache");
  CHECK(made.exit == 0);
  CHECK(made.err.empty());
  CHECK(made.out.ends_with("\n  " + program() + " fuzz page-cache/page-cache.cpp\n"));
  const std::vector<std::string> files = {"README.md", "page-cache.cpp", "page-cache.h"};
  CHECK(bench.files_in("page-cache") == files);
  const std::string machine = TemporaryFolder::read(bench.folder / "page-cache/page-cache.h");
  CHECK(text(machine) == Contains("class PageCache {"));
  CHECK(machine.find("Tracked") == std::string::npos);
  CHECK(text(TemporaryFolder::read(bench.folder / "page-cache/page-cache.cpp")) ==
        Contains("  sim.idle(\"machine\", machine);"));

  const Captured broken = bench.run("fuzz page-cache/page-cache.cpp");
  CHECK(broken.exit == 1);
  CHECK(text(broken.out) == Contains("page-cache/bump"));
  CHECK(bench.run("replay page-cache/page-cache.cpp traces").exit == 1);
  mend(bench.folder / "page-cache/page-cache.h");
  CHECK(bench.run("replay page-cache/page-cache.cpp traces").exit == 0);
  const Captured mended = bench.run("fuzz page-cache/page-cache.cpp --seeds 500");
  CHECK(mended.exit == 0);
  CHECK(text(mended.out) == Contains(" passed, 0 failed"));
}

TEST_CASE("new: the readme names what is there") {
  const Bench bench;
  bench.run("new page-cache");
  const std::string readme = TemporaryFolder::read(bench.folder / "page-cache/README.md");
  CHECK(text(readme) == Contains("\n    reprise fuzz page-cache.cpp\n"));
  CHECK(text(readme) == Contains("\n    reprise replay page-cache.cpp traces\n"));
  CHECK(readme.find('@') == std::string::npos);
}

TEST_CASE("new: a project has what a build and a CI need") {
  const Bench bench;
  CHECK(bench.run("new counter --project").exit == 0);
  const std::vector<std::string> files = {".github/workflows/reprise.yml",
                                          ".gitignore",
                                          "CMakeLists.txt",
                                          "README.md",
                                          "counter.cpp",
                                          "counter.h"};
  CHECK(bench.files_in("counter") == files);
  const std::string cmake = TemporaryFolder::read(bench.folder / "counter/CMakeLists.txt");
  CHECK(text(cmake) == Contains("find_package(reprise"));
  CHECK(text(cmake) == Contains("add_executable(harness counter.cpp)"));
  CHECK(text(TemporaryFolder::read(bench.folder / "counter/.github/workflows/reprise.yml")) ==
        Contains(" --github\n"));
  for (const std::string& file : files) {
    CAPTURE(file);
    const std::string content = TemporaryFolder::read(bench.folder / "counter/" + file);
    CHECK(content.find("@NAME@") == std::string::npos);
    CHECK(content.find("@Type@") == std::string::npos);
    CHECK(!content.empty());
  }
}

// Each with a name that is no name in C.
TEST_CASE("new: the other examples are clean until their planted bug is switched on") {
  const Bench bench;
  struct Example {
    std::string option, sources, finding;
    std::vector<std::string> files;
  };
  const std::vector<Example> all = {
      {"--c-library",
       "a-b/a-b.cpp a-b/a-b.c",
       "error[invariant]: expected: lines that were counted: 2 to be 1",
       {"README.md", "a-b.c", "a-b.cpp", "a-b.h"}},
      {"--server", "a-b/a-b.cpp", "error[deadlock]", {"README.md", "a-b.cpp", "a-b.h"}},
      {"--storage-engine", "a-b/a-b.cpp", "error[durability]", {"README.md", "a-b.cpp", "a-b.h"}}};
  for (const Example& example : all) {
    CAPTURE(example.option);
    fs::remove_all(bench.folder / "a-b");
    const Captured made = bench.run("new a-b " + example.option);
    CHECK(made.exit == 0);
    CHECK(made.out.ends_with("\nTest it:\n\n  " + program() + " fuzz " + example.sources + "\n"));
    CHECK(bench.files_in("a-b") == example.files);
    for (const std::string& file : example.files) {
      CHECK(TemporaryFolder::read(bench.folder / "a-b/" + file).find('@') == std::string::npos);
    }
    const Captured clean = bench.run("fuzz " + example.sources + " --seed 1 --seeds 1000");
    CHECK(clean.exit == 0);
    CHECK(text(clean.out) == Contains(" passed, 0 failed"));
    CHECK(text(clean.err) != Contains("warning"));
    CHECK(bench.run("sweep " + example.sources).exit == 0);
    const std::string flags = " -- -DPLANTED_BUG -Wall -Wextra";
    const Captured broken = bench.run("fuzz " + example.sources + flags);
    CHECK(broken.exit == 1);
    CHECK(text(broken.err) != Contains("warning"));
    CHECK(text(broken.out) == Contains(text(example.finding)));
    CHECK(bench.run("replay " + example.sources + " traces" + flags).exit == 1);
    fs::remove_all(bench.folder / "traces");
  }
}

TEST_CASE("new: the readmes of the examples name what to type") {
  const Bench bench;
  CHECK(bench.run("new parser --c-library").exit == 0);
  const std::string readme = TemporaryFolder::read(bench.folder / "parser/README.md");
  CHECK(text(readme) == Contains("\n    reprise fuzz parser.cpp parser.c\n"));
  CHECK(text(readme) == Contains("\n    reprise fuzz parser.cpp parser.c -- -DPLANTED_BUG\n"));
  check_refused(bench.run("new other --server --c-library"), "--c-library cannot go with --server");
  check_refused(bench.run("new other --server --project"), "--server cannot go with --project");
  check_refused(bench.run("new --server"), "needs a NAME");
  CHECK_FALSE(fs::exists(bench.folder / "other"));
}

TEST_CASE("new: instructions for agents are written into this folder") {
  const Bench bench;
  const Captured made = bench.run("new --agents");
  CHECK(made.exit == 0);
  CHECK(made.out.starts_with("AGENTS.md  how to drive reprise"));
  CHECK(made.out.ends_with("\n  " + program() + " new practice\n"));
  CHECK(bench.folder.files() == std::vector<std::string>{"AGENTS.md"});
  const std::string agents = TemporaryFolder::read(bench.folder / "AGENTS.md");
  CHECK(agents.starts_with("# Testing with Reprise\n"));
  CHECK(agents.find("<!--") == std::string::npos);

  check_refused(bench.run("new --agents"), "AGENTS.md is there already, and is left alone");
  CHECK(TemporaryFolder::read(bench.folder / "AGENTS.md") == agents);
  fs::create_symlink("nowhere", bench.folder / "dangling");
  fs::remove(bench.folder / "AGENTS.md");
  fs::rename(bench.folder / "dangling", bench.folder / "AGENTS.md");
  check_refused(bench.run("new --agents"), "AGENTS.md is there already");
}

TEST_CASE("new: a folder gets the instructions for agents if asked") {
  const Bench bench;
  CHECK(bench.run("new counter --agents").exit == 0);
  const std::vector<std::string> files = {"AGENTS.md", "README.md", "counter.cpp", "counter.h"};
  CHECK(bench.files_in("counter") == files);
  CHECK(bench.run("new other --project --agents").exit == 0);
  CHECK(fs::exists(bench.folder / "other/AGENTS.md"));
  check_refused(bench.run("new --project --agents"), "needs a NAME");
}

TEST_CASE("new: the instructions for agents have every exit status") {
  const Bench bench;
  bench.run("new --agents");
  const std::string agents = TemporaryFolder::read(bench.folder / "AGENTS.md");
  for (const char* const status : {"0", "1", "2", "3", "4", "5", "70"}) {
    CHECK(text(agents) == Contains(text("\n| " + std::string(status) + " | ")));
  }
}

TEST_CASE("new: types are named after what the user gave") {
  const Bench bench;
  const auto type_of = [&](const std::string& name) {
    REQUIRE(bench.run("new " + name).exit == 0);
    const std::string code = TemporaryFolder::read(bench.folder / name + "/" + name + ".h");
    const std::size_t at = code.find("class ") + 6;
    return code.substr(at, code.find(' ', at) - at);
  };
  CHECK(type_of("wal") == "Wal");
  CHECK(type_of("page_cache-2") == "PageCache2");
  CHECK(type_of("BTree") == "BTree");
  CHECK(type_of("EOF") == "Eof");
  CHECK(type_of("INT_MAX") == "IntMax");
  CHECK(type_of("a--b_") == "AB");
}

TEST_CASE("new: a bad name is one sentence and exit status 2") {
  const Bench bench;
  for (const std::string name :
       {"../x", "a/b", "/tmp/x", ".", "2pc", "'a b'", "-- -x", "''", "a.cpp", "ü"}) {
    CAPTURE(name);
    check_refused(bench.run("new " + name), " is no NAME: a letter, then letters, digits, - and _");
  }
  check_refused(bench.run("new " + std::string(61, 'a')), "at most 60 in all");
  check_refused(bench.run("new"), "needs a NAME");
  check_refused(bench.run("new a b"), "`new` takes one NAME");
  check_refused(bench.run("new a --projet"), "did you mean \"--project\"?");
  CHECK(bench.folder.files().empty());
}

TEST_CASE("new: what is there is left alone") {
  const Bench bench;
  bench.folder.write("taken/mine.txt", "mine");
  bench.folder.write("file", "mine");
  check_refused(bench.run("new taken"), "taken is there already");
  check_refused(bench.run("new file"), "file is there already");
  CHECK(bench.files_in("taken") == std::vector<std::string>{"mine.txt"});
  CHECK(TemporaryFolder::read(bench.folder / "file") == "mine");
}

TEST_CASE("new: a place that cannot be written to is one sentence") {
  check_refused(tests::capture_command("cd /proc && '" + program() + "' new machine"),
                "machine: this folder cannot be made: ");
  check_refused(tests::capture_command("cd /proc && '" + program() + "' new --agents"),
                "AGENTS.md: cannot be written: ");
}

TEST_CASE("new: json names the files and the next command") {
  const Bench bench;
  const Captured made = bench.run("new counter --json");
  const Expected<JsonValue> json = parse_json(made.out);
  REQUIRE(json.ok());
  const JsonValue* const files = json.value().find("files");
  REQUIRE(files != nullptr);
  REQUIRE(files->items.size() == 3);
  for (const JsonValue& file : files->items) CHECK(fs::exists(bench.folder / file.text));
  REQUIRE(json.value().find("next") != nullptr);
  CHECK(json.value().find("next")->text == program() + " fuzz counter/counter.cpp");
  const Expected<JsonValue> agents = parse_json(bench.run("new --agents --json").out);
  REQUIRE(agents.ok());
  REQUIRE(agents.value().find("files")->items.size() == 1);
  CHECK(agents.value().find("files")->items.front().text == "AGENTS.md");
  CHECK(agents.value().find("next")->text == program() + " new practice");
}

}  // namespace reprise
