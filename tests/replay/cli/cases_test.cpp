// What is said of the machines of tests/cases, and whether g++ judges them right.
#include <doctest/doctest.h>
#include <reprise/sim/check_names.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>

#include "tests/support/golden.h"
#include "tests/support/sanitized.h"
#include "tests/support/user_cases.h"

namespace reprise {
namespace {

/// The text with each piece of evidence in a line of its own: where it is broken depends on how
/// long the path of the source tree is.
std::string with_whole_evidence(const std::string& text) {
  const std::string evidence = "   = ";
  const std::string next_line = "     ";
  std::string whole;
  bool is_evidence = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool goes_on = is_evidence && line.starts_with(next_line);
    if (goes_on) {
      whole.back() = ' ';
      line.erase(0, next_line.size());
    }
    whole += line + '\n';
    is_evidence = goes_on || line.starts_with(evidence);
  }
  return whole;
}

/// What is said of the finding of `one`, from its first line to the commands to type next.
std::string finding_of(const tests::UserCase& one, const std::string& told) {
  std::size_t begin = std::string::npos;
  for (const std::string& check : checks_named(one.check)) {
    const std::string what = '[' + check + "]: ";
    begin = std::min({begin, told.find("error" + what), told.find("note" + what)});
  }
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
  return with_whole_evidence(text);
}

}  // namespace

// A check must not depend on what another one makes the store watch note.
TEST_CASE("cases: a sound machine is sound with one check alone" *
          doctest::skip(tests::is_sanitized)) {
  for (const tests::UserCase& one : tests::all_user_cases()) {
    if (!one.path.ends_with("/answers-news.cpp")) continue;
    const tests::Captured told =
        tests::run_user_case("fuzz --seed 1 --seeds 300 --check double-mutation", one, "g++");
    CHECK_MESSAGE(told.exit == 0, told.out, told.err);
    return;
  }
  FAIL("the case is gone");
}

// The words too, as tests/replay/report/golden_test.cpp has those of findings that need no store
// watch and no built program.
TEST_CASE("cases: what new users wrote is judged right by g++" * doctest::test_suite("slow") *
          doctest::skip(tests::is_sanitized)) {
  const auto compare = [](const tests::UserCase& one, const tests::Captured& told) {
    const std::filesystem::path name = std::filesystem::path(one.path).stem();
    tests::compare_with_golden("cases/" + name.string(), finding_of(one, told.out));
  };
  tests::judge_user_cases(tests::all_user_cases(), "g++", compare);
}

}  // namespace reprise
