#include <reprise/core/back_end/back_end.h>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <array>
#include <string>
#include <vector>

#include "tests/support/back_ends.h"
#include "tests/support/temporary_folder.h"

using namespace reprise;
using namespace reprise::tests;

TEST_CASE_TEMPLATE("back end: a file gives back what was written", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  const Completion written = file->pwrite(3, bytes_of("hello"));
  CHECK(finish(*io, written) == IOError::none);
  CHECK(written.result() == 5);
  CHECK(file->size().value() == 8);
  CHECK(TemporaryFolder::read(folder / "f") == std::string("\0\0\0hello", 8));

  const Buffer buffer = Buffer::allocate(10);
  const Completion read = file->pread(4, buffer);
  CHECK(finish(*io, read) == IOError::none);
  CHECK(read.result() == 4);
  CHECK(text_in(buffer.slice(0, 4)) == "ello");
  const Completion behind = file->pread(8, buffer);
  CHECK(finish(*io, behind) == IOError::none);
  CHECK(behind.result() == 0);
}

TEST_CASE_TEMPLATE("back end: several buffers are one transfer", Kind, PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  const std::array<Buffer, 3> from{bytes_of("one"), Buffer(), bytes_of("three")};
  const Completion written = file->pwritev(0, from);
  CHECK(finish(*io, written) == IOError::none);
  CHECK(written.result() == 8);
  const std::array<Buffer, 2> to{Buffer::allocate(2), Buffer::allocate(6)};
  const Completion read = file->preadv(0, to);
  CHECK(finish(*io, read) == IOError::none);
  CHECK(text_in(to[0]) + text_in(to[1]) == "onethree");
}

TEST_CASE_TEMPLATE("back end: more buffers than a system call takes make a short transfer", Kind,
                   PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  const std::vector<Buffer> many(1500, bytes_of("x"));
  const Completion written = file->pwritev(0, many);
  CHECK(finish(*io, written) == IOError::none);
  CHECK(written.result() == 1024);
  CHECK(file->size().value() == 1024);
}

TEST_CASE_TEMPLATE("back end: appends in flight get a place of their own each", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  std::vector<Completion> appends;
  for (int i = 0; i < 20; ++i) {
    appends.push_back(file->append(bytes_of(std::string(10, static_cast<char>('a' + i))),
                                   {.durable = i % 5 == 0}));
  }
  drain(*io);
  for (const Completion& append : appends) CHECK(append.result() == 10);
  const std::string text = TemporaryFolder::read(folder / "f");
  REQUIRE(text.size() == 200);
  for (int i = 0; i < 20; ++i) {
    CHECK(text.find(std::string(10, static_cast<char>('a' + i))) % 10 == 0);
  }
}

TEST_CASE_TEMPLATE("back end: room is reserved and given back", Kind, PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  const auto blocks = [&] {
    struct stat status {};
    REQUIRE(::stat((folder / "f").c_str(), &status) == 0);
    return status.st_blocks;
  };
  CHECK(finish(*io, file->allocate(0, 1 << 20)) == IOError::none);
  CHECK(file->size().value() == 1 << 20);
  CHECK(blocks() * 512 >= 1 << 20);
  CHECK(finish(*io, file->pwrite(0, bytes_of(std::string(8192, 'x')))) == IOError::none);
  CHECK(finish(*io, file->sync()) == IOError::none);
  CHECK(finish(*io, file->punch_hole(0, 1 << 20)) == IOError::none);
  CHECK(finish(*io, file->data_sync()) == IOError::none);
  CHECK(file->size().value() == 1 << 20);
  CHECK(blocks() * 512 < 1 << 20);
  CHECK(TemporaryFolder::read(folder / "f").substr(0, 8192) == std::string(8192, '\0'));
  CHECK(finish(*io, file->truncate(5)) == IOError::none);
  CHECK(file->size().value() == 5);
}

TEST_CASE_TEMPLATE("back end: names are removed and renamed and made durable", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  folder.write("a", "text of a");
  folder.write("b", "text of b");
  CHECK(finish(*io, io->rename(folder / "a", folder / "b")) == IOError::none);
  CHECK(folder.files() == std::vector<std::string>{"b"});
  CHECK(TemporaryFolder::read(folder / "b") == "text of a");
  CHECK(finish(*io, io->remove(folder / "b")) == IOError::none);
  CHECK(folder.files().empty());
  CHECK(finish(*io, io->sync_folder(folder.path())) == IOError::none);
  CHECK(finish(*io, io->sync_folder("")) == IOError::none);
}

TEST_CASE_TEMPLATE("back end: errors are those of the kernel", Kind, PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  CHECK(io->open(folder / "none", {.create = false}).error() == IOError::not_found);
  CHECK(io->open(folder / "none", {.read_only = true}).error() == IOError::not_found);
  folder.write("f", "text");
  CHECK(io->open(folder / "f", {.exclusive = true}).error() == IOError::exists);
  CHECK(io->open(folder.path()).error() == IOError::is_a_folder);
  CHECK(finish(*io, io->remove(folder / "none")) == IOError::not_found);
  CHECK(finish(*io, io->rename(folder / "none", folder / "f")) == IOError::not_found);
  CHECK(finish(*io, io->sync_folder(folder / "f")) == IOError::not_a_folder);
  const auto full = open_at(*io, "/dev/full");
  CHECK(finish(*io, full->pwrite(0, bytes_of("text"))) == IOError::no_space);
}

