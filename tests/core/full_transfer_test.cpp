#include <reprise/core/await.h>
#include <reprise/core/full_transfer.h>

#include "tests/support/fake_io.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>

using namespace reprise;
using reprise::tests::FakeIO;

namespace {

struct Bench {
  FakeIO io;
  std::unique_ptr<File> file = io.open("wal").value();
  FullTransfer transfer;
  Buffer page = Buffer::allocate(16);

  IOResult<std::uint64_t> read() { return transfer.read(*file, 100, page); }
  IOResult<std::uint64_t> write() { return transfer.write(*file, 100, page); }
  std::size_t submitted() const { return io.asked.size(); }
};

}  // namespace

TEST_CASE("full transfer: what is whole at once is submitted once") {
  Bench b;
  CHECK(b.write().is_io());
  CHECK(b.transfer.under_way());
  CHECK(b.io.last().kind == IOKind::write);
  CHECK(b.io.last().offset == 100);
  b.io.last().completion.finish(16);
  CHECK(b.write().value() == 16);
  CHECK(b.submitted() == 1);
  CHECK_FALSE(b.transfer.under_way());
}

TEST_CASE("full transfer: after a short count the rest is submitted") {
  Bench b;
  CHECK(b.read().is_io());
  b.io.last().completion.finish(10);
  CHECK(b.read().is_io());
  CHECK(b.transfer.moved() == 10);
  CHECK(b.io.last().kind == IOKind::read);
  CHECK(b.io.last().offset == 110);
  REQUIRE(b.io.last().buffers.size() == 1);
  CHECK(b.io.last().buffers[0].data() == b.page.data() + 10);
  CHECK(b.io.last().buffers[0].size() == 6);
  b.io.last().completion.finish(6);
  CHECK(b.read().value() == 16);
  CHECK(b.submitted() == 2);
}

TEST_CASE("full transfer: a read tells where the file ends") {
  Bench b;
  CHECK(b.read().is_io());
  b.io.last().completion.finish(10);
  CHECK(b.read().is_io());
  b.io.last().completion.finish(0);
  CHECK(b.read().value() == 10);
  CHECK(b.read().is_io());
  b.io.last().completion.finish(0);
  CHECK(b.read().value() == 0);
}

TEST_CASE("full transfer: a write that moves nothing is an error") {
  Bench b;
  CHECK(b.write().is_io());
  b.io.last().completion.finish(0);
  CHECK(b.write().error() == IOError::io);
  CHECK_FALSE(b.transfer.under_way());
}

TEST_CASE("full transfer: an error is its answer and the next one begins anew") {
  Bench b;
  CHECK(b.write().is_io());
  b.io.last().completion.finish(5);
  CHECK(b.write().is_io());
  b.io.last().completion.fail(IOError::no_space);
  CHECK(b.write().error() == IOError::no_space);
  CHECK(b.write().is_io());
  CHECK(b.io.last().offset == 100);
  CHECK(b.transfer.moved() == 0);
}

TEST_CASE("full transfer: what was interrupted is submitted again from where it stood") {
  Bench b;
  CHECK(b.write().is_io());
  b.io.last().completion.finish(5);
  CHECK(b.write().is_io());
  for (const IOError error : {IOError::interrupted, IOError::try_again}) {
    b.io.last().completion.fail(error);
    CHECK(b.write().is_io());
    CHECK(b.io.last().offset == 105);
  }
  b.io.last().completion.finish(11);
  CHECK(b.write().value() == 16);
}

TEST_CASE("full transfer: a device that always asks to try again is taken for broken") {
  Bench b;
  b.io.refusal = IOError::try_again;
  CHECK(b.write().error() == IOError::try_again);
  b.io.refusal = IOError::none;
  CHECK(b.write().is_io());
}

TEST_CASE("full transfer: a refusal is its answer") {
  Bench b;
  b.io.refusal = IOError::no_memory;
  CHECK(b.read().error() == IOError::no_memory);
  CHECK_FALSE(b.transfer.under_way());
}

TEST_CASE("full transfer: an empty buffer is moved at once") {
  Bench b;
  CHECK(b.transfer.write(*b.file, 0, {}).value() == 0);
  CHECK(b.transfer.read(*b.file, 0, {}).value() == 0);
  CHECK(b.submitted() == 0);
}

TEST_CASE("full transfer: arguments of a later call are not looked at until it has ended") {
  Bench b;
  CHECK(b.write().is_io());
  CHECK(b.transfer.write(*b.file, 7, Buffer::allocate(3)).is_io());
  CHECK(b.submitted() == 1);
  b.io.last().completion.finish(8);
  CHECK(b.transfer.write(*b.file, 7, Buffer::allocate(3)).is_io());
  CHECK(b.io.last().offset == 108);
  CHECK(b.io.last().buffers[0].size() == 8);
}

TEST_CASE("full transfer: when it is dropped it leaves the buffer to the I/O in flight") {
  Bench b;
  CHECK(b.read().is_io());
  CHECK(b.page.use_count() > 1);
  b.transfer.reset();
  CHECK_FALSE(b.transfer.under_way());
  CHECK(b.io.last().buffers[0].data() == b.page.data());
  b.io.last().completion.finish(16);
  CHECK(b.read().is_io());
  CHECK(b.submitted() == 2);
}

TEST_CASE("full transfer: a machine awaits it and adds what it gives") {
  Bench b;
  std::uint64_t end = 0;
  const auto append = [&]() -> IOResult<Unit> {
    end += RETURN_IF_IO(b.transfer.write(*b.file, end, b.page));
    return Unit{};
  };
  for (int i = 0; i < 2; ++i) {
    CHECK(append().is_io());
    b.io.last().completion.finish(16);
    CHECK(append().is_done());
  }
  CHECK(end == 32);
  CHECK(b.io.last().offset == 16);
}
