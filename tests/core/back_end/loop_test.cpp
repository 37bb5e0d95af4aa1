#include <reprise/core/back_end/loop.h>

#include <doctest/doctest.h>
#include <reprise/core/await.h>
#include <reprise/core/full_transfer.h>
#include <reprise/core/wake_list.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/support/back_ends.h"
#include "tests/support/temporary_folder.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

// Copies a file in small pieces; gives its size.
struct Copy {
  File& from;
  File& to;
  Buffer buffer = Buffer::allocate(7);
  FullTransfer transfer = {};
  std::uint64_t at = 0;
  std::uint64_t size = 0;
  bool writes = false;

  IOResult<std::uint64_t> step() {
    for (;;) {
      if (!writes) {
        size = RETURN_IF_IO(transfer.read(from, at, buffer));
        if (size == 0) return at;
        writes = true;
      }
      at += RETURN_IF_IO(transfer.write(to, at, buffer.slice(0, size)));
      writes = false;
    }
  }
};

}  // namespace

TEST_CASE_TEMPLATE("loop: machines run side by side to their ends", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const std::string text = "The quick brown fox jumps over the lazy dog.";
  folder.write("from", text);
  const auto from = open_at(*io, folder / "from");
  const auto one = open_at(*io, folder / "one");
  const auto two = open_at(*io, folder / "two");
  Copy copy_one{*from, *one};
  Copy copy_two{*from, *two};
  Loop loop(*io);
  std::vector<std::uint64_t> sizes;
  const auto note = [&](const Result<std::uint64_t>& size) { sizes.push_back(size.value()); };
  loop.spawn([&] { return copy_one.step(); }, note);
  loop.spawn([&] { return copy_two.step(); }, note);
  CHECK(loop.machines() == 2);
  CHECK(loop.run() == Loop::End::done);
  CHECK(sizes == std::vector<std::uint64_t>{text.size(), text.size()});
  CHECK(TemporaryFolder::read(folder / "one") == text);
  CHECK(TemporaryFolder::read(folder / "two") == text);
}

TEST_CASE_TEMPLATE("loop: an error ends a machine", Kind, PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  folder.write("from", "text");
  const auto from = open_at(*io, folder / "from");
  const auto to = open_at(*io, folder / "from", {.read_only = true});
  Copy copy{*from, *to};
  Loop loop(*io);
  CHECK(loop.await([&] { return copy.step(); }).error() == IOError::bad_file);
  CHECK(loop.machines() == 0);
}

TEST_CASE_TEMPLATE("loop: an explicit yield lets the others have their turn", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  Loop loop(*io);
  std::string order;
  int a = 0;
  int b = 0;
  const auto yields = [&](char name, int& count) {
    return [&order, &count, name]() -> IOResult<Unit> {
      order += name;
      if (++count < 3) return IOCompletions::explicit_yield();
      return Unit{};
    };
  };
  loop.spawn(yields('a', a), [](const Result<Unit>&) {});
  loop.spawn(yields('b', b), [](const Result<Unit>&) {});
  CHECK(loop.run() == Loop::End::done);
  CHECK(order == "ababab");
}

TEST_CASE_TEMPLATE("loop: a machine that nothing can wake is stuck", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  Loop loop(*io);
  WakeList list;
  WakeList::Place place(list);
  bool is_open = false;
  bool has_ended = false;
  loop.spawn([&] { return place.until([&] { return is_open; }); },
             [&](const Result<Unit>&) { has_ended = true; });
  CHECK(loop.run() == Loop::End::stuck);
  CHECK(loop.machines() == 1);
  is_open = true;
  list.wake_all();
  CHECK(loop.run() == Loop::End::done);
  CHECK(has_ended);
}

TEST_CASE_TEMPLATE("loop: a machine that was stopped goes on later", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  Loop loop(*io);
  int entries = 0;
  loop.spawn(
      [&]() -> IOResult<Unit> {
        if (++entries == 2) loop.stop();
        if (entries < 4) return IOCompletions::explicit_yield();
        return Unit{};
      },
      [](const Result<Unit>&) {});
  CHECK(loop.run() == Loop::End::stopped);
  CHECK(entries == 2);
  CHECK(loop.run() == Loop::End::done);
  CHECK(entries == 4);
}

TEST_CASE_TEMPLATE("loop: a machine may spawn others and so may its end", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  Loop loop(*io);
  int ends = 0;
  const auto done = []() -> IOResult<Unit> { return Unit{}; };
  loop.spawn(
      [&]() -> IOResult<Unit> {
        for (int i = 0; i < 100; ++i) loop.spawn(done, [&](const Result<Unit>&) { ++ends; });
        return Unit{};
      },
      [&](const Result<Unit>&) { loop.spawn(done, [&](const Result<Unit>&) { ++ends; }); });
  CHECK(loop.run() == Loop::End::done);
  CHECK(ends == 101);
}

TEST_CASE_TEMPLATE("loop: what awaits is abandoned when the loop stops", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  Loop loop(*io);
  const Completion late = io->timer(std::chrono::hours(1));
  const auto waits = [&]() -> IOResult<Unit> { return late; };
  io->timer(std::chrono::milliseconds(1), [&](const Completion&) { loop.stop(); });
  CHECK(loop.await(waits).error() == IOError::cancelled);
  CHECK(loop.machines() == 0);
  loop.stop();
  CHECK(loop.await(waits).error() == IOError::cancelled);
  CHECK(loop.machines() == 0);
  late.cancel();
  CHECK(loop.run() == Loop::End::done);
}

TEST_CASE_TEMPLATE("loop: an abandoned machine is not entered again", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  Completion write;
  {
    Loop loop(*io);
    loop.spawn(
        [&]() -> IOResult<Unit> {
          write = file->pwrite(0, bytes_of("text"));
          loop.stop();
          return write;
        },
        [](const Result<Unit>&) {});
    CHECK(loop.run() == Loop::End::stopped);
  }
  CHECK(finish(*io, write) == IOError::none);
}

TEST_CASE_TEMPLATE("loop: signals stop it whether it waits or works", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    Loop loop(*io);
    REQUIRE(loop.stop_on({SIGUSR1, SIGUSR2}) == IOError::none);
    CHECK(loop.run() == Loop::End::done);  // a watched signal keeps nothing alive
    const Completion late = io->timer(std::chrono::hours(1));
    ::kill(::getpid(), SIGUSR1);
    CHECK(loop.run() == Loop::End::stopped);
    ::kill(::getpid(), SIGUSR2);
    CHECK(loop.run() == Loop::End::stopped);
    late.cancel();
    bool has_sent = false;
    loop.spawn(
        [&]() -> IOResult<Unit> {
          if (!std::exchange(has_sent, true)) ::kill(::getpid(), SIGUSR1);
          return IOCompletions::explicit_yield();
        },
        [](const Result<Unit>&) {});
    CHECK(loop.run() == Loop::End::stopped);
  }
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  CHECK(sigismember(&after, SIGUSR1) == sigismember(&before, SIGUSR1));
}

TEST_CASE_TEMPLATE("loop: what is awaited is given at once even if others are in flight", Kind,
                   PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  Loop loop(*io);
  const Completion later = io->timer(std::chrono::hours(1));
  CHECK(loop.await([&]() -> IOResult<int> { return 7; }).value() == 7);
  CHECK_FALSE(later.finished());
}
