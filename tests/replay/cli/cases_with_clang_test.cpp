// Whether clang++ judges the machines of tests/cases right; apart from g++, so that both can be
// judged at once.
#include <doctest/doctest.h>

#include <cstdlib>
#include <vector>

#include "tests/support/sanitized.h"
#include "tests/support/user_cases.h"

namespace reprise {
namespace {

/// Of what is sound, every third; all cases as ./dev soak has it.
std::vector<tests::UserCase> chosen_cases() {
  const std::vector<tests::UserCase> all = tests::all_user_cases();
  if (std::getenv("REPRISE_CASES_FOR") != nullptr) return all;
  std::vector<tests::UserCase> chosen;
  int sound = 0;
  for (const tests::UserCase& one : all) {
    if (one.check.empty() && sound++ % 3 == 0) chosen.push_back(one);
  }
  return chosen;
}

}  // namespace

TEST_CASE("cases: what new users wrote is judged right by clang++" * doctest::test_suite("slow") *
          doctest::skip(tests::is_sanitized)) {
  tests::judge_user_cases(chosen_cases(), "clang++");
}

}  // namespace reprise
