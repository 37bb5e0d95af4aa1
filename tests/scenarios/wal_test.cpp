#include "scenarios/pager/wal.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "scenarios/pager/model.h"
#include "tests/support/memory_file.h"

using namespace reprise;
using namespace reprise::pager;
using reprise::tests::MemoryFile;

namespace {

Buffer page_bytes(PageNumber page, std::uint64_t version) {
  const Page bytes = make_page({page, version, 0});
  Buffer buffer = Buffer::allocate(page_size);
  std::copy(bytes.begin(), bytes.end(), buffer.data());
  return buffer;
}

// Commits a version of each page.
void commit(Wal& wal, const std::vector<PageNumber>& pages, std::uint64_t version) {
  Batch batch;
  Tail tail = wal.tail();
  FrameIndex frames;
  for (const PageNumber page : pages) {
    frames[page] = tail.end;
    const std::uint64_t mark = page == pages.back() ? 9 : 0;
    wal.append(batch, tail, page, mark, page_bytes(page, version));
  }
  REQUIRE(batch.step().is_done());
  wal.publish(tail, frames, 9);
}

}  // namespace

TEST_CASE("wal: recovery finds what was committed") {
  MemoryFile file;
  Wal wal(file);
  commit(wal, {1, 2}, 1);
  commit(wal, {2}, 2);
  Wal reopened(file);
  REQUIRE(reopened.recover().is_done());
  CHECK(reopened.index() == wal.index());
  CHECK(reopened.tail() == wal.tail());
  CHECK(reopened.page_count() == 9);
}

TEST_CASE("wal: recovery stops before a transaction without its commit mark") {
  MemoryFile file;
  Wal wal(file);
  commit(wal, {1, 2}, 1);
  Batch batch;
  Tail tail = wal.tail();
  wal.append(batch, tail, 3, 0, page_bytes(3, 2));
  REQUIRE(batch.step().is_done());
  Wal reopened(file);
  REQUIRE(reopened.recover().is_done());
  CHECK(reopened.tail() == wal.tail());
  CHECK_FALSE(reopened.index().contains(3));
}

TEST_CASE("wal: recovery stops at a torn frame") {
  MemoryFile file;
  Wal wal(file);
  commit(wal, {1}, 1);
  const Tail before = wal.tail();
  commit(wal, {2}, 2);
  file.bytes[Wal::size_of(1) + 100] ^= std::byte{1};
  Wal reopened(file);
  REQUIRE(reopened.recover().is_done());
  CHECK(reopened.tail() == before);
}

TEST_CASE("wal: frames of a failed transaction do not follow on those of a later one") {
  MemoryFile file;
  Wal wal(file);
  Batch failed;
  Tail tail = wal.tail();
  wal.append(failed, tail, 1, 0, page_bytes(1, 1));
  wal.append(failed, tail, 2, 9, page_bytes(2, 1));
  REQUIRE(failed.step().is_done());
  commit(wal, {3}, 2);
  Wal reopened(file);
  REQUIRE(reopened.recover().is_done());
  CHECK(reopened.index() == FrameIndex{{3, 0}});
}

TEST_CASE("wal: begins anew after a restart") {
  MemoryFile file;
  Wal wal(file);
  commit(wal, {1, 2}, 1);
  wal.restart();
  CHECK(wal.index().empty());
  REQUIRE(wal.prepare().is_done());
  CHECK(file.bytes.empty());
  commit(wal, {3}, 2);
  Wal reopened(file);
  REQUIRE(reopened.recover().is_done());
  CHECK(reopened.index() == FrameIndex{{3, 0}});
}

TEST_CASE("wal: a truncation that failed is made up for") {
  MemoryFile file;
  Wal wal(file);
  commit(wal, {1}, 1);
  wal.restart();
  file.next = {{.error = IOError::io}};
  CHECK(wal.prepare().error() == IOError::io);
  CHECK(wal.prepare().is_done());
  CHECK(file.bytes.empty());
}

TEST_CASE("wal: an index that names unwritten frames is not sound") {
  MemoryFile file;
  Wal wal(file);
  CHECK(wal.sound());
  commit(wal, {1, 2}, 1);
  CHECK(wal.sound());
  file.bytes.resize(Wal::size_of(1));
  CHECK_FALSE(wal.sound());
}
