#include <reprise/core/internal/open.h>
#include <reprise/core/io.h>

#include "tests/support/fake_io.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

using namespace reprise;
using namespace std::chrono_literals;
using reprise::tests::FakeIO;

namespace {

struct Opened {
  FakeIO io;
  std::unique_ptr<File> file = io.open("wal").value();
};

}  // namespace

TEST_CASE("io kind: each has a name of its own") {
  std::set<std::string_view> names;
  for (unsigned i = 0; i < io_kind_count; ++i) names.insert(to_string(static_cast<IOKind>(i)));
  CHECK(names.size() == io_kind_count);
  CHECK(names.count("unknown") == 0);
  CHECK(to_string(static_cast<IOKind>(io_kind_count)) == "unknown");
  CHECK(to_string(IOKind::truncate) == "truncate");
}

TEST_CASE("io request: it counts the bytes of all its buffers") {
  IORequest request;
  CHECK(request.byte_count() == 0);
  const std::array buffers{Buffer::allocate(3), Buffer(), Buffer::allocate(4)};
  request.buffers = buffers;
  CHECK(request.byte_count() == 7);
}

TEST_CASE("file: pread asks for one buffer at an offset") {
  Opened o;
  const Buffer page = Buffer::allocate(16);
  const Completion io = o.file->pread(32, page);
  CHECK(io == o.io.last().completion);
  CHECK(o.io.last().kind == IOKind::read);
  CHECK(o.io.last().offset == 32);
  REQUIRE(o.io.last().buffers.size() == 1);
  CHECK(o.io.last().buffers[0].data() == page.data());
}

TEST_CASE("file: pwrite asks for one buffer at an offset") {
  Opened o;
  const Buffer page = Buffer::allocate(16);
  const Completion io = o.file->pwrite(48, page);
  CHECK(o.io.last().kind == IOKind::write);
  CHECK(o.io.last().offset == 48);
  CHECK(o.io.last().buffers[0].data() == page.data());
}

TEST_CASE("file: vectored I/O keeps the order of the buffers") {
  Opened o;
  const std::array buffers{Buffer::allocate(1), Buffer::allocate(2)};
  static_cast<void>(o.file->preadv(5, buffers));
  CHECK(o.io.last().kind == IOKind::read);
  CHECK(o.io.last().offset == 5);
  REQUIRE(o.io.last().buffers.size() == 2);
  CHECK(o.io.last().buffers[1].data() == buffers[1].data());
  static_cast<void>(o.file->pwritev(6, buffers));
  CHECK(o.io.last().kind == IOKind::write);
  CHECK(o.io.last().buffers[0].data() == buffers[0].data());
}

TEST_CASE("file: sync and truncate carry no bytes") {
  Opened o;
  static_cast<void>(o.file->sync());
  CHECK(o.io.last().kind == IOKind::sync);
  CHECK(o.io.last().buffers.empty());
  static_cast<void>(o.file->truncate(100));
  CHECK(o.io.last().kind == IOKind::truncate);
  CHECK(o.io.last().size == 100);
}

TEST_CASE("file: a write can be durable when it finishes and can go to the end") {
  Opened o;
  const Buffer page = Buffer::allocate(16);
  static_cast<void>(o.file->pwrite(3, page));
  CHECK_FALSE(o.io.last().write_options.durable);
  CHECK_FALSE(o.io.last().write_options.at_end);
  static_cast<void>(o.file->pwrite(3, page, {.durable = true}));
  CHECK(o.io.last().write_options.durable);
  CHECK(o.io.last().offset == 3);
  static_cast<void>(o.file->append(page));
  CHECK(o.io.last().kind == IOKind::write);
  CHECK(o.io.last().write_options.at_end);
  CHECK_FALSE(o.io.last().write_options.durable);
  static_cast<void>(o.file->append(page, {.durable = true}));
  CHECK(o.io.last().write_options.durable);
}

TEST_CASE("file: room is reserved and given back in ranges") {
  Opened o;
  static_cast<void>(o.file->allocate(10, 20));
  CHECK(o.io.last().kind == IOKind::allocate);
  CHECK(o.io.last().offset == 10);
  CHECK(o.io.last().size == 20);
  static_cast<void>(o.file->punch_hole(30, 40));
  CHECK(o.io.last().kind == IOKind::punch_hole);
  CHECK(o.io.last().offset == 30);
  CHECK(o.io.last().size == 40);
  static_cast<void>(o.file->data_sync());
  CHECK(o.io.last().kind == IOKind::data_sync);
}

TEST_CASE("io: remove and rename name their paths") {
  FakeIO io;
  static_cast<void>(io.remove("old"));
  CHECK(io.last().kind == IOKind::remove);
  CHECK(io.last().path == "old");
  static_cast<void>(io.rename("a", "b"));
  CHECK(io.last().kind == IOKind::rename);
  CHECK(io.last().path == "a");
  CHECK(io.last().new_path == "b");
  static_cast<void>(io.sync_folder("d"));
  CHECK(io.last().kind == IOKind::sync_folder);
  CHECK(io.last().path == "d");
}

TEST_CASE("io: a timer says how long") {
  FakeIO io;
  static_cast<void>(io.timer(5ms));
  CHECK(io.last().kind == IOKind::timer);
  CHECK(io.last().delay == 5ms);
}

TEST_CASE("io: every request brings its callback") {
  Opened o;
  int calls = 0;
  const CompletionCallback count = [&calls](const Completion& completion) {
    calls += completion.succeeded() ? 1 : 1000;
  };
  const Buffer page = Buffer::allocate(1);
  const std::array completions{
      o.file->pread(0, page, count),
      o.file->preadv(0, {&page, 1}, count),
      o.file->pwrite(0, page, count),
      o.file->pwritev(0, {&page, 1}, count),
      o.file->sync(count),
      o.file->truncate(0, count),
      o.file->pwrite(0, page, WriteOptions{}, count),
      o.file->append(page, {}, count),
      o.file->data_sync(count),
      o.file->allocate(0, 1, count),
      o.file->punch_hole(0, 1, count),
      o.io.sync_folder("", count),
      o.io.remove("a", count),
      o.io.rename("a", "b", count),
      o.io.timer(Duration(1), count),
  };
  for (const Completion& completion : completions) completion.finish(0);
  CHECK(calls == 15);
}

TEST_CASE("io: an I/O keeps its buffer alive") {
  Opened o;
  Buffer page = Buffer::allocate(8);
  static_cast<void>(o.file->pwrite(0, page));
  CHECK(page.use_count() == 2);
  page = Buffer();
  CHECK(o.io.last().buffers[0].use_count() == 1);
}

TEST_CASE("io: one refused at submit has failed already and has called back") {
  Opened o;
  o.io.refusal = IOError::no_space;
  int calls = 0;
  const Completion io = o.file->sync([&](const Completion& completion) {
    ++calls;
    CHECK(completion.get_error() == IOError::no_space);
  });
  CHECK(io.get_error() == IOError::no_space);
  CHECK(calls == 1);
}

TEST_CASE("io: cancel goes to the device that has the request") {
  Opened o;
  const Completion first = o.file->sync();
  const Completion second = o.file->sync();
  second.cancel();
  CHECK(o.io.cancels == 1);
  CHECK(second.get_error() == IOError::cancelled);
  CHECK_FALSE(first.finished());
}

TEST_CASE("io: what cannot be opened is an error") {
  FakeIO io;
  CHECK(io.open("wal", {.create = false}).error() == IOError::not_found);
}
