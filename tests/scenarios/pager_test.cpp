#include "scenarios/pager/pager.h"

#include <doctest/doctest.h>

#include "scenarios/pager/checkpoint.h"
#include "scenarios/pager/model.h"
#include "tests/support/memory_file.h"

using namespace reprise;
using namespace reprise::pager;
using reprise::tests::MemoryFile;

namespace {

Page page_of(PageNumber page, std::uint64_t version) { return make_page({page, version, 0}); }

// A pager over files in memory, with one session.
struct Bench {
  MemoryFile database;
  MemoryFile log;
  Pager pager{database, log, {.cache_frames = 3}};
  Session session{pager};

  void allocate(PageNumber count) {
    for (PageNumber page = 1; page <= count; ++page) {
      REQUIRE(session.allocate().value() == page);
      REQUIRE(session.write(page, page_of(page, 1)).is_done());
    }
  }
};

}  // namespace

TEST_CASE("pager: a session reads its own pages and others do not") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(1);
  CHECK(bench.session.read(1).value() == page_of(1, 1));
  CHECK(bench.pager.page_count() == 0);
  REQUIRE(bench.session.commit().is_done());
  Session other(bench.pager);
  CHECK(other.read(1).value() == page_of(1, 1));
}

TEST_CASE("pager: a full cache spills and reads back") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(6);
  CHECK(bench.pager.stats().spills >= 3);
  for (PageNumber page = 1; page <= 6; ++page) {
    CHECK(bench.session.read(page).value() == page_of(page, 1));
  }
  REQUIRE(bench.session.commit().is_done());
  CHECK(bench.pager.cache().sound());
  CHECK(bench.pager.cache().pins() == 0);
}

TEST_CASE("pager: nothing is left of a transaction rolled back") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(5);
  bench.session.rollback();
  CHECK(bench.pager.page_count() == 0);
  CHECK(bench.pager.wal().index().empty());
  CHECK_FALSE(bench.pager.lock().held());
}

TEST_CASE("pager: a commit whose sync fails is rolled back") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(1);
  bench.log.next = {{}, {}, {.error = IOError::io}};  // header, frame, sync
  CHECK(bench.session.commit().error() == IOError::io);
  CHECK(bench.pager.page_count() == 0);
  CHECK_FALSE(bench.pager.lock().held());
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(1);
  CHECK(bench.session.commit().is_done());
}

TEST_CASE("pager: a commit is not seen before it is durable") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(1);
  bench.log.next = {{}, {}, {.held = true}};
  CHECK(bench.session.commit().is_io());
  CHECK(bench.pager.page_count() == 0);
  bench.log.release();
  CHECK(bench.session.commit().is_done());
  CHECK(bench.pager.page_count() == 1);
}

TEST_CASE("pager: a second writer waits for the first") {
  Bench bench;
  Session other(bench.pager);
  REQUIRE(bench.session.begin().is_done());
  CHECK(other.begin().is_io());
  bench.session.rollback();
  CHECK(other.begin().is_done());
}

TEST_CASE("pager: sessions that read one page share the read") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(6);
  REQUIRE(bench.session.commit().is_done());
  Session other(bench.pager);
  const std::uint64_t submits = bench.log.submits;
  bench.log.next = {{.held = true}};
  CHECK(bench.session.read(1).is_io());
  CHECK(other.read(1).is_io());
  CHECK(bench.log.submits == submits + 1);
  bench.log.release();
  CHECK(other.read(1).value() == page_of(1, 1));
  CHECK(bench.session.read(1).value() == page_of(1, 1));
  CHECK(bench.pager.cache().pins() == 0);
}

TEST_CASE("pager: a failed read leaves no pin and is tried anew") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(6);
  REQUIRE(bench.session.commit().is_done());
  bench.log.next = {{.error = IOError::io}};
  CHECK(bench.session.read(1).error() == IOError::io);
  CHECK(bench.pager.cache().pins() == 0);
  CHECK(bench.session.read(1).value() == page_of(1, 1));
}

TEST_CASE("checkpoint: moves the log into the database file") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(4);
  REQUIRE(bench.session.commit().is_done());
  Checkpoint checkpoint(bench.pager);
  CHECK(checkpoint.run().value() == 4);
  CHECK(bench.log.bytes.empty());
  Pager reopened(bench.database, bench.log);
  REQUIRE(reopened.recover().is_done());
  CHECK(reopened.page_count() == 4);
  CHECK(Session(reopened).read(3).value() == page_of(3, 1));
}

TEST_CASE("checkpoint: waits until nobody reads the log") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(6);
  REQUIRE(bench.session.commit().is_done());
  bench.log.next = {{.held = true}};
  CHECK(bench.session.read(1).is_io());
  Checkpoint checkpoint(bench.pager);
  CHECK(checkpoint.run().is_io());
  CHECK_FALSE(bench.log.bytes.empty());
  bench.log.release();
  CHECK(bench.session.read(1).value() == page_of(1, 1));
  CHECK(checkpoint.run().is_done());
  CHECK(bench.log.bytes.empty());
}

TEST_CASE("checkpoint: an error leaves the log as it is") {
  Bench bench;
  REQUIRE(bench.session.begin().is_done());
  bench.allocate(2);
  REQUIRE(bench.session.commit().is_done());
  bench.database.next = {{}, {.error = IOError::io}};
  Checkpoint checkpoint(bench.pager);
  CHECK(checkpoint.run().error() == IOError::io);
  CHECK(bench.pager.wal().index().size() == 2);
  CHECK_FALSE(bench.pager.lock().held());
  CHECK(checkpoint.run().is_done());
}

TEST_CASE("model: a page is known by its content") {
  Page page = page_of(3, 7);
  CHECK(parse_page(page) == Content{3, 7, 0});
  page[200] ^= std::byte{1};
  CHECK_FALSE(parse_page(page).has_value());
  CHECK_FALSE(parse_page(Page{}).has_value());
}

TEST_CASE("model: what failed may be recovered until the next commit") {
  Model model;
  const Content first{1, model.new_version(), 0};
  const Content second{1, model.new_version(), 0};
  const Content third{1, model.new_version(), 0};
  model.committed({{1, first}});
  model.failed({{1, second}});
  CHECK(model.may_recover({{1, first}}));
  CHECK(model.may_recover({{1, second}}));
  model.committed({{1, third}});
  CHECK_FALSE(model.may_recover({{1, second}}));
  CHECK(model.was_committed(first, first.version));
  CHECK_FALSE(model.was_committed(first, third.version));
  CHECK_FALSE(model.was_committed(second, 0));
}
