#include <reprise/core/completion.h>
#include <reprise/core/completion_pool.h>

#include "tests/support/fake_canceller.h"

#include <doctest/doctest.h>

using namespace reprise;
using reprise::tests::FakeCanceller;

TEST_CASE("completion: cancel asks the device once and gives its token back") {
  CompletionPool pool;
  FakeCanceller device;
  const Completion io = pool.make({}, &device, 77);
  io.cancel();
  io.cancel();
  CHECK(io.cancel_requested());
  CHECK_FALSE(io.finished());
  CHECK(device.asked == 1);
  CHECK(device.last_token == 77);
}

TEST_CASE("completion: a cancelled one finishes when the device has its last word") {
  CompletionPool pool;
  FakeCanceller device;
  int calls = 0;
  const Completion io = pool.make([&](const Completion&) { ++calls; }, &device);
  io.cancel();
  CHECK(calls == 0);
  io.fail(IOError::cancelled);
  CHECK(calls == 1);
  CHECK(io.get_error() == IOError::cancelled);
}

TEST_CASE("completion: a cancel that comes too late changes no result") {
  CompletionPool pool;
  FakeCanceller device;
  const Completion io = pool.make({}, &device);
  io.cancel();
  io.finish(5);
  CHECK(io.succeeded());
  CHECK(io.result() == 5);
}

TEST_CASE("completion: a finished one is not cancelled") {
  CompletionPool pool;
  FakeCanceller device;
  const Completion io = pool.make({}, &device);
  io.finish(5);
  io.cancel();
  CHECK(device.asked == 0);
  CHECK_FALSE(io.cancel_requested());
}

TEST_CASE("completion: the device may finish it while it is asked to cancel") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  const Completion io = pool.make({}, &device);
  io.cancel();
  CHECK(io.get_error() == IOError::cancelled);
}

TEST_CASE("completion: one without a device to ask may be cancelled to no effect") {
  CompletionPool pool;
  const Completion io = pool.make();
  io.cancel();
  CHECK_FALSE(io.finished());
}

TEST_CASE("completion: the device holds it while its callback drops the cancelled handle") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  Completion io;
  io = pool.make([&](const Completion&) { io = Completion(); }, &device);
  io.cancel();
  CHECK(device.error_after == IOError::cancelled);
  CHECK(pool.live() == 0);
}
