#include <doctest/doctest.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/seed.h>

#include <set>

namespace reprise {

TEST_CASE("seed: reads decimal and hexadecimal and commit hashes") {
  CHECK(parse_seed("0") == 0U);
  CHECK(parse_seed("18446744073709551615") == UINT64_MAX);
  CHECK(parse_seed("0x5eed91c407aa3e10") == 0x5eed91c407aa3e10U);
  CHECK(parse_seed("0XFF") == 255U);
  CHECK(parse_seed("3be91f2a00112233445566778899aabbccddeeff") == 0x3be91f2a00112233U);
  CHECK(parse_seed("1234567890123456789012345678901234567890") == 0x1234567890123456U);
}

TEST_CASE("seed: refuses what is no seed") {
  for (const char* const text :
       {"", "0x", "-1", "+1", " 1", "1 ", "1.5", "18446744073709551616", "0x10000000000000000",
        "seed", "0x12g", "3be91f2", "3be91f2a00112233445566778899aabbccddeefg"}) {
    CAPTURE(text);
    CHECK(!parse_seed(text).has_value());
  }
}

TEST_CASE("seed: a case's seed never changes") {
  // Written down in bug reports: if this fails, the function is wrong, not the test.
  CHECK(case_seed(0, "counter/bump", 0) == 0x8a94223dbb686ccdU);
  CHECK(case_seed(1, "counter/bump", 0) == 0x183f5c15b4b9cef9U);
  CHECK(case_seed(1, "counter/bump", 1) == 0x30bac38fa3a6ba93U);
  CHECK(case_seed(0x5eed91c407aa3e10, "pager/evict", 123'456'789) == 0xa5d6b1347df17925U);
}

TEST_CASE("seed: cases and scenarios and roots have seeds of their own") {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t root = 0; root < 10; ++root) {
    for (std::uint64_t number = 0; number < 100; ++number) {
      seeds.insert(case_seed(root, "a", number));
      seeds.insert(case_seed(root, "b", number));
    }
  }
  CHECK(seeds.size() == 2000);
}

}  // namespace reprise
