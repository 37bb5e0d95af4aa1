#include "scenarios/pager/page_cache.h"

#include <doctest/doctest.h>

using namespace reprise;
using reprise::pager::committed;
using reprise::pager::PageCache;

namespace {
constexpr pager::Owner session = 1;
}

TEST_CASE("page cache: evicts what was used longest ago") {
  PageCache cache(2);
  cache.assign(0, 7, committed);
  cache.assign(1, 8, committed);
  cache.pin(0);
  cache.unpin(0);
  CHECK(cache.evictable() == 1u);
}

TEST_CASE("page cache: pinned and dirty frames stay") {
  PageCache cache(2);
  cache.assign(0, 7, committed);
  cache.pin(0);
  cache.assign(1, 8, session);
  cache[1].dirty = true;
  CHECK_FALSE(cache.evictable().has_value());
  CHECK(cache.sound());
}

TEST_CASE("page cache: the last dirty page of an owner is not spilled") {
  PageCache cache(3);
  cache.assign(0, 7, session);
  cache[0].dirty = true;
  CHECK_FALSE(cache.spillable(session).has_value());
  cache.assign(1, 8, session);
  cache[1].dirty = true;
  CHECK(cache.spillable(session) == 0u);
}

TEST_CASE("page cache: an owner's version becomes the committed one") {
  PageCache cache(2);
  cache.assign(0, 7, committed);
  cache.assign(1, 7, session);
  cache[1].dirty = true;
  cache.publish(7, session);
  CHECK(cache.find(7, committed) == 1u);
  CHECK_FALSE(cache.has_dirty(session));
  CHECK(cache.sound());
}

TEST_CASE("page cache: a dropped frame is free only when nobody pins it") {
  PageCache cache(2);
  cache.assign(0, 7, committed);
  cache.pin(0);
  cache.drop(0);
  CHECK_FALSE(cache.find(7, committed).has_value());
  CHECK(cache[0].state != pager::Frame::State::free);
  cache.unpin(0);
  CHECK(cache[0].state == pager::Frame::State::free);
}

TEST_CASE("page cache: two frames with one version are not sound") {
  PageCache cache(2);
  cache.assign(0, 7, committed);
  cache.assign(1, 7, committed);
  CHECK_FALSE(cache.sound());
}
