#include "tests/tidy/tidy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/rooms.h"
#include "tests/tidy/tree.h"

using reprise::tests::Complaint;
using reprise::tests::tidy;
using reprise::tests::tidy_rooms;
using reprise::tests::tidy_tree;

namespace {

// The one complaint about `line` in `path`, or what there is instead.
std::string about(std::string_view path, std::string_view line) {
  std::string text(line);
  text += "\n";
  if (path.ends_with(".h")) text = "// A header.\n#pragma once\n" + text;
  const std::vector<Complaint> complaints = tidy(path, text);
  if (complaints.empty()) return "";
  if (complaints.size() > 1) return "more than one complaint";
  if (complaints[0].line != (path.ends_with(".h") ? 3 : 1)) return "wrong line";
  return complaints[0].sentence;
}

bool has(const std::string& sentence, std::string_view part) {
  CAPTURE(sentence);
  return sentence.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("tidy: every banned word is found and its replacement named") {
  struct Case {
    const char* path;
    const char* line;
    const char* replacement;
  };
  for (const Case& c : {
           Case{"sim/pool.cpp", "std::unordered_map<int, int> m;", "sorted vector"},
           Case{"sim/pool.cpp", "return std::hash<int>{}(3);", "Digest"},
           Case{"sim/pool.cpp", "std::uniform_int_distribution<int> d(0, 3);", "Rng"},
           Case{"sim/pool.cpp", "std::shuffle(a, b, rng);", "Rng"},
           Case{"sim/pool.cpp", "std::ranges::sample(a, b, 3, rng);", "Rng"},
           Case{"sim/pool.cpp", "std::mt19937_64 engine;", "Rng"},
           Case{"sim/pool.cpp", "std::random_device device;", "Rng"},
           Case{"scenarios/a.cpp", "int x = rand();", "Rng"},
           Case{"core/time.h", "double seconds() const;", "integers"},
           Case{"sim/pool.cpp", "float ratio = 1;", "integers"},
           Case{"replay/fuzz.cpp", "auto t = std::chrono::steady_clock::now();", "world's clock"},
           Case{"sim/clock.cpp", "now = time(nullptr);", "world's clock"},
           Case{"sim/clock.cpp", "return std::time(nullptr);", "world's clock"},
           Case{"replay/fuzz.cpp", "std::thread worker;", "task"},
           Case{"sim/clock.cpp", "std::mutex mutex;", "task"},
           Case{"replay/report/page.cpp", "out.imbue(std::locale());", "to_chars"},
           Case{"sim/world/world.cpp", "auto v = std::getenv(\"X\");", "option"},
           Case{"sim/world/world.cpp", "if (fork() == 0) {", "worker"},
           Case{"replay/fuzz.cpp", "::waitpid(pid, &status, 0);", "worker"},
           Case{"sim/world/world.cpp", "throw Failure{};", "REPRISE_ASSERT"},
           Case{"sim/world/world.cpp", "std::map<const Task*, int> turns;", "sequence number"},
           Case{"sim/world/world.cpp", "std::set<Task*> ready;", "sequence number"},
       }) {
    CAPTURE(c.line);
    CHECK(has(about(c.path, c.line), c.replacement));
  }
}

TEST_CASE("tidy: what only looks like a banned word is left alone") {
  for (const char* line : {
           "// std::unordered_map is banned",
           "const char* text = \"std::thread and float\";",
           "auto raw = R\"(std::hash<int> double)\";",
           "/* fork() */ int x = 1'000;",
           "Rng other = rng.fork(\"disk\");",
           "Rng Rng::fork(std::string_view name) const {",
           "const Site double_mutation = site;",
           "Instant time() const;",
           "return world.time();",
           "catch (...) { throw; }",
           "std::map<int, Task*> tasks;",
           "#include <boost/intrusive/list.hpp>",
       }) {
    CAPTURE(line);
    CHECK(about("sim/world/world.cpp", line) == "");
  }
}

TEST_CASE("tidy: the files that may know a thing may use it") {
  CHECK(about("replay/cli/cli.cpp", "auto v = std::getenv(\"NO_COLOR\");") == "");
  CHECK(about("replay/worker/worker.cpp", "const pid_t child = fork();") == "");
  CHECK(about("core/back_end/posix.cpp", "clock_gettime(CLOCK_MONOTONIC, &now);") == "");
  CHECK(about("tests/bench/bench.cpp", "auto t = std::chrono::steady_clock::now();") == "");
  CHECK(about("replay/report/page.cpp", "double percent = 0;") == "");
  CHECK(about("sim/world/fiber.cpp", "#include <boost/context/fiber.hpp>") == "");
  CHECK(about("replay/trace/trace.cpp", "#include <nlohmann/json.hpp>") == "");
  CHECK(about("replay/cli/cli.cpp", "#include <CLI/CLI.hpp>") == "");
}

TEST_CASE("tidy: the direction of includes is kept") {
  CHECK(has(about("core/io.cpp", "#include <reprise/sim/device/disk/disk.h>"),
            "core may not include sim"));
  CHECK(has(about("sim/device/disk.cpp", "#include <reprise/replay/trace/trace.h>"),
            "sim may not include"));
  CHECK(has(about("replay/fuzz.cpp", "#include \"scenarios/pager.h\""), "registry"));
  CHECK(has(about("replay/cli/main.cpp", "#include \"../../scenarios/pager.h\""), "registry"));
  CHECK(has(about("scenarios/pager.cpp", "#include <reprise/replay/trace/trace.h>"), "registry"));
  CHECK(has(about("sim/device/disk.cpp", "#include \"tests/support/fake.h\""), "tests/"));
  CHECK(has(about("sim/device/disk.cpp", "#include \"examples/a/b.h\""), "examples/"));
  CHECK(has(about("examples/a/b.cpp", "#include \"tests/support/toy.h\""), "tests/"));
  CHECK(has(about("sim/device/disk.cpp", "#include \"sim/device/disk/disk.h\""),
            "<reprise/sim/device/disk/disk.h>"));
  CHECK(has(about("sim/device/disk.cpp", "#include <reprise/reprise.h>"), "for scenarios"));

  CHECK(about("sim/device/disk.cpp", "#include <reprise/core/io.h>") == "");
  CHECK(about("replay/fuzz.cpp", "#include <reprise/sim/device/disk/disk.h>") == "");
  CHECK(about("scenarios/pager.cpp", "#include <reprise/reprise.h>") == "");
  CHECK(about("scenarios/sqlite/a.cpp", "#include <reprise/engines/sqlite/engine.h>") == "");
  CHECK(about("engines/sqlite/engine.h", "#include <reprise/sim/sim.h>") == "");
  CHECK(has(about("sim/sim.h", "#include <reprise/engines/sqlite/engine.h>"), "direction"));
  CHECK(about("scenarios/pager.cpp", "#include \"scenarios/pager.h\"") == "");
  CHECK(about("scenarios/wal/a.cpp", "#include \"wal.h\"") == "");
  CHECK(about("examples/a/b.cpp", "#include <reprise/replay/fuzz.h>") == "");
  CHECK(about("examples/a/b.cpp", "#include <doctest/doctest.h>") == "");
  CHECK(about("examples/a/b.cpp", "TEST_CASE(\"counts\") {") == "");
  CHECK(about("tests/replay/fuzz_test.cpp", "#include <reprise/replay/fuzz.h>") == "");
  CHECK(about("reprise.h", "#include <reprise/replay/fuzz.h>") == "");
}

TEST_CASE("tidy: a room includes only those before it") {
  const std::string sentence = "only those before it";
  CHECK(has(about("replay/trace/a.cpp", "#include <reprise/replay/campaign/seed.h>"), sentence));
  CHECK(has(about("replay/text/a.h", "#include <reprise/replay/json/json.h>"), sentence));
  CHECK(has(about("replay/report/a.cpp", "#include <reprise/replay/fuzz.h>"), sentence));
  CHECK(has(about("replay/fuzz.cpp", "#include <reprise/replay/cli/cli.h>"), sentence));
  CHECK(has(about("sim/plan/a.cpp", "#include <reprise/sim/strategy/strategy.h>"), sentence));
  CHECK(has(about("sim/check/a.cpp", "#include <reprise/sim/world/world.h>"), sentence));
  CHECK(has(about("sim/world/a.cpp", "#include <reprise/sim/sim.h>"), sentence));
  CHECK(has(about("sim/finding.h", "#include <reprise/sim/plan/plan.h>"), sentence));

  CHECK(about("replay/campaign/a.cpp", "#include <reprise/replay/trace/trace.h>") == "");
  CHECK(about("replay/campaign/a.cpp", "#include <reprise/replay/campaign/seed.h>") == "");
  CHECK(about("replay/fuzz.cpp", "#include <reprise/replay/report/report.h>") == "");
  CHECK(about("replay/cli/build/a.cpp", "#include <reprise/replay/fuzz.h>") == "");
  CHECK(about("sim/plan/a.cpp", "#include <reprise/sim/finding.h>") == "");
  CHECK(about("sim/world/a.cpp", "#include <reprise/sim/check/check.h>") == "");
  CHECK(about("sim/runner.cpp", "#include <reprise/sim/world/world.h>") == "");
}

TEST_CASE("tidy: a unit of sim is in a circle with no more than two others") {
  const auto unit = [](const char* name, const char* includes) {
    return std::pair<const std::string, std::string>{
        "sim/world/" + std::string(name) + ".cpp",
        "#include <reprise/sim/world/" + std::string(includes) + ".h>\n"};
  };
  CHECK(tidy_tree({unit("a", "b"), unit("b", "c"), unit("c", "a"), unit("d", "a")}).empty());
  const auto wide = tidy_tree({unit("a", "b"), unit("b", "c"), unit("c", "d"), unit("d", "a")});
  REQUIRE(wide.size() == 1);
  CHECK(has(wide[0], "sim/world/a, sim/world/b, sim/world/c, sim/world/d"));
}

TEST_CASE("tidy: a room holds 25 units and any number of checks") {
  const auto complaints = [](const std::string& folder, int units) {
    std::vector<std::string> paths;
    for (int i = 0; i < units; ++i) {
      paths.push_back(folder + "a" + std::to_string(i) + ".h");
      paths.push_back(folder + "a" + std::to_string(i) + ".cpp");
    }
    return tidy_rooms(paths);
  };
  CHECK(complaints("sim/plan/", 25).empty());
  REQUIRE(complaints("sim/plan/", 26).size() == 1);
  CHECK(has(complaints("sim/plan/", 26).front(), "make two of it"));
  CHECK(complaints("sim/check/", 60).empty());
}

TEST_CASE("tidy: a header that nothing includes and an empty file are dead") {
  CHECK(tidy_tree(
            {{"sim/plan/a.h", "// A."}, {"sim/world/b.cpp", "#include <reprise/sim/plan/a.h>\n"}})
            .empty());
  const auto dead = tidy_tree({{"sim/plan/a.h", "// A."},
                               {"sim/plan/a.cpp", "#include <reprise/sim/plan/a.h>\n"},
                               {"tests/sim/plan/a_test.cpp", "#include <reprise/sim/plan/a.h>\n"}});
  REQUIRE(dead.size() == 1);
  CHECK(has(dead[0], "nothing includes it"));
  CHECK(tidy_tree({{"reprise.h", "// All."}}).empty());
  REQUIRE(tidy_tree({{"tests/x.txt", ""}}).size() == 1);
}

TEST_CASE("tidy: a command is listed where it is made known") {
  const std::string command = "\nconst Command diff_command{\n";
  REQUIRE(tidy_tree({{"replay/cli/command/diff.cpp", command}, {"replay/cli/commands.cpp", "x"}})
              .size() == 1);
}

TEST_CASE("tidy: third parties stay where they belong") {
  CHECK(has(about("sim/world/task.cpp", "#include <boost/context/fiber.hpp>"), "Boost.Context"));
  CHECK(has(about("sim/world/task.cpp", "#include <nlohmann/json.hpp>"), "only replay knows JSON"));
  CHECK(has(about("replay/fuzz.cpp", "#include <CLI/CLI.hpp>"), "CLI11"));
  CHECK(has(about("scenarios/a.cpp", "#include <doctest/doctest.h>"), "doctest"));
  CHECK(has(about("replay/trace/trace.h", "#include <nlohmann/json_fwd.hpp>"), "public header"));
  CHECK(has(about("core/group.h", "#include <boost/container/small_vector.hpp>"), "public header"));
}

TEST_CASE("tidy: a source includes its own header first") {
  const std::string own = "#include <reprise/sim/plan/names.h>\n";
  const std::string other = "#include <reprise/core/time.h>\n";
  CHECK(tidy("sim/plan/names.cpp", own + "\n" + other).empty());
  REQUIRE(tidy("sim/plan/names.cpp", other + own).size() == 1);
  CHECK(has(tidy("sim/plan/names.cpp", other + own)[0].sentence, "own header first"));
  CHECK(tidy("sim/plan/more_names.cpp", other + own).empty());
}

TEST_CASE("tidy: a header has a comment and a guard") {
  CHECK(tidy("core/a.h", "// A.\n#pragma once\n").empty());
  REQUIRE(tidy("core/a.h", "// A.\nint a();\n").size() == 1);
  CHECK(has(tidy("core/a.h", "// A.\nint a();\n")[0].sentence, "#pragma once"));
  REQUIRE(tidy("core/a.h", "#pragma once\n").size() == 1);
  CHECK(has(tidy("core/a.h", "#pragma once\n")[0].sentence, "comment"));
}

TEST_CASE("tidy: a file has a size") {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "int x;\n";
  CHECK(tidy("core/a.cpp", text).empty());
  REQUIRE(tidy("core/a.cpp", text + "int y;\n").size() == 1);
  CHECK(has(tidy("core/a.cpp", text + "int y;\n")[0].sentence, "split"));
}

TEST_CASE("tidy: a function has a size wherever it is defined") {
  struct Around {
    const char* begin;
    const char* end;
    int line;  // of the function's head
  };
  for (const Around& around : {
           Around{"int f() {\n", "}\n", 1},
           Around{"namespace a {\nint f() {\n", "}\n}\n", 2},
           Around{"class A {\n public:\n  int f() const {\n", "  }\n};\n", 3},
           Around{"class A {\n  struct B {\n    int f() {\n", "    }\n  };\n};\n", 3},
           Around{"template <class T>\nstruct A final : B<T> {\n  A()\n      : b_{1},\n        "
                  "c_(2) {\n",
                  "  }\n};\n", 3},
           Around{"MACRO(1)\nextern \"C\" {\nvoid f(int a,\n       int b) {\n", "}\n}\n", 3},
           Around{"TEST_CASE(\"a: b\") {\n", "}\n", 1},
       }) {
    CAPTURE(around.begin);
    const auto complaints = [&](int lines) {
      const int around_it = static_cast<int>(std::ranges::count(std::string(around.begin), '\n'));
      std::string text = around.begin;
      for (int i = around_it - around.line + 2; i < lines; ++i) text += "  g({1, 2});\n";
      return tidy("tests/core/a_test.cpp", text + around.end);
    };
    CHECK(complaints(70).empty());
    REQUIRE(complaints(71).size() == 1);
    CHECK(has(complaints(71)[0].sentence, "a function of 71 lines"));
    CHECK(complaints(71)[0].line == around.line);
  }
}

TEST_CASE("tidy: a long class and a long table are no functions") {
  for (const char* const begin :
       {"class A {\n", "namespace a {\n", "enum class Kind : int {\n", "extern \"C\" {\n",
        "const std::vector<int> numbers{\n", "constexpr int numbers[size(3)] = {\n"}) {
    CAPTURE(begin);
    std::string text = begin;
    for (int i = 0; i < 100; ++i) text += "  word,\n";
    CHECK(tidy("core/a.cpp", text + "};\n").empty());
  }
}

TEST_CASE("tidy: a header has more code than comment") {
  const auto header = [](int comments, int lines) {
    std::string text = "// A header.\n#pragma once\n";
    for (int i = 1; i < comments; ++i) text += i % 2 == 0 ? "/// More.\n" : "  // More.\n";
    for (int i = comments + 1; i < lines; ++i) text += "int x;  // A word.\n";
    return text;
  };
  CHECK(tidy("core/a.h", header(45, 100)).empty());
  REQUIRE(tidy("core/a.h", header(46, 100)).size() == 1);
  CHECK(has(tidy("core/a.h", header(46, 100))[0].sentence, "46 of the header's 100 lines"));
  CHECK(tidy("tests/a.h", header(46, 100)).empty());
  CHECK(tidy("core/a.h", header(18, 19)).empty());  // a small one may
  REQUIRE(tidy("core/a.h", header(18, 20)).size() == 1);
  const std::string escaped = "// tidy-ok: a table of the protocol\n" + header(46, 100);
  CHECK(tidy("core/a.h", escaped).empty());
}

TEST_CASE("tidy: words that the tree once had do not come back as names") {
  struct Case {
    const char* line;
    const char* now;
  };
  for (const Case& c : {
           Case{"Hunt hunted_by;", "search"},
           Case{"class SearchHunter;", "search worker"},
           Case{"auto x = whereabouts(io);", "operation ref"},
           Case{"std::vector<Sighting> seen;", "hit"},
           Case{"for (auto& s : suspects_) s.clear();", "candidate"},
           Case{"TextInk painted;", "style"},
           Case{"return is_printable(text);", "escaped"},
           Case{"enum class Aspect {};", "kind"},
           Case{"virtual int maker_now();", "origin"},
           Case{"int x;  // as maker() says", "origin"},
           Case{"int x;  // see maker_now", "origin"},
           Case{"count.holdings.clear();", "holders"},
           Case{"const Scope asking;", "unobserved"},
           Case{"// Where a hunt begins.", "search"},
       }) {
    CAPTURE(c.line);
    CHECK(has(about("sim/world/world.cpp", c.line), "say `" + std::string(c.now) + "`"));
  }
  for (const char* const line : {
           "int x;  // An aspect that the decision maker is asking about, printable or not.",
           "const char* text = \"a hunt for printable ink\";",
           "list.unlink(link);",
           "shrink(plan);",
           "Inkling makeready;",
       }) {
    CAPTURE(line);
    CHECK(about("sim/world/world.cpp", line) == "");
  }
  CHECK(about("tests/sim/world_test.cpp", "Hunt hunt;") == "");
}

TEST_CASE("tidy: a check has a name and a page and a test and a report") {
  using Files = std::map<std::string, std::string>;
  const Files whole{{"sim/check/lost_leak.cpp",
                     "#include <reprise/sim/check_names.h>\n"
                     "std::unique_ptr<Check> make_lost_leak(RunView& run)"},
                    {"sim/check_names.h", "  X(lost_leak, \"lost-leak\")"},
                    {"docs/checks/lost-leak.md", "# lost-leak: a leak\n"},
                    {"tests/sim/check/lost_leak_test.cpp", "TEST_CASE"},
                    {"tests/replay/golden/lock.txt", "error[lost-leak]: held\n"}};
  CHECK(tidy_tree(whole).empty());
  struct Case {
    const char* path;
    const char* sentence;
  };
  for (const Case& c : {
           Case{"sim/check_names.h", "leak needs its line in sim/check_names.h"},
           Case{"docs/checks/lost-leak.md", "leak needs a page"},
           Case{"tests/sim/check/lost_leak_test.cpp",
                "leak needs tests/sim/check/lost_leak_test.cpp"},
           Case{"tests/replay/golden/lock.txt", "leak needs a report"},
       }) {
    CAPTURE(c.path);
    Files less = whole;
    less[c.path] = "of another";
    if (std::string_view(c.path).ends_with("_test.cpp")) less.erase(c.path);
    REQUIRE(tidy_tree(less).size() == 1);
    CHECK(has(tidy_tree(less)[0], c.sentence));
  }
  Files watched = whole;
  watched.erase("tests/sim/check/lost_leak_test.cpp");
  watched["tests/cases/lock.cpp"] = "// Expect: lost-leak: held\n";
  watched["tests/replay/golden/lock.txt"] = "note[lost-leak]: held\n";
  CHECK(tidy_tree(watched).empty());
  Files compared = whole;
  compared["sim/check/twice.cpp"] = "finding.check = check_name::twice;";
  CHECK(tidy_tree(compared).size() == 1);
  compared["sim/check_names.h"] += " X(twice, \"two-times\")";
  CHECK(tidy_tree(compared).size() == 3);
}

TEST_CASE("tidy: a class has its name alone") {
  const std::string loop = "// A.\nnamespace reprise {\nclass Loop {\n";
  const std::string inner = "// A.\nnamespace reprise::internal {\nclass Loop {\n";
  const std::string user = "#include <reprise/core/loop.h>\n#include <reprise/sim/loop.h>\n";
  CHECK(tidy_tree({{"core/loop.h", loop}, {"sim/loop.h", inner}, {"sim/a.cpp", user}}).empty());
  const auto told = tidy_tree({{"core/loop.h", loop}, {"sim/loop.h", loop}, {"sim/a.cpp", user}});
  REQUIRE(told.size() == 1);
  CHECK(has(told[0], "sim/loop.h: Loop is a class of core/loop.h, too"));
}

TEST_CASE("tidy: a test is named by unit and behaviour") {
  CHECK(about("tests/core/a_test.cpp", "TEST_CASE(\"buffer: keeps its bytes\") {") == "");
  CHECK(has(about("tests/core/a_test.cpp", "TEST_CASE(\"works\") {"), "<unit>"));
  CHECK(has(about("tests/core/a_test.cpp", "TEST_CASE(\"a: this, that\") {"), "comma"));
}

TEST_CASE("tidy: an escape with a reason silences its line and no other") {
  CHECK(about("sim/a.cpp", "double x;  // tidy-ok: only shown to people") == "");
  CHECK(has(about("sim/a.cpp", "int x;  // tidy-ok"), "says why"));
  CHECK(tidy("sim/a.cpp", "double x;  // tidy-ok: shown only\ndouble y;\n").size() == 1);
}
