#include <reprise/core/back_end/back_end.h>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/support/back_ends.h"
#include "tests/support/temporary_folder.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

constexpr std::uint64_t block = 512;

std::string block_of(std::uint64_t i) {
  return std::string(block, static_cast<char>('a' + i % 26));
}

// Whether each block was written exactly if its write says so.
void check_blocks(const std::string& text, const std::vector<Completion>& writes) {
  for (std::uint64_t i = 0; i < writes.size(); ++i) {
    CAPTURE(i);
    REQUIRE(writes[i].finished());
    const std::string is = i * block < text.size() ? text.substr(i * block, block) : "";
    if (writes[i].succeeded()) {
      CHECK(writes[i].result() == block);
      CHECK(is == block_of(i));
    } else {
      CHECK(writes[i].get_error() == IOError::cancelled);
      CHECK(is.find_first_not_of('\0') == std::string::npos);
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("back end: ten thousand I/Os in flight all finish", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  std::vector<Completion> writes;
  std::uint64_t calls = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    writes.push_back(
        file->pwrite(i * block, bytes_of(block_of(i)), [&](const Completion&) { ++calls; }));
  }
  CHECK(io->in_flight() == 10'000);
  drain(*io);
  CHECK(calls == 10'000);
  check_blocks(TemporaryFolder::read(folder / "f"), writes);
  for (const Completion& write : writes) CHECK(write.succeeded());
}

TEST_CASE_TEMPLATE("back end: every completion finishes when it ends with I/Os in flight", Kind,
                   PosixBackEnd, UringBackEnd) {
  for (const int turns : {0, 1, 3}) {
    const TemporaryFolder folder;
    std::vector<Completion> writes;
    Completion timer, readable;
    int calls = 0;
    {
      auto io = make_back_end<Kind>();
      if (!io) return;
      const TemporaryFolder other;
      const auto file = open_at(*io, folder / "f");
      for (std::uint64_t i = 0; i < 2000; ++i) {
        writes.push_back(
            file->pwrite(i * block, bytes_of(block_of(i)), [&](const Completion&) { ++calls; }));
      }
      timer = io->timer(std::chrono::hours(1));
      int ends[2];
      REQUIRE(::pipe(ends) == 0);
      readable = io->readable(ends[0]);
      for (int i = 0; i < turns; ++i) io->turn(BackEnd::Wait::no);
      io.reset();
      ::close(ends[0]);
      ::close(ends[1]);
    }
    CHECK(calls == 2000);
    CHECK(timer.get_error() == IOError::cancelled);
    CHECK(readable.get_error() == IOError::cancelled);
    check_blocks(TemporaryFolder::read(folder / "f"), writes);
  }
}

TEST_CASE_TEMPLATE("back end: what a callback submits at the end is refused", Kind, PosixBackEnd,
                   UringBackEnd) {
  auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  BackEnd& same = *io;
  std::vector<Completion> refused;
  const auto file = open_at(*io, folder / "f");
  file->pwrite(0, bytes_of("x"), [&](const Completion&) {
    refused.push_back(file->pwrite(1, bytes_of("y")));
    refused.push_back(same.timer(Duration(0)));
    refused.push_back(same.remove(folder / "f"));
    refused.push_back(same.readable(0));
  });
  io.reset();
  REQUIRE(refused.size() == 4);
  for (const Completion& each : refused) CHECK(each.get_error() == IOError::cancelled);
}

TEST_CASE_TEMPLATE("back end: a cancelled I/O has all of its effect or none", Kind, PosixBackEnd,
                   UringBackEnd) {
  for (std::uint64_t step = 1; step <= 4; ++step) {
    const auto io = make_back_end<Kind>();
    if (!io) return;
    const TemporaryFolder folder;
    const auto file = open_at(*io, folder / "f");
    std::vector<Completion> writes;
    for (std::uint64_t i = 0; i < 3000; ++i) {
      writes.push_back(file->pwrite(i * block, bytes_of(block_of(i))));
      if (i % 7 == step) writes[i / 2].cancel();
      if (i % 100 == 0) io->turn(BackEnd::Wait::no);
      if (i % 5 == step) writes.back().cancel();
    }
    for (const Completion& write : writes) {
      if (write.id() % step == 0) write.cancel();
    }
    drain(*io);
    check_blocks(TemporaryFolder::read(folder / "f"), writes);
  }
}

TEST_CASE_TEMPLATE("back end: a callback may cancel others and submit more", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  std::vector<Completion> writes(400);
  std::uint64_t submitted = 0;
  const std::function<void()> submit = [&] {
    if (submitted == writes.size()) return;
    const std::uint64_t i = submitted++;
    writes[i] = file->pwrite(i * block, bytes_of(block_of(i)), [&, i](const Completion&) {
      if (const Completion& other = writes[(i + 3) % writes.size()]; other) other.cancel();
      submit();
    });
  };
  for (int i = 0; i < 20; ++i) submit();
  drain(*io);
  CHECK(submitted == writes.size());
  check_blocks(TemporaryFolder::read(folder / "f"), writes);
}

TEST_CASE("back end: a pending read of the ring ends when it is cancelled and holds its buffer") {
  auto io = make_back_end<UringBackEnd>();
  if (!io) return;
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const auto fifo = open_at(*io, folder / "fifo");
  const Buffer buffer = Buffer::allocate(10);
  const Completion read = fifo->pread(0, buffer);
  for (int i = 0; i < 3; ++i) io->turn(BackEnd::Wait::no);
  CHECK_FALSE(read.finished());
  CHECK(buffer.use_count() == 2);
  read.cancel();
  CHECK_FALSE(read.finished());
  CHECK(finish(*io, read) == IOError::cancelled);
  CHECK(buffer.use_count() == 1);

  const Completion last = fifo->pread(0, buffer);
  io->turn(BackEnd::Wait::no);
  io.reset();
  CHECK(last.get_error() == IOError::cancelled);
  CHECK(buffer.use_count() == 1);
}

TEST_CASE_TEMPLATE("back end: it tells when there is something to read", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Completion readable = io->readable(ends[0]);
  CHECK(io->in_flight() == 0);
  io->turn(BackEnd::Wait::no);
  CHECK_FALSE(readable.finished());
  REQUIRE(::write(ends[1], "x", 1) == 1);
  CHECK(finish(*io, readable) == IOError::none);
  CHECK(readable.result() == 0);
  char byte = 0;
  REQUIRE(::read(ends[0], &byte, 1) == 1);
  const Completion cancelled = io->readable(ends[0]);
  io->turn(BackEnd::Wait::no);
  cancelled.cancel();
  CHECK(finish(*io, cancelled) == IOError::cancelled);
  ::close(ends[0]);
  ::close(ends[1]);
}
