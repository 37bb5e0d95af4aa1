#include <reprise/core/time.h>

#include <doctest/doctest.h>

#include <chrono>

using namespace reprise;
using namespace std::chrono_literals;

TEST_CASE("instant: a duration leads to a later one") {
  CHECK((Instant{5} + 2us).ns == 2005);
  CHECK(Instant{5} < Instant{5} + 1ns);
}

TEST_CASE("instant: no duration leads back") { CHECK((Instant{5} + -1s) == Instant{5}); }

TEST_CASE("instant: the difference has a sign") {
  CHECK(Instant{7} - Instant{4} == 3ns);
  CHECK(Instant{4} - Instant{7} == -3ns);
}
