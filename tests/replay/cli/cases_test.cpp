// Machines as a new user writes them: tests/cases. The first line of each says what is right:
// `// Expect: clean`, or the check that finds something and words of its report. Clean is: no
// finding and no note, in the sweep and in random runs under both profiles.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/golden.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

struct Case {
  std::string path;   // of the source file, absolute
  std::string check;  // that finds something; empty: clean
  std::string words;
};

Case read_case(const std::filesystem::path& file) {
  const std::string text = tests::TemporaryFolder::read(file.string());
  const std::string line = text.substr(0, text.find('\n'));
  const std::string marker = "// Expect: ";
  REQUIRE_MESSAGE(line.starts_with(marker), file.string());
  const std::string expected = line.substr(marker.size());
  Case one{std::filesystem::absolute(file).string(), "", ""};
  if (expected == "clean") return one;
  const std::size_t colon = expected.find(": ");
  REQUIRE_MESSAGE(colon != std::string::npos, file.string());
  one.check = expected.substr(0, colon);
  one.words = expected.substr(colon + 2);
  return one;
}

std::vector<Case> all_cases() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator("tests/cases")) {
    if (entry.path().extension() == ".cpp") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Case> cases;
  for (const std::filesystem::path& file : files) cases.push_back(read_case(file));
  return cases;
}

tests::Captured run(const std::string& arguments, const Case& one, const std::string& compiler) {
  const char* const program = std::getenv("REPRISE_PROGRAM");
  REQUIRE(program != nullptr);
  const std::filesystem::path cache =
      std::filesystem::path(program).parent_path() / "tests" / "cache";
  const tests::TemporaryFolder folder;
  return tests::capture_command(
      "cd " + folder.path() + " && touch reprise-fork-once && REPRISE_CACHE='" + cache.string() +
      "' CXX=" + compiler + " '" + program + "' " + arguments + " '" + one.path + "'");
}

bool finds(const tests::Captured& told, const Case& one) {
  const std::string what = '[' + one.check + ']';
  const std::string out = tests::in_one_line(told.out);
  return (out.find("error" + what) != std::string::npos ||
          out.find("note" + what) != std::string::npos) &&
         out.find(one.words) != std::string::npos;
}

void judge(const Case& one, const std::string& compiler) {
  const tests::Captured sweep = run("sweep", one, compiler);
  if (one.check.empty()) {
    for (const tests::Captured& told :
         {sweep, run("fuzz --seed 1 --seeds 2000 --for 2s", one, compiler),
          run("fuzz --seed 2 --seeds 2000 --profile chaos --for 2s", one, compiler)}) {
      const bool is_clean = told.exit == 0 || told.exit == 4;  // 4: the time was over
      CHECK_MESSAGE(is_clean, one.path, told.out, told.err);
      CHECK_MESSAGE(told.out.find("note[") == std::string::npos, one.path, told.out);
    }
    return;
  }
  if (finds(sweep, one)) return;
  const tests::Captured fuzz = run("fuzz --seed 1 --seeds 2000", one, compiler);
  CHECK_MESSAGE(finds(fuzz, one), one.path, sweep.out, fuzz.out, fuzz.err);
}

void judge_all(const std::string& compiler) {
  const std::vector<Case> cases = all_cases();
  CHECK(cases.size() >= 20);
  for (const Case& one : cases) judge(one, compiler);
}

/// What is said of the finding of `one`, from its first line to the commands to type next.
std::string finding_of(const Case& one, const std::string& told) {
  const std::string what = '[' + one.check + "]: ";
  std::size_t begin = told.find("error" + what);
  if (begin == std::string::npos) begin = told.find("note" + what);
  REQUIRE(begin != std::string::npos);
  const std::size_t end =
      std::min(told.find("\n  Reproduced ", begin), told.find("\n  A note fails nothing.", begin));
  REQUIRE(end != std::string::npos);
  std::string text = told.substr(begin, end - begin);
  const std::string root = std::filesystem::current_path().string() + '/';
  for (std::size_t at = text.find(root); at != std::string::npos; at = text.find(root, at)) {
    text.erase(at, root.size());
  }
  // Whether an allocation is lost is decided by a search through memory, which may find a word that
  // an earlier run has left on the heap. So the number of runs is not compared there.
  const std::size_t in = text.find("\n  in ");
  if (in != std::string::npos && text.find("was lost in a later one") < in) {
    const std::size_t line_end = text.find('\n', in + 1);
    const std::size_t comma = text.rfind(", ", line_end);
    if (comma > in && comma < line_end) text.erase(comma, line_end - comma);
  }
  return text;
}

}  // namespace

// As tests/replay/report_golden_test.cpp, of findings that only the store watch and the built
// program make.
TEST_CASE("golden: what is said of the cases" * doctest::test_suite("slow") *
          doctest::skip(tests::is_sanitized)) {
  for (const Case& one : all_cases()) {
    if (one.check.empty()) continue;
    const std::filesystem::path name = std::filesystem::path(one.path).stem();
    tests::Captured told = run("sweep", one, "g++");
    if (!finds(told, one)) told = run("fuzz --seed 1 --seeds 2000", one, "g++");
    tests::compare_with_golden("cases/" + name.string(), finding_of(one, told.out));
  }
}

// A check must not depend on what another one makes the store watch note.
TEST_CASE("cases: a sound machine is sound with one check alone" *
          doctest::skip(tests::is_sanitized)) {
  for (const Case& one : all_cases()) {
    if (!one.path.ends_with("/answers-news.cpp")) continue;
    const tests::Captured told =
        run("fuzz --seed 1 --seeds 300 --check double-mutation", one, "g++");
    CHECK_MESSAGE(told.exit == 0, told.out, told.err);
    return;
  }
  FAIL("the case is gone");
}

TEST_CASE("cases: what new users wrote is judged right by g++" * doctest::test_suite("slow") *
          doctest::skip(tests::is_sanitized)) {
  judge_all("g++");
}
TEST_CASE("cases: what new users wrote is judged right by clang++" * doctest::test_suite("slow") *
          doctest::skip(tests::is_sanitized)) {
  judge_all("clang++");
}

}  // namespace reprise
