// Counts what the whole test program allocates, to show that steady state allocates nothing.
#include <reprise/core/completion_pool.h>
#include <reprise/core/core.h>

#include "tests/support/counting_waiter.h"
#include "tests/support/fake_canceller.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

using namespace reprise;
using reprise::tests::CountingWaiter;
using reprise::tests::FakeCanceller;

namespace {

std::uint64_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}

// How often `turn` allocates in a hundred turns, after a few to warm up.
template <class F>
std::uint64_t allocations_of(F&& turn) {
  for (int i = 0; i < 3; ++i) turn();
  const std::uint64_t before = allocations;
  for (int i = 0; i < 100; ++i) turn();
  return allocations - before;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("allocation: the counter counts") {
  CHECK(allocations_of([] { std::vector<int>(100).swap(*std::make_unique<std::vector<int>>()); }) >=
        200);
}

TEST_CASE("allocation: completions allocate nothing in steady state") {
  CompletionPool pool;
  CHECK(allocations_of([&] {
          Completion many[100];
          for (Completion& io : many) io = pool.make();
          for (Completion& io : many) io.finish(1);
        }) == 0);
}

TEST_CASE("allocation: callbacks of two pointers allocate nothing") {
  CompletionPool pool;
  int calls = 0;
  std::uint64_t bytes = 0;
  CHECK(allocations_of([&] {
          pool.make([&calls, &bytes](const Completion& io) {
                ++calls;
                bytes += io.result();
              })
              .finish(2);
        }) == 0);
  CHECK(calls == 103);
  CHECK(bytes == 206);
}

TEST_CASE("allocation: waiters and cancels and refusals allocate nothing") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  CountingWaiter counter;
  CHECK(allocations_of([&] {
          const Completion io = pool.make({}, &device);
          io.add_waiter(counter);
          io.cancel();
          pool.refused(IOError::io);
        }) == 0);
  CHECK(counter.finished == 103);
}

TEST_CASE("allocation: groups of four and their drains allocate nothing") {
  CompletionPool pool;
  int calls = 0;
  int errors = 0;
  CHECK(allocations_of([&] {
          CompletionGroup group([&calls, &errors](const Completion& all) {
            ++calls;
            errors += all.succeeded() ? 0 : 1;
          });
          Completion children[4];
          for (Completion& io : children) {
            io = pool.make();
            group.add(io);
          }
          const Completion all = group.build();
          const Completion drained = CompletionGroup::drain(all);
          children[2].fail(IOError::io);
          for (Completion& io : children) io.finish(1);
        }) == 0);
  CHECK(calls == 103);
  CHECK(errors == 103);
  CHECK(pool.live() == 0);
}

TEST_CASE("allocation: any-groups and deadlines allocate nothing") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  int calls = 0;
  CHECK(allocations_of([&] {
          const Completion io = pool.make({}, &device);
          const Completion closed = pool.make({}, &device);
          const Completion timer = pool.make({}, &device);
          const Completion any = CompletionGroup::any({io, closed}, Losers::cancelled,
                                                      [&calls](const Completion&) { ++calls; });
          const Completion guarded = CompletionGroup::until(any, timer);
          timer.finish(0);
        }) == 0);
  CHECK(calls == 103);
  CHECK(pool.live() == 0);
}

TEST_CASE("allocation: locks and wake lists allocate nothing") {
  FairLock lock;
  WakeList list;
  CHECK(allocations_of([&] {
          FairLock::Hold first(lock);
          FairLock::Hold second(lock);
          WakeList::Place place(list);
          if (!first.acquire().is_done() || !second.acquire().is_io()) return;
          first.release();
          if (!second.acquire().is_done() || !place.wait().is_io()) return;
          list.wake_one();
          if (!place.wait().is_done()) list.wake_all();
        }) == 0);
  CHECK_FALSE(lock.held());
}

TEST_CASE("allocation: an awaited yield allocates nothing") {
  CompletionPool pool;
  Completion io;
  const auto callee = [&]() -> IOResult<int> {
    if (!io) io = pool.make();
    if (!io.finished()) IO_YIELD_ONE(io);
    return static_cast<int>(io.result());
  };
  const auto machine = [&]() -> IOResult<int> { return RETURN_IF_IO(callee()) + 1; };
  CHECK(allocations_of([&] {
          io = Completion();
          if (machine().is_io()) io.finish(4);
          if (machine().value() != 5) io = Completion();
        }) == 0);
}

TEST_CASE("allocation: an unobserved append to a tracked text copies nothing") {
  Tracked<std::string> text{"text", std::string(10'000, 'x')};
  text.modify([](std::string& s) { s.reserve(20'000); });
  CHECK(allocations_of([&] { text += "short"; }) == 0);
}

TEST_CASE("allocation: a slice and a copy of a buffer allocate nothing") {
  const Buffer page = Buffer::allocate(4096);
  CHECK(allocations_of([&] {
          const Buffer part = page.slice(512, 512);
          Buffer copy;
          copy = part;
        }) == 0);
}
