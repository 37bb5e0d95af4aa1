#include <reprise/sim/strategy/random_numbers.h>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <vector>

using namespace reprise;

namespace {

template <class Draw>
std::vector<std::uint64_t> drawn(std::uint64_t seed, int count, Draw draw) {
  Random random(seed);
  std::vector<std::uint64_t> result;
  for (int i = 0; i < count; ++i) result.push_back(static_cast<std::uint64_t>(draw(random)));
  return result;
}

}  // namespace

// All of these are frozen: a change here changes what every seed means.

TEST_CASE("random: splitmix gives its published sequence") {
  std::uint64_t state = 1234567;
  CHECK(splitmix(state) == 6457827717110365317u);
  CHECK(splitmix(state) == 3203168211198807973u);
  CHECK(splitmix(state) == 9817491932198370423u);
  CHECK(splitmix(state) == 4593380528125082431u);
}

TEST_CASE("random: xoshiro256** gives its published sequence for seed 0") {
  const auto next = [](Random& random) { return random.next(); };
  CHECK(drawn(0, 4, next) == std::vector<std::uint64_t>{0x99ec5f36cb75f2b4u, 0xbf6e1f784956452au,
                                                        0x1a5f849d4933e6e0u, 0x6aa594f1262d2d2cu});
  CHECK(drawn(42, 2, next) == std::vector<std::uint64_t>{0x15780b2e0c2ec716u, 0x6104d9866d113a7eu});
}

TEST_CASE("random: draws below a bound are frozen") {
  CHECK(drawn(7, 12, [](Random& random) { return random.below(10); }) ==
        std::vector<std::uint64_t>{7, 2, 8, 9, 9, 8, 0, 1, 4, 1, 5, 7});
}

TEST_CASE("random: draws that reject are frozen") {
  Random random(7);
  for (int i = 0; i < 12; ++i) static_cast<void>(random.below(10));
  std::vector<std::uint32_t> draws;
  for (int i = 0; i < 4; ++i) draws.push_back(random.below(0xC0000001u));
  CHECK(draws == std::vector<std::uint32_t>{3024619904u, 2837418911u, 1806718093u, 504121491u});
}

TEST_CASE("random: log-uniform draws are frozen") {
  CHECK(drawn(7, 8, [](Random& random) { return random.log_uniform(24); }) ==
        std::vector<std::uint64_t>{11474, 29248, 2198601, 0, 355, 8152, 5011991, 587});
}

TEST_CASE("random: chances are frozen") {
  CHECK(drawn(7, 16, [](Random& random) {
          return random.chance({1, 4});
        }) == std::vector<std::uint64_t>{0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("random: below reaches every value about equally often and no other") {
  Random random(1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 70'000; ++i) {
    const std::uint32_t value = random.below(7);
    REQUIRE(value < 7);
    ++seen[value];
  }
  for (const int count : seen) {
    CHECK(count > 9'500);
    CHECK(count < 10'500);
  }
}

TEST_CASE("random: below one is always zero") {
  Random random(9);
  for (int i = 0; i < 100; ++i) REQUIRE(random.below(1) == 0);
}

TEST_CASE("random: a rate of one is always true and a rate of zero never") {
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(random.chance({1, 1}));
    REQUIRE_FALSE(random.chance({0, 1}));
  }
}

TEST_CASE("random: log-uniform draws stay in range and reach every magnitude") {
  Random random(5);
  std::array<int, 9> by_magnitude{};
  for (int i = 0; i < 9000; ++i) {
    const std::uint64_t value = random.log_uniform(8);
    REQUIRE(value < 256);
    ++by_magnitude[static_cast<std::size_t>(std::bit_width(value))];
  }
  for (const int count : by_magnitude) CHECK(count > 400);
}

TEST_CASE("random: a seed starts the sequence anew") {
  Random random(11);
  const std::uint64_t first = random.next();
  static_cast<void>(random.next());
  random.reseed(11);
  CHECK(random.next() == first);
}