TEST_CASE_TEMPLATE("back end: what cannot be done is refused at once", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  folder.write("f", "text");
  const auto read_only = open_at(*io, folder / "f", {.read_only = true});
  CHECK(read_only->pwrite(0, bytes_of("x")).get_error() == IOError::bad_file);
  CHECK(read_only->truncate(0).get_error() == IOError::bad_file);
  CHECK(read_only->allocate(0, 1).get_error() == IOError::bad_file);
  CHECK(finish(*io, read_only->sync()) == IOError::none);
  const auto file = open_at(*io, folder / "f");
  CHECK(file->pread(UINT64_MAX, bytes_of("x")).get_error() == IOError::too_large);
  CHECK(file->truncate(UINT64_MAX).get_error() == IOError::too_large);
  CHECK(file->allocate(1, INT64_MAX).get_error() == IOError::too_large);
  CHECK(file->allocate(0, 0).get_error() == IOError::invalid);
  int calls = 0;
  file->pread(UINT64_MAX, bytes_of("x"), [&](const Completion& refused) {
    CHECK(refused.get_error() == IOError::too_large);
    ++calls;
  });
  CHECK(calls == 1);
  CHECK(TemporaryFolder::read(folder / "f") == "text");
}

TEST_CASE_TEMPLATE("back end: direct I/O is for whole sectors", Kind, PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  OpenResult opened = io->open(folder / "f", {.direct = true});
  if (opened.error() == IOError::invalid) {
    MESSAGE("nothing tested: this file system has no direct I/O");
    return;
  }
  const auto file = std::move(opened).value();
  const Buffer page = bytes_of(std::string(4096, 'p'));
  CHECK(finish(*io, file->pwrite(4096, page)) == IOError::none);
  const Buffer back = Buffer::allocate(4096, 4096);
  CHECK(finish(*io, file->pread(4096, back)) == IOError::none);
  CHECK(text_in(back) == std::string(4096, 'p'));
  CHECK(file->pread(1, back).get_error() == IOError::invalid);
  CHECK(file->pread(0, back.slice(0, 100)).get_error() == IOError::invalid);
  CHECK(file->pread(0, back.slice(1, 512)).get_error() == IOError::invalid);
}

TEST_CASE_TEMPLATE("back end: a file closed meanwhile ends its I/Os", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  std::vector<Completion> writes;
  {
    const auto file = open_at(*io, folder / "f");
    for (std::uint64_t i = 0; i < 100; ++i) writes.push_back(file->pwrite(i, bytes_of("x")));
  }
  drain(*io);
  for (const Completion& write : writes) CHECK(write.succeeded());
  CHECK(TemporaryFolder::read(folder / "f") == std::string(100, 'x'));
}

TEST_CASE_TEMPLATE("back end: nothing is done before a turn and everything in one", Kind,
                   PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  const Completion first = file->pwrite(0, bytes_of("x"));
  const Completion second = file->pwrite(1, bytes_of("y"));
  CHECK(file->size().value() == 0);
  CHECK(io->in_flight() == 2);
  drain(*io);
  CHECK(first.succeeded());
  CHECK(second.succeeded());
  CHECK(TemporaryFolder::read(folder / "f") == "xy");
}

TEST_CASE("back end: io_uring is there or says why not") {
  const Result<std::unique_ptr<BackEnd>> made = make_uring_io();
  if (!is_uring_built_in()) CHECK(made.error() == IOError::not_implemented);
  if (!made.ok()) CHECK(is_not_allowed(made.error()));
}

TEST_CASE("back end: registered buffers serve the I/Os within them and others work as ever") {
  const auto io = make_back_end<UringBackEnd>();
  if (!io) return;
  const TemporaryFolder folder;
  const Buffer one = Buffer::allocate(8192, 4096);
  const Buffer two = Buffer::allocate(4096, 4096);
  const std::array<Buffer, 2> registered{one, two};
  REQUIRE(io->register_buffers(registered) == IOError::none);
  CHECK(io->register_buffers(registered) == IOError::busy);
  const auto file = open_at(*io, folder / "f");
  one.data()[4096] = std::byte{'1'};
  two.data()[4095] = std::byte{'2'};
  CHECK(finish(*io, file->pwrite(0, one.slice(4096, 1))) == IOError::none);
  CHECK(finish(*io, file->pwrite(1, two.slice(4095, 1))) == IOError::none);
  CHECK(finish(*io, file->pwrite(2, bytes_of("3"))) == IOError::none);
  const Completion read = file->pread(0, one.slice(8000, 192));
  CHECK(finish(*io, read) == IOError::none);
  CHECK(read.result() == 3);
  CHECK(text_in(one.slice(8000, 3)) == "123");
}
