// Whether clang++ judges the machines of tests/cases right; apart from g++, so that both can be
// judged at once.
#include <doctest/doctest.h>

#include "tests/support/sanitized.h"
#include "tests/support/user_cases.h"

namespace reprise {

TEST_CASE("cases: what new users wrote is judged right by clang++" * doctest::test_suite("slow") *
          doctest::skip(tests::is_sanitized)) {
  tests::judge_user_cases("clang++");
}

}  // namespace reprise
