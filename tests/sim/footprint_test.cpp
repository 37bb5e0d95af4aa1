#include <doctest/doctest.h>

#include <reprise/sim/footprint.h>

#include <vector>

using namespace reprise;

TEST_CASE("footprint: ranges are sorted and joined where they touch") {
  CHECK(reprise::joined({{8, 16}, {0, 4}, {4, 8}, {32, 40}, {12, 14}}) ==
        std::vector<MemoryRange>{{0, 16}, {32, 40}});
  CHECK(reprise::joined({}).empty());
}

TEST_CASE("footprint: entries commute unless one stores what the other touches") {
  const Footprint reads{1, 0, {{0, 8}}, {{16, 24}}};
  const Footprint reads_too{2, 1, {{0, 8}}, {{24, 32}}};
  const Footprint writes{3, 2, {}, {{4, 5}}};
  const Footprint writes_same{4, 3, {}, {{20, 28}}};
  CHECK(reads.commutes_with(reads_too));
  CHECK_FALSE(reads.commutes_with(writes));
  CHECK_FALSE(writes.commutes_with(reads));
  CHECK_FALSE(reads.commutes_with(writes_same));
  CHECK(writes.commutes_with(writes_same));
}
