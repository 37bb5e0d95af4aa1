#include "scenarios/pager/wait_list.h"

#include <doctest/doctest.h>

using namespace reprise;
using reprise::pager::WaitList;
using reprise::pager::WriteLock;

TEST_CASE("wait list: wakes in the order of arrival") {
  WaitList list;
  const Completion first = list.wait();
  const Completion second = list.wait();
  CHECK(list.wake_one());
  CHECK(first.succeeded());
  CHECK_FALSE(second.finished());
  CHECK(list.wake_one());
  CHECK_FALSE(list.wake_one());
}

TEST_CASE("wait list: who gives up is not woken") {
  WaitList list;
  const Completion first = list.wait();
  const Completion second = list.wait();
  first.cancel();
  CHECK(first.get_error() == IOError::cancelled);
  list.wake_all();
  CHECK(second.succeeded());
}

TEST_CASE("write lock: goes from hand to hand") {
  WriteLock lock;
  CHECK(lock.acquire().succeeded());
  const Completion next = lock.acquire();
  CHECK_FALSE(next.finished());
  lock.release();
  CHECK(next.succeeded());
  CHECK(lock.held());
  lock.release();
  CHECK_FALSE(lock.held());
}

TEST_CASE("write lock: passes by who has given up") {
  WriteLock lock;
  CHECK(lock.acquire().succeeded());
  const Completion gone = lock.acquire();
  const Completion next = lock.acquire();
  gone.cancel();
  lock.release();
  CHECK(next.succeeded());
}
