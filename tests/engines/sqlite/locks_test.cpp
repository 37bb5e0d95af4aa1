// What connections to one database share: the locks of its file, and the memory of its log's index.
#include <doctest/doctest.h>
#include <reprise/engines/sqlite/locks.h>

#include <cstring>

using namespace reprise::sqlite;

namespace {

/// Two connections to one database.
struct Two {
  Two() {
    file.add(a);
    file.add(b);
  }
  SharedFile file;
  Holder a, b;
};

constexpr int exclusive = SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE;
constexpr int shared = SQLITE_SHM_LOCK | SQLITE_SHM_SHARED;
constexpr std::size_t region_bytes = 32'768;

}  // namespace

TEST_CASE("sqlite locks: readers share and one of them may reserve") {
  Two two;
  CHECK(two.file.lock(two.a, SQLITE_LOCK_SHARED) == SQLITE_OK);
  CHECK(two.file.lock(two.b, SQLITE_LOCK_SHARED) == SQLITE_OK);
  CHECK_FALSE(two.file.is_reserved());
  CHECK(two.file.lock(two.a, SQLITE_LOCK_RESERVED) == SQLITE_OK);
  CHECK(two.file.is_reserved());
  CHECK(two.file.lock(two.b, SQLITE_LOCK_RESERVED) == SQLITE_BUSY);
  CHECK(two.b.level == SQLITE_LOCK_SHARED);
}

TEST_CASE("sqlite locks: a writer waits for readers and lets no new one in") {
  Two two;
  Holder late;
  two.file.add(late);
  CHECK(two.file.lock(two.a, SQLITE_LOCK_SHARED) == SQLITE_OK);
  CHECK(two.file.lock(two.b, SQLITE_LOCK_SHARED) == SQLITE_OK);
  CHECK(two.file.lock(two.a, SQLITE_LOCK_RESERVED) == SQLITE_OK);
  CHECK(two.file.lock(two.a, SQLITE_LOCK_EXCLUSIVE) == SQLITE_BUSY);
  CHECK(two.a.level == SQLITE_LOCK_PENDING);
  CHECK(two.file.lock(late, SQLITE_LOCK_SHARED) == SQLITE_BUSY);
  two.b.level = SQLITE_LOCK_NONE;  // it unlocks
  CHECK(two.file.lock(two.a, SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK);
  CHECK(two.file.lock(two.b, SQLITE_LOCK_SHARED) == SQLITE_BUSY);
}

TEST_CASE("sqlite locks: a connection that is gone holds nothing") {
  Two two;
  CHECK(two.file.lock(two.a, SQLITE_LOCK_SHARED) == SQLITE_OK);
  CHECK(two.file.lock(two.a, SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK);
  two.file.remove(two.a);
  CHECK(two.file.lock(two.b, SQLITE_LOCK_SHARED) == SQLITE_OK);
}

TEST_CASE("sqlite shared memory: slots are shared or exclusive") {
  Two two;
  CHECK(two.file.lock_slots(two.a, 3, 2, shared) == SQLITE_OK);
  CHECK(two.file.lock_slots(two.b, 4, 1, shared) == SQLITE_OK);
  CHECK(two.file.lock_slots(two.b, 3, 1, exclusive) == SQLITE_BUSY);
  CHECK(two.file.lock_slots(two.b, 5, 1, exclusive) == SQLITE_OK);
  CHECK(two.file.lock_slots(two.a, 5, 1, shared) == SQLITE_BUSY);
  CHECK(two.file.lock_slots(two.a, 3, 2, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED) == SQLITE_OK);
  CHECK(two.file.lock_slots(two.b, 3, 1, exclusive) == SQLITE_OK);
}

TEST_CASE("sqlite shared memory: both see one region until nobody maps it") {
  Two two;
  CHECK(two.file.map(two.a, 0, region_bytes, false) == nullptr);
  void* const region = two.file.map(two.a, 1, region_bytes, true);
  REQUIRE(region != nullptr);
  std::memcpy(region, "index", 5);
  CHECK(two.file.map(two.b, 1, region_bytes, false) == region);
  two.file.unmap(two.a);
  CHECK(two.file.map(two.b, 1, region_bytes, false) == region);
  two.file.unmap(two.b);
  CHECK(two.file.map(two.a, 1, region_bytes, false) == nullptr);
  const void* const again = two.file.map(two.a, 1, region_bytes, true);
  CHECK(std::memcmp(again, "\0\0\0\0\0", 5) == 0);
}
