#include "scenarios/pager/transfer.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/memory_file.h"

using namespace reprise;
using reprise::pager::Batch;
using reprise::pager::Transfer;
using reprise::tests::MemoryFile;

namespace {

Buffer hundred_bytes() {
  Buffer buffer = Buffer::allocate(100);
  std::ranges::fill(buffer.bytes(), std::byte{7});
  return buffer;
}

}  // namespace

TEST_CASE("transfer: goes on after short writes") {
  MemoryFile file;
  file.next = {{.bytes_max = 30}, {.bytes_max = 30}};
  Transfer write = Transfer::write(file, 10, hundred_bytes());
  CHECK(write.step().is_done());
  CHECK(write.resumed());
  CHECK(file.submits == 3);
  CHECK(file.bytes.size() == 110);
  CHECK(std::ranges::count(file.bytes, std::byte{7}) == 100);
}

TEST_CASE("transfer: tries again after EINTR and EAGAIN") {
  MemoryFile file;
  file.next = {{.error = IOError::interrupted}, {.error = IOError::try_again}};
  Transfer write = Transfer::write(file, 0, hundred_bytes());
  CHECK(write.step().is_done());
  CHECK(file.submits == 3);
}

TEST_CASE("transfer: does not try again for ever") {
  MemoryFile file;
  file.next.assign(1000, {.error = IOError::try_again});
  Transfer sync = Transfer::sync(file);
  CHECK(sync.step().error() == IOError::try_again);
  CHECK(file.submits < 100);
}

TEST_CASE("transfer: a read ends at the end of the file") {
  MemoryFile file;
  file.bytes.resize(40);
  Transfer read = Transfer::read(file, 0, hundred_bytes());
  CHECK(read.step().value() == 40);
}

TEST_CASE("transfer: a write that moves nothing has failed") {
  MemoryFile file;
  file.next = {{.bytes_max = 0}};
  CHECK(Transfer::write(file, 0, hundred_bytes()).step().error() == IOError::io);
}

TEST_CASE("batch: an error is told only when nothing is in flight any more") {
  MemoryFile file;
  file.next = {{.held = true}, {.error = IOError::io}};
  Batch batch;
  batch.add(Transfer::write(file, 0, hundred_bytes()));
  batch.add(Transfer::write(file, 100, hundred_bytes()));
  CHECK(batch.step().is_io());
  CHECK(batch.step().is_io());
  CHECK(file.submits == 2);
  file.release();
  CHECK(batch.step().error() == IOError::io);
}

TEST_CASE("batch: an empty one is done") { CHECK(Batch().step().is_done()); }
