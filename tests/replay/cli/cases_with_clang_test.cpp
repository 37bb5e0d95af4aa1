// Whether clang++ judges the machines of tests/cases right; apart from g++, so that both can be
// judged at once.
#include <doctest/doctest.h>

#include <cstdlib>
#include <vector>

#include "tests/support/sanitized.h"
#include "tests/support/user_cases.h"

namespace reprise {
namespace {

std::vector<tests::UserCase> cases(bool are_clean) {
  std::vector<tests::UserCase> chosen = tests::all_user_cases();
  std::erase_if(chosen, [&](const auto& one) { return one.check.empty() != are_clean; });
  return chosen;
}

/// As ./dev soak has it.
bool has_time() { return std::getenv("REPRISE_CASES_FOR") != nullptr; }

}  // namespace

TEST_CASE("cases: of what is sound nothing is said with clang++" * doctest::test_suite("slow") *
          doctest::skip(tests::is_sanitized)) {
  tests::judge_user_cases(cases(true), "clang++");
}

// What is found does not depend on the compiler as much as what is not.
TEST_CASE("cases: what is broken is found with clang++" * doctest::test_suite("slow") *
          doctest::skip(tests::is_sanitized || !has_time())) {
  tests::judge_user_cases(cases(false), "clang++");
}

}  // namespace reprise
